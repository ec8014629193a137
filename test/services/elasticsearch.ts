// The elasticsearch appender and a real OpenSearch node, which is asked by the official client what
// it has. One node for all tests of this file: to start one takes longest.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@opensearch-project/opensearch'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import audit, { crudOperations, type AuditOptions } from '../../lib/index.js'
import { eventually } from '../support/audited-app.js'
import { type OpenSearchNode, startOpenSearch } from '../support/opensearch-node.js'
import { acknowledgedNumbers, startShippingChild } from '../support/shipping-child.js'

const STREAM = 'logs-fastify.audit-default'
/** So many events are said while the node and the application are killed. */
const EVENTS = 12_000

test('a real node', { timeout: 230_000 }, async t => {
  const node = await startOpenSearch(t)
  if (typeof node === 'string') {
    t.pass(`the elasticsearch appender was not tried with a real node: ${node}`, { skip: true })
    return
  }
  const client = new Client({ node: node.url })
  t.teardown(() => client.close())
  await t.test('has every event as it is meant, and finds it by any field', t => asItIsMeant(t, node, client))
  await t.test('does not take what does not fit, and has the rest', t => poison(t, node, client))
  await t.test('answers the questions of docs/correlation.md', t => correlation(t, node, client))
  await t.test('keeps events in dated indices', t => datedIndex(t, node, client))
  await t.test('is killed under load, and so is the application: each event is there once', t => killed(t, node, client))
})

async function appWith (t: Test, node: OpenSearchNode, appender: object = {}, options: Partial<AuditOptions> = {}) {
  const app = Fastify()
  t.teardown(() => app.close())
  const config = { enabled: true, lifecycle_events: false, appender: { type: 'elasticsearch', nodes: node.url, spool: { path: join(t.testdir(), 'spool') }, batch: { timeout: '5ms' }, backoff: { init: '10ms', max: '100ms' }, ...appender } }
  await app.register(audit, { config: config as never, ...options })
  const arrived = async (): Promise<void> => {
    await app.audit.flush()
    await eventually(() => app.audit.status().appenders.default?.shipping?.backlog === 0)
    t.equal(app.audit.status().appenders.default?.shipping?.backlog, 0, String(app.audit.status().appenders.default?.shipping?.lastError?.message))
  }
  return { app, arrived }
}

type Query = Parameters<Client['search']>[0]

/** The documents that a query finds. */
async function found (client: Client, query: object, index = STREAM): Promise<Record<string, unknown>[]> {
  await client.indices.refresh({ index })
  const { body } = await client.search({ index, body: { size: 100, sort: [{ '@timestamp': 'asc' }], ...query } } as Query)
  return body.hits.hits.map(({ _source: source }) => source as Record<string, unknown>)
}

