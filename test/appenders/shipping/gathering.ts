import { test } from 'tap'
import { createGathering } from '../../../lib/appenders/shipping/gathering.js'
import { keepAlive } from '../../support/keep-alive.js'

const LONG = 60_000

test('events wait for others until there are enough', async t => {
  keepAlive(t)
  let waiting = 0
  const gathering = createGathering(() => waiting, 3, LONG)
  let isGathered = false
  waiting = 1
  gathering.came()
  const gathered = gathering.gathered().then(() => { isGathered = true })
  waiting = 2
  gathering.came()
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(isGathered)
  waiting = 3
  gathering.came()
  await gathered
  t.ok(isGathered)
})

test('what is left when enough has been taken waits for others as well', async t => {
  keepAlive(t)
  let waiting = 5
  const gathering = createGathering(() => waiting, 3, LONG)
  gathering.came()
  await gathering.gathered()
  waiting -= 3
  let isGathered = false
  const gathered = gathering.gathered().then(() => { isGathered = true })
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(isGathered)
  waiting = 3
  gathering.came()
  await gathered
  t.ok(isGathered)
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
