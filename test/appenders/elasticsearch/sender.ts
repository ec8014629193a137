import { test, type Test } from 'tap'
import { openConnection } from '../../../lib/appenders/elasticsearch/connection.js'
import { createElasticsearchSender, type SendConfig } from '../../../lib/appenders/elasticsearch/sender.js'
import { createTarget } from '../../../lib/appenders/elasticsearch/target.js'
import type { Sender } from '../../../lib/appenders/shipping/sender.js'
import { type FaultyElasticsearch, startFaultyElasticsearch } from '../../support/faulty-elasticsearch.js'

const target = createTarget({ data_stream: 'logs-fastify.audit-default' })
const { signal } = new AbortController()
const eventsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `id-${first + index}`, time: Date.UTC(2026, 0, 1 + index), line: JSON.stringify({ n: first + index }) }))

async function senderTo (t: Test, { url }: FaultyElasticsearch, config: Partial<SendConfig> = {}, timeout = 5000): Promise<Sender> {
  const sender = createElasticsearchSender(await openConnection({ nodes: [url], timeout }), { target, installsTemplate: false, ...config })
  t.teardown(() => sender.close())
  return sender
}

test('a batch arrives in its order, in one bulk', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store)
  t.same(await sender.send(eventsFrom(0, 3), signal), ['delivered', 'delivered', 'delivered'])
  t.same(store.documents.map(({ index, id, source }) => [index, id, source.n]), [0, 1, 2].map(n => ['logs-fastify.audit-default', `id-${n}`, n]))
  t.same(store.asked.map(({ path, headers }) => [path.split('?')[0], headers['content-type']]), [['/logs-fastify.audit-default/_bulk', 'application/x-ndjson']])
})

test('a dated index is that of the event', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store, { target: createTarget({ index: 'audit-%{+yyyy.MM.dd}' }) })
  await sender.send(eventsFrom(0, 2), signal)
  t.same(store.documents.map(({ index }) => index), ['audit-2026.01.01', 'audit-2026.01.02'])
})

test('the template is there before the first event, and is not asked for again', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store, { installsTemplate: true, retention: '90d' })
  store.refuse = { status: 403 }
  await t.rejects(sender.send(eventsFrom(0, 1), signal), { code: 'AUDIT_ERR_SEND', message: /installing the index template/ })
  t.same(store.documents, [], 'nothing is sent to where it would be another kind of index')
  store.refuse = null
  await sender.send(eventsFrom(0, 1), signal)
  await sender.send(eventsFrom(1, 1), signal)
  t.ok(store.installed.has('/_index_template/logs-fastify.audit-default'))
  t.equal(store.asked.filter(({ path }) => path === '/').length, 2)
  t.equal(store.documents.length, 2)
})

test('what the store has already is delivered: an answer that was cut costs no second document', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store)
  store.fail({ cut: 'after' }, { cut: 'before' })
  await t.rejects(sender.send(eventsFrom(0, 3), signal), { code: 'AUDIT_ERR_SEND', message: /no answer/ })
  await t.rejects(sender.send(eventsFrom(0, 3), signal), { code: 'AUDIT_ERR_SEND' })
  t.same(await sender.send(eventsFrom(0, 3), signal), ['delivered', 'delivered', 'delivered'])
  t.equal(store.met.cut, 2)
  t.equal(store.documents.length, 3)
})

test('half a bulk: each event has its own fate', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store)
  store.fail({ item: index => index % 2 === 0 ? 429 : undefined, type: 'es_rejected_execution_exception', headers: { 'retry-after': '4' } })
  const events = eventsFrom(0, 4)
  events[1] = { ...events[1]!, line: '{"labels":"no object"}' }
  await t.rejects(sender.send(events, signal), { code: 'AUDIT_ERR_SEND', message: /429: es_rejected/, retryAfter: 4000, verdicts: ['again', { rejected: /^400 / }, 'again', 'delivered'] })
  t.equal(store.met.item, 1)
  t.same(store.documents.map(({ id }) => id), ['id-3'])
})

test('why events have to be sent again is told: a privilege that is missing for the index comes with each item', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store)
  store.fail({ item: () => 403, type: 'security_exception', reason: 'action [indices:data/write/bulk] is unauthorized' })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', message: /the answer was 403 \(the user of the store lacks a privilege\): security_exception: action/ })
})

test('an overload says when to come again, and a batch that is too large is too much', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store)
  store.fail({ status: 429, headers: { 'retry-after': '3' } }, { status: 503, body: '<html>busy</html>' }, { status: 413, body: '<html>too large</html>' }, { status: 400 })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', retryAfter: 3000, isTooMuch: undefined })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', message: /503/ })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', isTooMuch: true })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', isTooMuch: undefined, message: /400/ })
  t.equal(store.met.status, 4)
  t.same(store.documents, [])
})

test('a wrong password is a failure, not the end of an event', async t => {
  const store = await startFaultyElasticsearch(t, { authorization: 'Basic something else' })
  const sender = await senderTo(t, store)
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', message: /the answer was 401 \(username and password/ })
})

test('an answer that is none, or to something else, says nothing about any event', async t => {
  const store = await startFaultyElasticsearch(t)
  const sender = await senderTo(t, store)
  store.fail({ status: 200, body: '<html>log in</html>' }, { status: 200, body: { items: [] } })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND' })
  await t.rejects(sender.send(eventsFrom(0, 2), signal), { code: 'AUDIT_ERR_SEND', message: /not the answer to a bulk of so many events/ })
})