async function asItIsMeant (t: Test, node: OpenSearchNode, client: Client): Promise<void> {
  const { app, arrived } = await appWith(t, node, {}, { user: () => ({ id: 'u_1', name: 'jane', roles: ['editor', 'admin'] }), requestContext: false })
  app.get('/notes/:id', async request => {
    const notes = { async get (id: string) { return { id, title: 'Grüße aus Zürich' } } }
    return await request.audit.repository(notes, { operations: crudOperations({ type: 'note' }) }).get((request.params as { id: string }).id)
  })
  await app.inject('/notes/7?token=secret')
  await app.audit.withoutRequest.log({ message: 'numbers', event: { action: 'labelled' }, labels: { mixed: 5 }, client: { ip: 'no address' } })
  await app.audit.withoutRequest.log({ message: 'texts', event: { action: 'labelled' }, labels: { mixed: 'five', on: true }, app: { tenant: 'x'.repeat(2000), since: '2026-01-01' } })
  for (const value of [5, 'five', { five: 5 }]) await app.audit.withoutRequest.log({ message: 'difference', event: { action: 'changed' }, kibana: { diff: { format: 'json_patch_extended', ops: [{ op: 'replace', path: '/size', value, oldValue: null }], noOps: [] } } })
  await arrived()

  const { body: template } = await client.indices.getIndexTemplate({ name: STREAM })
  t.equal(template.index_templates[0]?.index_template._meta?.managed_by, 'fastify-audit')
  const streams = await client.indices.getDataStream({ name: STREAM })
  t.equal(streams.body.data_streams?.[0]?.name, STREAM)
  const installed = JSON.parse(readFileSync('docs/examples/index-template/opensearch.json', 'utf8')) as { template: { mappings: { properties: object } } }
  const { body: mapping } = await client.indices.getMapping({ index: STREAM })
  const [{ mappings }] = Object.values(mapping) as [{ mappings: { properties: Record<string, { properties?: Record<string, unknown> }> } }]
  for (const name of Object.keys(installed.template.mappings.properties)) t.ok(name.split('.').reduce<unknown>((at, part) => (at as { properties?: Record<string, unknown> } | undefined)?.properties?.[part], mappings), name)

  const term = (field: string, value: unknown) => ({ query: { term: { [field]: value } } })
  t.match(await found(client, term('kibana.saved_object.id', '7')), [{ event: { action: 'note_get', outcome: 'success' }, user: { name: 'jane' } }])
  t.equal((await found(client, term('user.roles', 'admin'))).length, 2)
  t.match(await found(client, { query: { term: { 'client.ip': '127.0.0.0/8' } } }), [{ event: { action: 'http_request' } }, { event: { action: 'note_get' } }], 'addresses are found by their network')
  t.match(await found(client, { query: { match: { message: 'requesting' } } }), [{ url: { path: '/notes/7' } }], 'a sentence by one of its words')
  t.match(await found(client, { query: { prefix: { 'url.path': '/notes/' } } }), [{ url: { path: '/notes/7' } }])
  t.match(await found(client, { query: { range: { 'url.port': { gte: 1 } } } }), [{ event: { action: 'http_request' } }])
  t.match(await found(client, term('labels.mixed', '5')), [{ message: 'numbers' }], 'a label that was a number first is a keyword')
  t.match(await found(client, term('labels.mixed', 'five')), [{ message: 'texts', app: { since: '2026-01-01' } }])
  t.match(await found(client, term('labels.on', 'true')), [{ message: 'texts' }])
  t.equal((await found(client, term('kibana.diff.ops.path', '/size'))).length, 3, 'a difference of whatever type')
  const { body: fields } = await client.indices.getFieldMapping({ index: STREAM, fields: ['app.tenant', 'app.since'] })
  t.match(Object.values(fields)[0], { mappings: { 'app.tenant': { mapping: { tenant: { type: 'keyword' } } }, 'app.since': { mapping: { since: { type: 'keyword' } } } } })
}

