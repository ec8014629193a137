import { existsSync, mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { createShippingAppender } from '../../../lib/appenders/shipping/appender.js'
import type { ShippingConfig } from '../../../lib/appenders/shipping/settings.js'
import { segmentPath } from '../../../lib/appenders/shipping/segments.js'
import { newSlotName } from '../../../lib/appenders/shipping/slots.js'
import { createDeadLetters } from '../../../lib/appenders/shipping/dead-letters.js'
import { startForwarder, within } from '../../../lib/appenders/shipping/forwarder.js'
import { createPauses } from '../../../lib/appenders/shipping/pauses.js'
import type { AdoptedSlot } from '../../../lib/appenders/shipping/slots.js'
import { batchOf, surroundingsIn } from '../../support/appender-contract.js'
import { eventually } from '../../support/audited-app.js'
import { clockByHand } from '../../support/clock-by-hand.js'
import { createStoreSender } from '../../support/store-sender.js'

const QUICK: ShippingConfig = { batch: { timeout: '1ms' }, backoff: { init: '1ms', max: '5ms' }, shutdown_timeout: '1s' }
const lineOf = (number: number): string => `{"@timestamp":"2026-01-01T00:00:00.000Z","message":"m","event":{"id":"id-${number}","action":"a"}}`
const linesOf = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, index) => lineOf(from + index))
const textOf = (lines: readonly string[]): string => lines.map(line => line + '\n').join('')

/** What a process that has been killed has left. */
function leave (directory: string, time: number, text: string): string {
  const folder = join(directory, 'audit-spool', newSlotName(time))
  mkdirSync(folder, { recursive: true })
  writeFileSync(segmentPath(folder, 1), text)
  return folder
}

test('what others have left is sent first, oldest first, and removed; half a line goes to the dead letters', async t => {
  const directory = t.testdir()
  const surroundings = surroundingsIn(directory)
  const folders = [leave(directory, 2000, textOf(linesOf(10, 20))), leave(directory, 1000, textOf(linesOf(0, 10)) + '{"half":')]
  const store = createStoreSender()
  const appender = await createShippingAppender(QUICK, surroundings, store)
  await appender.append(batchOf(linesOf(20, 30)))
  await eventually(() => store.lines.length === 30)
  t.same(store.lines, linesOf(0, 30))
  await eventually(() => !folders.some(existsSync))
  t.notOk(folders.some(existsSync))
  t.match(surroundings.notices, [{ what: 'line_torn', path: folders[1], bytes: 8 }])
  t.match(readFileSync(join(directory, 'audit-spool/dead-letters.ndjson'), 'utf8'), /"reason":"half a line, .*"event":"\{\\"half\\":"\}\n$/)
  t.match(appender.shipping!(), { backlog: 0, sent: 30, rejected: 0 })
  await appender.close()
})

test('what is adopted is shown to be held as long as it is, and let go of at the end: another can send it at once', async t => {
  const directory = t.testdir()
  const folder = leave(directory, 1000, textOf(linesOf(0, 10)))
  const [away, store] = [createStoreSender(), createStoreSender()]
  away.answer = () => { throw new Error('away') }
  const first = await createShippingAppender({ ...QUICK, shutdown_timeout: '1ms' }, surroundingsIn(directory), away)
  await eventually(() => first.shipping!().retries > 1)
  const [lock, past] = [join(folder, 'spool.lock'), new Date(Date.now() - 60_000)]
  utimesSync(lock, past, past)
  t.ok(await eventually(() => statSync(lock).mtimeMs > past.getTime() + 30_000), 'touched')
  await first.close()
  t.notOk(existsSync(lock))
  const second = await createShippingAppender(QUICK, surroundingsIn(directory), store)
  await eventually(() => store.lines.length === 10)
  t.same(store.lines, linesOf(0, 10))
  await second.close()
})

test('what is adopted while the application ends is let go of', async t => {
  const directory = t.testdir()
  let found!: (slots: readonly AdoptedSlot[]) => void
  let isAsked = false
  let released = 0
  const slot = { folder: join(directory, 'slot'), segments: [], start: { segment: 1, offset: 0, lines: 0 }, async dropFirst () {} }
  const forwarder = startForwarder({
    sender: async () => createStoreSender(),
    own: slot,
    adopt: () => { isAsked = true; return new Promise(resolve => { found = resolve }) },
    deadLetters: createDeadLetters(directory, Date.now),
    limits: { maxLines: 10, maxBytes: 1000 },
    pauses: createPauses(1, 1),
    linger: 1,
    surroundings: surroundingsIn(directory)
  })
  await eventually(() => isAsked)
  const closed = forwarder.close(60_000)
  // It is not given what it was handed: nobody has to send it any more.
  found([{ ...slot, folder: join(directory, 'other'), touch: async () => {}, release: async () => { released++ } }])
  t.ok(await closed)
  t.equal(released, 1)
  t.equal(forwarder.adoptedBytes, 0)
})

test('what a process leaves that ends meanwhile is adopted within a minute, again and again', async t => {
  const clock = clockByHand(t)
  const directory = t.testdir()
  const store = createStoreSender()
  const appender = await createShippingAppender(QUICK, surroundingsIn(directory), store)
  for (const round of [1, 2]) {
    await eventually(() => clock.waiting > 0)
    const folder = leave(directory, 1000, textOf(linesOf(round * 10, round * 10 + 10)))
    clock.putOn(60_000)
    await eventually(() => store.lines.length === round * 10)
    t.same(store.lines, linesOf(10, round * 10 + 10))
    await eventually(() => !existsSync(folder))
    t.notOk(existsSync(folder))
  }
  await appender.close()
})

test('dead letters count for the size of the spool; within a minute it is seen that somebody has moved them away', async t => {
  const clock = clockByHand(t)
  const directory = t.testdir()
  const store = createStoreSender()
  store.answer = events => events.map(() => ({ rejected: 'poison' }))
  const appender = await createShippingAppender({ ...QUICK, spool: { max_bytes: '1mb' } }, surroundingsIn(directory), store)
  const batch = batchOf(Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(9999, 'x')))
  await appender.append(batch)
  await eventually(() => appender.shipping!().rejected === 100)
  await t.rejects(appender.append(batch), { code: 'AUDIT_ERR_SPOOL_FULL' })
  await eventually(() => appender.shipping!().backlog === 0 && clock.waiting > 0)
  renameSync(join(directory, 'audit-spool/dead-letters.ndjson'), join(directory, 'seen-to'))
  await t.rejects(appender.append(batch), { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 0 }, 'not seen yet')
  clock.putOn(60_000)
  t.ok(await eventually(() => appender.append(batchOf(['y'.repeat(9999)])).then(() => true, () => false)), 'there is room again')
  await appender.close()
})

test('what others have left counts for the size of the spool', async t => {
  const directory = t.testdir()
  leave(directory, 1000, textOf(Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(9999, 'x'))))
  const store = createStoreSender()
  store.answer = () => { throw new Error('away') }
  const appender = await createShippingAppender({ ...QUICK, spool: { max_bytes: '1mb' }, shutdown_timeout: '1ms' }, surroundingsIn(directory), store)
  await eventually(() => appender.shipping!().backlog === 100)
  await t.rejects(appender.append(batchOf(Array(10).fill('x'.repeat(9999)))), { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 4 })
  await appender.close()
})

