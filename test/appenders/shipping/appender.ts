import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { createShippingAppender } from '../../../lib/appenders/shipping/appender.js'
import type { ShippingConfig } from '../../../lib/appenders/shipping/settings.js'
import { appenderContract, batchOf, surroundingsIn } from '../../support/appender-contract.js'
import { eventually } from '../../support/audited-app.js'
import { clockByHand } from '../../support/clock-by-hand.js'
import { createStoreSender } from '../../support/store-sender.js'

const QUICK: ShippingConfig = { batch: { timeout: '1ms' }, backoff: { init: '1ms', max: '5ms' }, shutdown_timeout: '1s' }
const lineOf = (number: number): string => `{"@timestamp":"2026-01-01T00:00:00.000Z","message":"m","event":{"id":"id-${number}","action":"a"}}`
const linesOf = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, index) => lineOf(from + index))
const slotsIn = (root: string): string[] => readdirSync(root).filter(name => name !== 'dead-letters.ndjson')

test('what it has acknowledged comes to the other side', async t => {
  await appenderContract(t, async t => {
    const store = createStoreSender()
    const appender = await createShippingAppender(QUICK, surroundingsIn(t.testdir()), store)
    let written = 0
    return {
      appender: {
        ...appender,
        append: async batch => { await appender.append(batch); written += batch.ends.length },
        appendNow: batches => { const lines = appender.appendNow!(batches); written += batches.reduce((sum, { ends }) => sum + ends.length, 0); return lines }
      },
      async read () {
        await eventually(() => store.isClosed || store.lines.length >= written)
        return store.lines.map(line => line + '\n').join('')
      }
    }
  })
})

test('nothing is left on the disk when the other side has everything; folders and files are for their owner alone', async t => {
  const directory = t.testdir()
  const store = createStoreSender()
  const appender = await createShippingAppender(QUICK, surroundingsIn(directory), store)
  const root = join(directory, 'audit-spool')
  const [slot = ''] = slotsIn(root)
  await appender.append(batchOf(linesOf(0, 10)))
  await eventually(() => appender.shipping!().backlog === 0)
  for (const path of [root, join(root, slot)]) t.equal(statSync(path).mode & 0o777, 0o700, path)
  for (const name of readdirSync(join(root, slot))) t.equal(statSync(join(root, slot, name)).mode & 0o777, 0o600, name)
  t.match(appender.shipping!(), { backlog: 0, backlogBytes: 0, oldestAge: 0, sent: 10, rejected: 0, retries: 0, lastError: null })
  await appender.close()
  t.same(slotsIn(root), [])
  t.same(store.lines, linesOf(0, 10))
})

test('what is not sent when the application ends is sent at the next start, before anything newer', async t => {
  const directory = t.testdir()
  const away = createStoreSender()
  away.answer = () => { throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) }
  const surroundings = surroundingsIn(directory)
  const first = await createShippingAppender({ ...QUICK, shutdown_timeout: '50ms' }, surroundings, away)
  await first.append(batchOf(linesOf(0, 100)))
  await eventually(() => first.shipping!().retries > 2)
  t.match(first.shipping!(), { backlog: 100, sent: 0, lastError: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' } })
  t.ok(first.shipping!().oldestAge > 0)
  await first.close()
  t.same(surroundings.told, ['fastify-audit: audit events cannot be sent. They wait in the spool'], 'told once')

  const store = createStoreSender()
  const second = await createShippingAppender(QUICK, surroundingsIn(directory), store)
  await second.append(batchOf(linesOf(100, 200)))
  await eventually(() => store.lines.length === 200)
  t.same(store.lines, linesOf(0, 200))
  await second.close()
  t.same(slotsIn(join(directory, 'audit-spool')), [])
})

test('what is on its way into the spool when the application ends is sent as well', async t => {
  const clock = clockByHand(t)
  const store = createStoreSender()
  const appender = await createShippingAppender({ ...QUICK, shutdown_timeout: '10s' }, surroundingsIn(t.testdir()), store)
  t.ok(await eventually(() => clock.waiting > 0), 'nothing to do until there is an event')
  const appended = appender.append(batchOf(linesOf(0, 50)))
  await appender.close()
  await appended
  t.same(store.lines, linesOf(0, 50))
})

test('a sender that cannot be made is asked for again; one that never answers does not hold up the end', async t => {
  const directory = t.testdir()
  let asked = 0
  const store = createStoreSender()
  store.answer = (_, signal) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => reject(new Error('given up'))) })
  const appender = await createShippingAppender({ ...QUICK, shutdown_timeout: '20ms' }, surroundingsIn(directory), async () => {
    if (++asked < 3) throw new Error('no connection')
    return store
  })
  await appender.append(batchOf(linesOf(0, 1)))
  await eventually(() => store.batches.length === 1)
  t.equal(asked, 3)
  await appender.close()
  t.ok(store.isClosed)
  const [slot = ''] = slotsIn(join(directory, 'audit-spool'))
  t.equal(readFileSync(join(directory, 'audit-spool', slot, '000000000001.ndjson'), 'utf8'), lineOf(0) + '\n', 'it is there for the next start')
})

test('a spool that cannot be written to stops the start', async t => {
  const directory = t.testdir({ 'audit-spool': 'a file' })
  await t.rejects(createShippingAppender(QUICK, surroundingsIn(directory), createStoreSender()), { code: 'AUDIT_ERR_APPENDER_OPEN', message: /^appender\.spool\.path: expected a file that can be written/ })
})
