import { test } from 'tap'
import type { AuditEvent, ScopeFacts } from '../../lib/contracts.js'
import { createQuestions } from '../../lib/http/identity.js'
import { createRecurring } from '../../lib/http/recurring.js'
import { RequestScope, type RequestLike } from '../../lib/http/scope.js'
import { createTraceSource } from '../../lib/http/trace.js'
import type { Trail } from '../../lib/trail/trail.js'

const event: AuditEvent = { message: 'm', event: { action: 'a' } }

function scopeOf (request: Partial<RequestLike> & { user?: { name: string } }): { scope: RequestScope<RequestLike>, facts: ScopeFacts[], request: typeof request } {
  const facts: ScopeFacts[] = []
  const trail = { now: () => 0, async log (_event: AuditEvent, known: ScopeFacts) { facts.push(known) }, async logAll (events: AuditEvent[], known: ScopeFacts) { facts.push(...events.map(() => known)) } } as unknown as Trail
  const like = Object.defineProperties({ raw: { headers: {} } }, Object.getOwnPropertyDescriptors(request)) as unknown as RequestLike & { user?: { name: string } }
  const scope = new RequestScope({ trail, traces: createTraceSource({ allowFromAnyIp: true, ipAllowlist: [] }, false), questions: createQuestions({ user: () => like.user }, createRecurring()), wrap: repository => repository }, like)
  return { scope, facts, request: like }
}

test('all events of a request share trace, client and forwarded address; facts are new when more is known', async t => {
  const { scope, facts, request } = scopeOf({ ip: '10.0.0.1', raw: { headers: { 'x-forwarded-for': '203.0.113.9', 'x-opaque-id': 'opaque' } } as never })
  await scope.log(event)
  await scope.log(event)
  request.user = { name: 'jdoe' }
  await scope.logAll([event, event])
  t.equal(facts[0], facts[1])
  t.equal(facts[2], facts[3])
  t.same(facts[0], { trace: { id: 'opaque' }, client: { ip: '10.0.0.1' }, http: { request: { headers: { 'x-forwarded-for': '203.0.113.9' } } }, user: undefined, kibana: undefined, error: undefined })
  t.same(facts[2], { ...facts[0], user: { name: 'jdoe' } })
  t.equal(facts[2]!.trace, facts[0]!.trace)
  t.equal(scope.traceId, 'opaque')
  t.same(scope.traceHeaders(), { 'x-opaque-id': 'opaque' })
})

test('an error of one event is not an error of the next', async t => {
  const { scope, facts, request } = scopeOf({})
  Object.defineProperty(request, 'user', { configurable: true, get () { throw new Error('down') } })
  await scope.log(event)
  Object.defineProperty(request, 'user', { value: { name: 'jdoe' } })
  await scope.log(event)
  t.match(facts[0]!.error, { code: 'AUDIT_ERR_SCOPE', message: 'user: down' })
  t.equal(facts[1]!.error, undefined)
})

test('a request without a socket, headers or address has what can be had', async t => {
  const { scope, facts } = scopeOf({ raw: {} as never })
  await scope.log(event)
  t.equal(facts[0]!.client, undefined)
  t.equal(facts[0]!.http, undefined)
  t.match(facts[0]!.trace, { id: /^[0-9a-f]{32}$/ })
})

test('an address that is none is kept apart from those that are', async t => {
  const { scope, facts } = scopeOf({ ip: 'unknown' })
  await scope.log(event)
  t.same(facts[0]!.client, { address: 'unknown' })
})

test('an address that cannot be read costs the address alone, and every event of the request says so', async t => {
  const { scope, facts, request } = scopeOf({ raw: { headers: { 'x-opaque-id': 'opaque' } } as never, get ip (): string { throw new Error('no such proxy') } })
  await scope.log(event)
  request.user = { name: 'jdoe' }
  await scope.log(event)
  const error = { code: 'AUDIT_ERR_SCOPE', message: 'client.ip: no such proxy' }
  t.same(facts.map(known => [known.user, known.trace, known.client, known.error]), [[undefined, { id: 'opaque' }, undefined, error], [{ name: 'jdoe' }, { id: 'opaque' }, undefined, error]])
})