test('events are sent together, as many as a batch may have, and never more than one batch at a time', async t => {
  const store = createStoreSender()
  const appender = await createShippingAppender({ ...QUICK, batch: { max_events: 40, timeout: '60s' } }, surroundingsIn(t.testdir()), store)
  for (let i = 0; i < 100; i += 10) await appender.append(batchOf(linesOf(i, i + 10)))
  await eventually(() => store.lines.length === 80)
  t.equal(store.lines.length, 80, 'the last 20 wait for others')
  await appender.close()
  t.same(store.batches, [40, 40, 20])
  t.same(store.lines, linesOf(0, 100))
})

test('rejected events are kept with their reason, and counted', async t => {
  const directory = t.testdir()
  const surroundings = surroundingsIn(directory)
  const store = createStoreSender()
  store.answer = events => events.map(({ id }) => id === 'id-3' ? { rejected: 'mapper_parsing_exception' } : 'delivered')
  const appender = await createShippingAppender(QUICK, surroundings, store)
  await appender.append(batchOf(linesOf(0, 6)))
  await eventually(() => appender.shipping!().backlog === 0)
  t.match(appender.shipping!(), { sent: 5, rejected: 1, retries: 0 })
  t.match(JSON.parse(readFileSync(join(directory, 'audit-spool/dead-letters.ndjson'), 'utf8')), { id: 'id-3', reason: 'mapper_parsing_exception', event: { event: { id: 'id-3' } } })
  t.match(surroundings.told, [/will not take some audit events/])
  await appender.close()
})

test('an event that cannot be put aside is not forgotten', async t => {
  const directory = t.testdir({ 'audit-spool': { 'dead-letters.ndjson': {} } })
  const store = createStoreSender()
  store.answer = events => events.map(() => ({ rejected: 'poison' }))
  const appender = await createShippingAppender({ ...QUICK, shutdown_timeout: '1ms' }, surroundingsIn(directory), store)
  await appender.append(batchOf(linesOf(0, 1)))
  await eventually(() => appender.shipping!().retries > 1)
  t.match(appender.shipping!(), { backlog: 1, rejected: 0, lastError: { code: 'EISDIR' } })
  await appender.close()
})

test('waiting has an end', async t => {
  await within(1, new Promise(() => {}))
  await within(60_000, Promise.resolve())
  await within(60_000, null)
  t.pass('it has')
})
