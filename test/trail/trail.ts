import { test } from 'tap'
import type { Appender, AuditEvent, Batch, Layout, OperationalLog } from '../../lib/contracts.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { createTrail, ECS_VERSION, type Trail } from '../../lib/trail/trail.js'
import { EcsVersion } from '@elastic/ecs'
import { assertEcs } from '../support/ecs.js'

const event: AuditEvent = { message: 'm', event: { action: 'a', category: ['web'] } }

function trailOf ({ fails = () => null, ignores = () => false, layout = createJsonLayout() }: { fails?: () => Error | null, ignores?: (record: object) => boolean, layout?: Layout } = {}): { trail: Trail, lines: () => Record<string, unknown>[], told: [string, string, object][], appender: Appender } {
  let text = ''
  const told: [string, string, object][] = []
  const log = Object.fromEntries(['info', 'warn', 'error'].map(level => [level, (details: object, message: string) => told.push([level, message, details])])) as unknown as OperationalLog
  const appender: Appender = {
    async append (batch: Batch) {
      const error = fails()
      if (error !== null) throw error
      text += batch.bytes.toString()
    },
    async close () {}
  }
  let now = 1_700_000_000_000
  const trail = createTrail({ appender, layout, ignores, surroundings: { now: () => now++, log }, patience: 20 })
  return { trail, told, appender, lines: () => text.split('\n').slice(0, -1).map(line => JSON.parse(line)) }
}

test('an event becomes one line of ECS with its time', async t => {
  const { trail, lines } = trailOf()
  await trail.log(event, { user: { name: 'jdoe' } }, 1_700_000_000_000)
  t.match(lines(), [{ '@timestamp': '2023-11-14T22:13:20.000Z', message: 'm', user: { name: 'jdoe' }, process: { pid: process.pid }, log: { level: 'INFO', logger: 'fastify-audit' } }])
  assertEcs(t, lines()[0]!)
})

test('the version of ECS is the one that the events are held against', async t => {
  t.equal(ECS_VERSION, EcsVersion)
})

test('what cannot be written goes out with what could be kept, and nothing is thrown', async t => {
  const { trail, lines } = trailOf()
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const odd: unknown[] = [
    { ...event, labels: { n: 1n } },
    { ...event, circle },
    { ...event, get bad () { throw new Error('no') } },
    { get message () { throw new Error('no') }, event: event.event },
    JSON.parse('{"message":"m","event":{"action":"a"},"__proto__":{"x":1}}'),
    { ...event, message: '\ud800' },
    { ...event, message: 'x'.repeat(10_000_000) },
    { ...event, message: 'a\nb\u0000\u2028"' },
    undefined, 'text', 5, null, []
  ]
  for (const one of odd) await trail.log(one as AuditEvent, {}, 0)
  const written = lines()
  t.equal(written.length, odd.length)
  for (const [i, line] of written.entries()) {
    if (i === 7) t.equal(line.message, 'a\nb\u0000\u2028"')
    else t.type((line.labels as { audit_fault: string }).audit_fault, 'string')
    t.type((line.event as { action: string }).action, 'string')
  }
  t.match(trail.status(), { accepted: odd.length, written: odd.length, failed: 0 })
})

test('accepted = written + ignored + failed + queued, at every moment', async t => {
  let failing = false
  const { trail } = trailOf({ fails: () => failing ? new Error('disk is full') : null, ignores: record => (record as { message: string }).message === 'ignored' })
  const sums = (): void => {
    const { accepted, written, ignored, failed, queued } = trail.status()
    t.equal(accepted, written + ignored + failed + queued)
  }
  for (let i = 0; i < 30; i++) {
    failing = i % 3 === 1
    const acknowledged = [trail.log(event, {}, 0), trail.log({ ...event, message: 'ignored' }, {}, 0), trail.log(event, {}, 0)]
    sums()
    await Promise.allSettled(acknowledged)
    sums()
  }
  t.match(trail.status(), { accepted: 90, written: 40, ignored: 30, failed: 20, queued: 0, queuedBytes: 0 })
})

