import { test } from 'tap'
import type { Appender, AuditEvent, Batch, Durability, Layout, OperationalLog } from '../../lib/contracts.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { withLimit } from '../../lib/layouts/limit.js'
import { createOnFailure } from '../../lib/trail/on-failure.js'
import { createTrail, ECS_VERSION, type Trail, type TrailParts } from '../../lib/trail/trail.js'
import { EcsVersion } from '@elastic/ecs'
import { assertEcs } from '../support/ecs.js'
import { turn } from '../support/slow-appender.js'

const event: AuditEvent = { message: 'm', event: { action: 'a', category: ['web'] } }

const ALWAYS_CONTINUE = { writes: 'continue', reads: 'continue', http: 'continue', authentication: 'continue' } as const

interface TestTrail { trail: Trail, lines: () => Record<string, unknown>[], told: [string, string, object][], stopped: Error[] }

function trailOf ({ fails = () => null, append, layout = withLimit(createJsonLayout(), 1024 * 1024), durability = 'write', ...parts }: { fails?: () => Error | null, append?: Appender['append'], layout?: Layout, durability?: Durability } & Partial<TrailParts> = {}): TestTrail {
  let text = ''
  const told: [string, string, object][] = []
  const stopped: Error[] = []
  const log = Object.fromEntries(['info', 'warn', 'error'].map(level => [level, (details: object, message: string) => told.push([level, message, details])])) as unknown as OperationalLog
  const appender: Appender = {
    append: append ?? async function (batch: Batch) {
      const error = fails()
      if (error !== null) throw error
      text += batch.bytes.toString()
    },
    appendNow (batches) {
      for (const { bytes } of batches) text += bytes.toString()
      return batches.reduce((lines, { ends }) => lines + ends.length, 0)
    },
    async close () {}
  }
  let now = 1_700_000_000_000
  const trail = createTrail({
    destinations: [{ name: 'default', type: 'file', appender, layout, ignores: () => false, durability, policies: ALWAYS_CONTINUE }],
    ignores: () => false,
    surroundings: { now: () => now++, log },
    policies: ALWAYS_CONTINUE,
    onFailure: createOnFailure(parts.policies ?? ALWAYS_CONTINUE, 1),
    queue: { maxBytes: 2 ** 26, timeout: 100 },
    stop: error => { stopped.push(error) },
    ...parts
  })
  return { trail, told, stopped, lines: () => text.split('\n').slice(0, -1).map(line => JSON.parse(line)) }
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
    else if (i === 6) t.same(line.labels, { audit_truncated: 'message (10000000 bytes)' })
    else t.type((line.labels as { audit_fault: string }).audit_fault, 'string')
    t.type((line.event as { action: string }).action, 'string')
  }
  t.match(trail.status(), { accepted: odd.length, written: odd.length, lost: 0 })
})

test('accepted = written + ignored + lost + queued, at every moment, and in the end nothing is queued', async t => {
  let failing = false
  const { trail, lines } = trailOf({ fails: () => failing ? new Error('disk is full') : null, ignores: record => (record as { message: string }).message === 'ignored', queue: { maxBytes: 1000, timeout: 1000 } })
  const sums = (): void => {
    const { accepted, written, ignored, lost, queued } = trail.status()
    t.equal(accepted, written + ignored + lost + queued)
  }
  for (let i = 0; i < 30; i++) {
    failing = i % 3 === 1
    const acknowledged = [trail.log(event, {}, 0), trail.log({ ...event, message: 'ignored' }, {}, 0), ...Array.from({ length: 5 }, () => trail.log(event, {}, 0))]
    sums()
    await Promise.allSettled(acknowledged)
    sums()
    if (i % 3 === 2) await trail.flush()
    sums()
  }
  const { ignored, lost, written, queued, accepted } = trail.status()
  t.match({ ignored, queued }, { ignored: 30, queued: 0 })
  t.ok(lost > 0, `${lost} events did not fit into the queue`)
  t.equal(written, lines().length)
  t.equal(accepted, written + ignored + lost)
  const told = lines().filter(line => (line.event as { action: string }).action === 'audit_events_lost')
  t.equal(told.reduce((sum, { labels }) => sum + (labels as { lost_events: number }).lost_events, 0), lost, 'the log tells of each of them')
  for (const line of told) assertEcs(t, line)
})

test('an outage is told once, and its end; what waited is written', async t => {
  let failing = true
  const { trail, told, lines } = trailOf({ fails: () => failing ? Object.assign(new Error('no space left'), { code: 'ENOSPC' }) : null })
  for (let i = 0; i < 5; i++) await t.rejects(trail.log(event, {}, 0), { code: 'ENOSPC' })
  t.match(trail.status(), { state: 'degraded', lost: 0, queued: 5, lastError: { code: 'ENOSPC', message: 'no space left', time: /Z$/ }, appenders: { default: { type: 'file', state: 'degraded', queued: 5 } } })
  t.same(told.map(([level, message]) => [level, message]), [['error', 'fastify-audit: audit events cannot be written']])
  failing = false
  await trail.flush()
  t.match(trail.status(), { state: 'ok', lost: 0, written: 5, queued: 0, appenders: { default: { state: 'ok', written: 5 } } })
  t.equal(lines().length, 5)
  t.same(told.map(([level]) => level), ['error', 'info'])
})

