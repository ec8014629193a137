import { test } from 'tap'
import { attempt, inTime, keepingAlive, quiet } from '../../lib/trail/promises.js'

test('the promise is the same, and its rejection is nobody\'s business but of those who wait for it', async t => {
  const promise = Promise.reject(new Error('no'))
  t.equal(quiet(promise), promise)
  await new Promise(resolve => setImmediate(resolve))
  await t.rejects(promise, { message: 'no' })
})

test('what throws is like what rejects, what answers at once like what resolves, and a promise is the same', async t => {
  const promise = Promise.resolve(5)
  t.equal(attempt(() => promise), promise)
  t.equal(await attempt(() => 6), 6)
  await t.rejects(attempt(() => { throw new Error('no') }), { message: 'no' })
})

test('a process stays alive for what it waits for, and no longer', async t => {
  const timers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  let resolve!: (value: number) => void
  const kept = keepingAlive(new Promise<number>(_resolve => { resolve = _resolve }))
  t.equal(timers(), before + 1)
  resolve(5)
  t.equal(await kept, 5)
  t.equal(timers(), before)
  await t.rejects(keepingAlive(Promise.reject(new Error('no'))), { message: 'no' })
  t.equal(timers(), before)
})

test('what does not answer in time is waited for no longer, and leaves no timer', async t => {
  const timers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  t.equal(await inTime(Promise.resolve(5), 60_000), 5)
  await t.rejects(inTime(Promise.reject(new Error('no')), 60_000), { message: 'no' })
  t.equal(timers(), before)
  await t.rejects(inTime(new Promise(() => {}), 5), { message: 'no answer in time' })
})