test('an outage is told once, and its end', async t => {
  let failing = true
  const { trail, told } = trailOf({ fails: () => failing ? Object.assign(new Error('no space left'), { code: 'ENOSPC' }) : null })
  for (let i = 0; i < 5; i++) await t.rejects(trail.log(event, {}, 0), { code: 'ENOSPC' })
  t.match(trail.status(), { state: 'degraded', failed: 5, lastError: { code: 'ENOSPC', message: 'no space left', time: /Z$/ } })
  t.same(told.map(([level, message]) => [level, message]), [['error', 'fastify-audit: audit events cannot be written']])
  failing = false
  await trail.log(event, {}, 0)
  t.match(trail.status(), { state: 'ok', failed: 5, written: 1 })
  t.same(told.map(([level]) => level), ['error', 'info'])
})

test('after the close an event is refused, and what was accepted before it is written', async t => {
  const { trail, lines } = trailOf()
  const before = trail.log(event, {}, 0)
  await trail.close()
  await before
  t.equal(lines().length, 1)
  await t.rejects(trail.log(event, {}, 0), { code: 'AUDIT_ERR_CLOSED' })
  t.match(trail.status(), { state: 'closed', accepted: 1 })
})

test('a layout that fails for good costs its event, which is counted, and nothing is thrown', async t => {
  const { trail, told } = trailOf({ layout: () => { throw new Error('layout is broken') } })
  await t.rejects(trail.log(event, {}, 0), { code: 'AUDIT_ERR_WRITE', message: /layout is broken/ })
  t.match(trail.status(), { accepted: 1, failed: 1, queued: 0, state: 'degraded' })
  t.equal(told.length, 1)
})

test('where ECS has an object, anything else goes into the mark and not into the line', async t => {
  const { trail, lines } = trailOf()
  for (const field of ['kibana', 'http', 'url', 'error', 'labels', 'user', 'client', 'trace']) {
    for (const value of ['text', 5, true, ['list']]) await trail.log({ ...event, [field]: value }, { http: { request: { headers: { 'x-forwarded-for': '203.0.113.9' } } } }, 0)
  }
  await trail.log({ ...event, http: { request: { headers: '\u{1f600}' } } } as never, { http: { request: { headers: { 'x-forwarded-for': '203.0.113.9' } } } }, 0)
  t.equal(lines().length, 33)
  for (const line of lines()) assertEcs(t, line)
  t.match(lines()[0], { labels: { audit_fault: 'kibana: expected an object, got "text"' } })
})

test('an event of any size becomes a line that can be shipped', async t => {
  const { trail, lines } = trailOf()
  // The first is longer than a string can be, the second is not.
  for (const length of [20_000, 100]) await trail.log({ ...event, list: Array(length).fill('\u0001'.repeat(32_766)) }, {}, 0)
  t.same(lines()[0], { ...lines()[1], '@timestamp': lines()[0]!['@timestamp'] })
  const [line] = lines()
  t.match(line, { message: 'm', labels: { audit_fault: /list\[30\]: is left out: more than 1000000 characters in one event/ } })
  t.equal((line!.list as string[]).length, 30)
})

test('events that are held are accepted: flush and close wait for them, status counts them', async t => {
  const { trail, lines } = trailOf()
  const first = trail.hold(2, () => {})
  t.match(trail.status(), { accepted: 2, queued: 2, written: 0 })
  let flushed = false
  const flush = trail.flush().then(() => { flushed = true })
  await new Promise(resolve => setTimeout(resolve, 5))
  t.notOk(flushed)
  first.record([event], {}, 0)
  t.match(trail.status(), { accepted: 2, queued: 2 })
  first.record([event], {}, 0)
  await flush
  t.equal(lines().length, 2)
  const second = trail.hold(1, () => {})
  const closed = trail.close()
  second.record([event], {}, 0)
  await closed
  await second.acknowledged
  t.equal(lines().length, 3)
  await t.rejects(trail.hold(1, () => {}).acknowledged, { code: 'AUDIT_ERR_CLOSED' })
  t.match(trail.status(), { accepted: 3, written: 3, queued: 0 })
})

test('closing gives up on users that are never found out, and records their events', async t => {
  const { trail, lines } = trailOf()
  const hold = trail.hold(1, () => hold.record([event], {}, 0))
  await trail.close()
  await hold.acknowledged
  t.equal(lines().length, 1)
})
