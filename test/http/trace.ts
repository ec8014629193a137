import type { IncomingMessage } from 'node:http'
import { test } from 'tap'
import { createTraceSource } from '../../lib/http/trace.js'

const W3C = '0af7651916cd43dd8448eb211c80319c'
const raw = (headers: Record<string, string>, remoteAddress = '10.1.2.3'): IncomingMessage => ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage
const nobody = { allowFromAnyIp: false, ipAllowlist: [] }
const everybody = { allowFromAnyIp: true, ipAllowlist: [] }
const NEW = /^[0-9a-f]{32}$/

test('a W3C traceparent is the trace, a malformed one is not', async t => {
  const { traceOf } = createTraceSource(nobody, false)
  t.same(traceOf(raw({ traceparent: `00-${W3C}-b7ad6b7169203331-01` }), undefined), { id: W3C, traceparent: `00-${W3C}-b7ad6b7169203331-01` })
  t.same(traceOf(raw({ traceparent: `cc-${W3C}-b7ad6b7169203331-01-more` }), undefined), { id: W3C, traceparent: `cc-${W3C}-b7ad6b7169203331-01-more` }, 'a later version may say more')
  for (const traceparent of ['', 'x', `00-${W3C}-b7ad6b7169203331`, `00-${W3C}-b7ad6b7169203331-01-more`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `00-${W3C}-0000000000000000-01`, `ff-${W3C}-b7ad6b7169203331-01`, `00-${W3C.toUpperCase()}-b7ad6b7169203331-01`]) {
    const { id } = traceOf(raw({ traceparent }), undefined)
    t.match(id, NEW)
    t.not(id, W3C)
  }
})

test('the request id of a trusted sender is the trace, cleaned and bounded; that of others is not', async t => {
  const headers = { 'x-opaque-id': 'opaque', 'x-request-id': 'request' }
  t.match(createTraceSource(nobody, false).traceOf(raw(headers), undefined).id, NEW)
  const { traceOf } = createTraceSource(everybody, false)
  t.equal(traceOf(raw(headers), undefined).id, 'opaque')
  t.equal(traceOf(raw({ 'x-request-id': 'request' }), undefined).id, 'request')
  t.equal(traceOf(raw({ 'x-opaque-id': ' a\tb\x9b[31m\x7f\n' }), undefined).id, 'ab[31m')
  t.equal(traceOf(raw({ 'x-opaque-id': 'x'.repeat(1000) }), undefined).id, 'x'.repeat(128))
  t.match(traceOf(raw({ 'x-opaque-id': '\x80 \x9b' }), undefined).id, NEW, 'nothing is left of it')
  t.equal(traceOf(raw({ ...headers, traceparent: `00-${W3C}-b7ad6b7169203331-00` }), undefined).id, W3C, 'traceparent comes first')
})

test('senders are trusted by address and range, IPv4 and IPv6', async t => {
  const { traceOf } = createTraceSource({ allowFromAnyIp: false, ipAllowlist: ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'] }, false)
  const headers = { 'x-opaque-id': 'opaque' }
  for (const address of ['10.255.0.1', '192.0.2.7', '2001:db8::5', '::1', '::ffff:10.0.0.1']) t.equal(traceOf(raw(headers, address), undefined).id, 'opaque', address)
  for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::5', '::2', 'nonsense', '']) t.match(traceOf(raw(headers, address), undefined).id, NEW, address)
  t.match(traceOf({ headers } as never, undefined).id, NEW, 'no socket, no trust')
})

test('an id that the application made is the trace when it can be told apart from others', async t => {
  const { traceOf } = createTraceSource(nobody, 'x-request-id')
  const uuid = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
  t.equal(traceOf(raw({}), uuid).id, uuid)
  t.match(traceOf(raw({}), 'req-1').id, NEW)
  t.match(traceOf(raw({}), 'line\nfeed and more than 16').id, NEW)
  t.match(traceOf(raw({ 'x-request-id': uuid }), uuid).id, NEW, 'an id that a stranger sent is not the application\'s')
  t.equal(createTraceSource(everybody, 'request-id').traceOf(raw({ 'request-id': uuid }), uuid).id, uuid)
})

test('an id of the application that is a number, or that it took from a stranger, breaks nothing and forges nothing', async t => {
  const { traceOf, headersOf } = createTraceSource(nobody, false)
  for (const id of [1234567890123456, 1234567890123456789n]) {
    const trace = traceOf(raw({}), id as never)
    t.same(trace, { id: String(id) })
    t.equal(headersOf(trace)['x-opaque-id'], String(id))
  }
  const sent = 'sent-by-a-stranger-0001'
  for (const header of ['x-request-id', 'x-opaque-id']) t.match(traceOf(raw({ [header]: sent }), sent).id, NEW)
})

test('new ids do not repeat', async t => {
  const { traceOf } = createTraceSource(nobody, false)
  const ids = new Set(Array.from({ length: 10_000 }, () => traceOf(raw({}), undefined).id))
  t.equal(ids.size, 10_000)
})

test('the headers to send on carry the trace, as traceparent only when it is a W3C one', async t => {
  const { headersOf } = createTraceSource(nobody, false)
  const first = headersOf({ id: W3C, traceparent: `00-${W3C}-b7ad6b7169203331-01` })
  t.equal(first['x-opaque-id'], W3C)
  t.match(first.traceparent, new RegExp(`^00-${W3C}-[0-9a-f]{16}-01$`))
  t.not(headersOf({ id: W3C }).traceparent, headersOf({ id: W3C }).traceparent, 'each call is a span of its own')
  t.match(headersOf({ id: W3C }).traceparent, /-00$/)
  t.same(headersOf({ id: 'opaque' }), { 'x-opaque-id': 'opaque' })
})