async function poison (t: Test, node: OpenSearchNode, client: Client): Promise<void> {
  const { app, arrived } = await appWith(t, node)
  await app.audit.withoutRequest.log({ message: 'first', event: { action: 'shaped' }, shape: { is: 'an object' } })
  await arrived()
  await app.audit.withoutRequest.logAll([
    { message: 'poison', event: { action: 'shaped' }, shape: 'a text' },
    { message: 'third', event: { action: 'shaped' }, shape: { is: 'an object' } }
  ])
  await arrived()
  t.match(await found(client, { query: { term: { 'event.action': 'shaped' } } }), [{ message: 'first' }, { message: 'third' }])
  t.match(app.audit.status().appenders.default?.shipping, { rejected: 1, sent: 2 })
  t.match(readFileSync(join(t.testdirName, 'spool/dead-letters.ndjson'), 'utf8'), /"reason":"400 mapper_parsing_exception: object mapping for \[shape\] tried to parse field/)
}

async function datedIndex (t: Test, node: OpenSearchNode, client: Client): Promise<void> {
  const { app, arrived } = await appWith(t, node, { nodes: undefined, client, index: 'dated-audit-%{+yyyy.MM.dd}' })
  await app.audit.withoutRequest.log({ message: 'dated', event: { action: 'dated' }, client: { ip: '192.0.2.1' } })
  await arrived()
  const index = `dated-audit-${new Date().toISOString().slice(0, 10).replaceAll('-', '.')}`
  t.match(await found(client, { query: { term: { 'client.ip': '192.0.2.0/24' } } }, 'dated-audit-*'), [{ message: 'dated' }])
  t.equal((await client.indices.exists({ index })).body, true)
}

async function killed (t: Test, node: OpenSearchNode, client: Client): Promise<void> {
  const folder = t.testdir()
  mkdirSync(join(folder, 'notes'))
  const stream = 'logs-fastify.audit-killed'
  const appender = { type: 'elasticsearch', nodes: node.url, data_stream: stream, spool: { path: join(folder, 'spool') }, batch: { timeout: '5ms' }, backoff: { init: '10ms', max: '100ms' } }
  const count = async (): Promise<number> => await client.indices.refresh({ index: stream }).then(async () => (await client.count({ index: stream })).body.count, () => 0)

  const first = startShippingChild(t, join(folder, 'notes'), appender, 0, EVENTS)
  await eventually(async () => await count() > 1000)
  await node.kill()
  t.ok(first.acknowledged() > 1000, 'what is said is acknowledged by then')
  await first.killAfter(Math.min(EVENTS, first.acknowledged() + EVENTS / 3))
  const second = startShippingChild(t, join(folder, 'notes'), appender, 1_000_000, EVENTS)
  await node.start()
  await second.killAfter(EVENTS / 3)
  const last = startShippingChild(t, join(folder, 'notes'), appender, 2_000_000, 0)

  const acknowledged = acknowledgedNumbers(join(folder, 'notes'), [0, 1_000_000])
  let now = await count()
  for (let before = -1; before < now && now < acknowledged.length;) {
    before = now
    await eventually(async () => { now = await count(); return now >= acknowledged.length || now > before + 5000 })
  }
  await last.kill()
  const numbers = await numbersIn(client, stream)
  const distinct = new Set(numbers)
  t.ok(acknowledged.length > EVENTS * 2 / 3, `${acknowledged.length} events had been acknowledged`)
  t.equal(acknowledged.filter(number => !distinct.has(number)).length, 0, 'nothing that was acknowledged is missing')
  t.equal(distinct.size, numbers.length, 'nothing is there twice')
}

/** The number of each document, as the official client reads them. */
async function numbersIn (client: Client, index: string): Promise<number[]> {
  const numbers: number[] = []
  for await (const { body } of client.helpers.scrollSearch({ index, body: { size: 5000, _source: ['labels.number'], query: { term: { 'event.action': 'numbered' } } } } as never)) {
    for (const { _source: source } of (body as { hits: { hits: { _source: { labels: { number: number } } }[] } }).hits.hits) numbers.push(source.labels.number)
  }
  return numbers
}

/** What the page asks, and what is found: this log, and Elasticsearch's as its integration ships it. */
async function correlation (t: Test, node: OpenSearchNode, client: Client): Promise<void> {
  const page = readFileSync('docs/correlation.md', 'utf8')
  const TRACE = '0af7651916cd43dd8448eb211c80319c'
  const { app, arrived } = await appWith(t, node, {}, { user: ({ headers }) => ({ name: String(headers['x-user']) }), session: ({ headers }) => `s-${String(headers['x-user'])}`, requestContext: false })
  app.delete('/notes/:id', async request => {
    const notes = { async delete (_id: string) { throw Object.assign(new Error('Joe may not'), { statusCode: 403 }) } }
    return await request.audit.repository(notes, { operations: crudOperations({ type: 'note' }) }).delete('7')
  })
  await app.inject({ method: 'DELETE', url: '/notes/7', headers: { 'x-user': 'joe', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } })
  await app.inject({ method: 'DELETE', url: '/notes/7', headers: { 'x-user': 'joe' } })
  await app.inject({ method: 'DELETE', url: '/notes/7', headers: { 'x-user': 'ann' } })
  await arrived()
  const theirs = 'logs-elasticsearch.audit-default'
  await client.indices.putIndexTemplate({ name: theirs, body: { index_patterns: [theirs], data_stream: {}, priority: 500, template: { mappings: { dynamic_templates: [{ strings: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }] } } } } as never)
  for (const trace of [TRACE, 'another']) {
    await client.index({ index: theirs, op_type: 'create', body: { '@timestamp': new Date().toISOString(), event: { dataset: 'elasticsearch.audit', outcome: 'success' }, user: { name: 'app' }, elasticsearch: { audit: { action: 'indices:data/read/get', opaque_id: trace, indices: ['notes'] } } } } as never)
  }

  const dsl = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text!) as object)
  t.equal(dsl.length, 3)
  const [failures, both, session] = dsl as [object, object, object]
  t.same((await found(client, both, 'logs-*')).map(({ event, elasticsearch }) => elasticsearch === undefined ? (event as { action: string }).action : (elasticsearch as { audit: { action: string } }).audit.action), ['http_request', 'note_delete', 'note_delete', 'indices:data/read/get'])
  t.same((await found(client, failures, 'logs-*')).map(({ user, event }) => [(user as { name: string }).name, (event as { action: string }).action]), [['joe', 'note_delete'], ['joe', 'note_delete'], ['ann', 'note_delete']])
  t.ok((await found(client, session, 'logs-*')).every(({ user }) => (user as { name: string }).name === 'joe'))

  const lucene = [...page.matchAll(/^```lucene\n([\s\S]*?)^```$/gm)].map(([, text]) => text!.trim())
  t.equal(lucene.length, 1)
  t.equal((await found(client, { query: { query_string: { query: lucene[0]! } } }, 'logs-*')).length, 4)
}
