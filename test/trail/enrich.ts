import { test } from 'tap'
import type { AuditEvent, ScopeFacts } from '../../lib/contracts.js'
import { enrich } from '../../lib/trail/enrich.js'

const process = { ecs: { version: '9.4.0' }, log: { level: 'INFO', logger: 'fastify-audit' }, process: { pid: 1 } }
const id = '019e0a1c-2d00-7000-8000-0123456789ab'
const event: AuditEvent = Object.freeze({ message: 'm', event: Object.freeze({ action: 'a' }) })
const facts: ScopeFacts = Object.freeze({
  user: { name: 'request' },
  kibana: { space_id: 'request', session_id: 'request' },
  trace: { id: 'request' },
  client: { ip: '10.0.0.1' },
  http: { request: { headers: { 'x-forwarded-for': '203.0.113.9' } } }
})
const record = (said: AuditEvent, known: ScopeFacts = facts): Record<string, unknown> => JSON.parse(JSON.stringify(enrich(said, known, '2026-11-22T10:00:00.000Z', process, id)))

test('who wins is as the table says', async t => {
  const own = { ...event, user: { name: 'own' }, trace: { id: 'own' }, client: { ip: '::1' }, kibana: { space_id: 'own', saved_object: { type: 't', id: 'i' } }, http: { request: { method: 'get', headers: { a: 'b' } } }, tags: ['t'] }
  t.same(record(own), {
    '@timestamp': '2026-11-22T10:00:00.000Z',
    message: 'm',
    event: { id, action: 'a' },
    user: { name: 'request' },
    trace: { id: 'request' },
    client: { ip: '10.0.0.1' },
    kibana: { space_id: 'own', session_id: 'request', saved_object: { type: 't', id: 'i' } },
    http: { request: { method: 'get', headers: { a: 'b', 'x-forwarded-for': '203.0.113.9' } } },
    tags: ['t'],
    ...process
  })
  t.match(record(own, {}), { user: { name: 'own' }, trace: { id: 'own' }, client: { ip: '::1' }, kibana: { space_id: 'own' } })
  t.notOk('session_id' in (record(own, {}).kibana as object))
})

test('an event can keep the space and the session out', async t => {
  t.same(record({ ...event, kibana: { space_id: undefined } }).kibana, { session_id: 'request' })
  t.same(record({ ...event, kibana: { space_id: undefined, session_id: undefined } }).kibana, {})
})

test('an event cannot say when, by which process and by which schema it was said', async t => {
  const forged = { ...event, '@timestamp': 'never', process: { pid: 0 }, ecs: { version: '0' }, log: { level: 'NONE', logger: 'x' } }
  t.match(record(forged), { '@timestamp': '2026-11-22T10:00:00.000Z', ...process })
})

test('an event cannot say its own id, which is what others tell events apart by', async t => {
  t.same(record({ message: 'm', event: { action: 'a', id: 'mine' } }).event, { id, action: 'a' })
  t.same(record({ message: 'm', event: { action: 'a', id: 'mine', reason: 'r', outcome: 'success' } }).event, { id, action: 'a', reason: 'r', outcome: 'success' })
})

test('what is no object in the place of event is refused', async t => {
  for (const odd of [undefined, null, 'a', ['a'], new (class { action = 'a' })()]) t.throws(() => record({ message: 'm', event: odd } as unknown as AuditEvent))
})

test('the event and the facts are not changed', async t => {
  const said = { ...event, kibana: { saved_object: { type: 't', id: 'i' } }, http: { request: { method: 'get' } }, labels: { a: 1 }, error: { code: 'c', message: 'm' } }
  const before = JSON.stringify([said, facts])
  record(said, { ...facts, error: { code: 'AUDIT_ERR_SCOPE', message: 'no user' } })
  t.equal(JSON.stringify([said, facts]), before)
})

test('what kept the user from being known stands in error, or in a label when the event has an error of its own', async t => {
  const unknown: ScopeFacts = { error: { code: 'AUDIT_ERR_SCOPE', message: 'user: down' } }
  t.same(record(event, unknown).error, unknown.error)
  const failed = record({ ...event, error: { code: 'Forbidden', message: 'no' }, labels: { audit_fault: 'other', mine: 1 } }, unknown)
  t.same(failed.error, { code: 'Forbidden', message: 'no' })
  t.same(failed.labels, { audit_fault: 'other; user: down', mine: 1 })
})

test('names from the prototype are fields like any other, and __proto__ is refused', async t => {
  t.match(record({ ...event, constructor: 'c', toString: 's' } as AuditEvent), { constructor: 'c', toString: 's' })
  t.throws(() => record(JSON.parse('{"message":"m","event":{"action":"a"},"__proto__":{"x":1}}')))
})