test('an event is acknowledged, or refused as on_failure says', async t => {
  let failing = true
  const { trail, stopped } = trailOf({
    fails: () => failing ? new Error('disk is full') : null,
    policies: { ...ALWAYS_CONTINUE, writes: 'block', reads: 'stop' }
  })
  const write = { message: 'm', event: { action: 'a', type: ['change'] } } as const
  const read = { message: 'm', event: { action: 'a', type: ['access'] } } as const
  await t.rejects(trail.onFailure.mayGoOn('writes', trail.log(write, {}, 0)), { code: 'AUDIT_ERR_BLOCKED', statusCode: 503, cause: { message: 'disk is full' } })
  await trail.onFailure.mayGoOn('http', trail.log({ ...event, event: { action: 'http_request' } }, {}, 0))
  t.equal(trail.status().state, 'blocked')
  t.same(stopped, [])
  await t.rejects(trail.onFailure.mayGoOn('reads', trail.log(read, {}, 0)), { code: 'AUDIT_ERR_BLOCKED' })
  t.match(stopped, [{ message: 'disk is full' }])
  failing = false
  await trail.flush()
  await trail.onFailure.mayGoOn('writes', trail.log(write, {}, 0))
})

test('durability none: acknowledged at once, written all the same', async t => {
  const { trail, lines } = trailOf({ durability: 'none' })
  await turn()
  let isAcknowledged = false
  trail.log(event, {}, 0).then(() => { isAcknowledged = true })
  await null
  await null
  t.ok(isAcknowledged)
  t.equal(lines().length, 0)
  await trail.flush()
  t.equal(lines().length, 1)
})

test('what an appender tells about the log becomes an event in it', async t => {
  const { trail, lines } = trailOf()
  trail.notice({ what: 'line_torn', path: '/var/log/audit.log', bytes: 17 })
  trail.notice({ what: 'file_changed', path: '/var/log/audit.log', change: 'deleted' })
  await trail.flush()
  t.match(lines(), [
    { event: { action: 'audit_line_torn' }, file: { path: '/var/log/audit.log' } },
    { event: { action: 'audit_file_changed', reason: 'deleted' } }
  ])
  for (const line of lines()) assertEcs(t, line)
})

test('before the process ends everything is written, also what waits for its user', async t => {
  const { trail, lines } = trailOf({ append: () => new Promise(() => {}) })
  trail.log(event, {}, 0)
  const hold = trail.hold(1, () => hold.record([{ ...event, message: 'held' }], {}, 0))
  trail.writeNow()
  t.match(lines(), [{ message: 'm' }, { message: 'held' }])
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
  t.match(trail.status(), { accepted: 1, lost: 1, queued: 0, lastError: { code: 'AUDIT_ERR_WRITE' } })
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
  const [huge, large] = lines()
  t.match(huge, { message: 'm', labels: { audit_fault: /list\[122\]: is left out: more than 4000000 characters in one event/, audit_truncated: /^list\[0\] \(32766 bytes\), / } })
  t.equal((huge!.list as string[]).length, 122)
  t.match(large, { message: 'm', labels: { audit_fault: undefined, audit_truncated: /^list\[0\] \(32766 bytes\), .*, and 80 more$/ } })
  t.equal((large!.list as string[]).length, 100)
  for (const line of lines()) t.ok(JSON.stringify(line).length < 1024 * 1024)
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

test('the farewell is said once, after what was held and what was lost: when it is closed, when the process ends, and when it ends while it is being closed', async t => {
  const json = createJsonLayout()
  const parts = {
    layout: ((record, facts) => { if (record.message === 'bad') throw new Error('no'); return json(record, facts) }) as Layout,
    farewell: () => ({ message: 'farewell', event: { action: 'audit_stopped' } })
  }
  const leave = async (way: (trail: Trail) => Promise<void> | void, { append, holds = true }: { append?: Appender['append'], holds?: boolean } = {}): Promise<unknown[]> => {
    const { trail, lines } = trailOf({ ...parts, ...append !== undefined && { append } })
    await t.rejects(trail.log({ ...event, message: 'bad' }, {}, 0), { code: 'AUDIT_ERR_WRITE' })
    // With nothing written since, nobody but the end tells what was lost.
    if (holds) {
      const hold = trail.hold(1, () => hold.record([{ ...event, message: 'held' }], {}, 0))
    }
    await way(trail)
    return lines().map(({ message }) => message)
  }
  const last = ['held', '1 audit event has been lost', 'farewell']
  t.same(await leave(trail => trail.close()), last)
  t.same(await leave(trail => trail.close(), { holds: false }), last.slice(1))
  t.same(await leave(trail => trail.writeNow(true)), last)
  t.same(await leave(async trail => {
    trail.close().catch(() => {})
    trail.writeNow()
    await turn()
    trail.writeNow(true)
    trail.writeNow(true)
  }, { append: () => new Promise(() => {}) }), last)
})
