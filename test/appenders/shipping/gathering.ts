import { test, type Test } from 'tap'
import { createGathering } from '../../../lib/appenders/shipping/gathering.js'
import { keepAlive } from '../../support/keep-alive.js'

const LONG = 60_000

/** Sees to it that `gathered()` waits until `bring` has brought what it waits for. */
async function waitsUntil (t: Test, gathering: ReturnType<typeof createGathering>, bring: () => void, meanwhile = (): void => {}): Promise<void> {
  let isGathered = false
  const gathered = gathering.gathered().then(() => { isGathered = true })
  meanwhile()
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(isGathered)
  bring()
  gathering.came()
  await gathered
  t.ok(isGathered)
}

test('events wait for others until there are enough', async t => {
  keepAlive(t)
  let waiting = 0
  const gathering = createGathering(() => waiting, 3, LONG)
  waiting = 1
  gathering.came()
  await waitsUntil(t, gathering, () => { waiting = 3 }, () => {
    waiting = 2
    gathering.came()
  })
})

test('what is left when enough has been taken waits for others as well', async t => {
  keepAlive(t)
  let waiting = 5
  const gathering = createGathering(() => waiting, 3, LONG)
  gathering.came()
  await gathering.gathered()
  waiting -= 3
  await waitsUntil(t, gathering, () => { waiting = 3 })
})

test('events wait no longer than they are to', async t => {
  keepAlive(t)
  const gathering = createGathering(() => 1, 3, 1)
  gathering.came()
  await gathering.gathered()
  t.pass('a millisecond')
})

test('where there is nothing, the first event is waited for, or for so long', async t => {
  keepAlive(t)
  let waiting = 0
  const gathering = createGathering(() => waiting, 3, LONG)
  await gathering.gathered()
  await gathering.some(1)
  const some = gathering.some(LONG)
  waiting = 1
  gathering.came()
  await some
  await gathering.some(LONG)
  t.pass('it is there')
})

test('nobody waits at the end', async t => {
  keepAlive(t)
  let waiting = 0
  const gathering = createGathering(() => waiting, 3, LONG)
  const some = gathering.some(LONG)
  gathering.end()
  await some
  waiting = 1
  gathering.came()
  await gathering.gathered()
  t.pass('at once')
})
