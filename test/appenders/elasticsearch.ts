import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@opensearch-project/opensearch'
import { test, type Test } from 'tap'
import { elasticsearchFault } from '../../lib/appenders/elasticsearch.js'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'
import { auditedApp, eventually } from '../support/audited-app.js'
import { createAuthority } from '../support/certificates.js'
import { startFaultyElasticsearch, VERSIONS, type FaultyOptions, type FaultyElasticsearch } from '../support/faulty-elasticsearch.js'
import { withoutOpenssl } from '../support/self-signed.js'

const EVENT = { message: 'm', event: { action: 'a', outcome: 'success' } } as const

/** An application that ships to a store of its own. */
async function shipping (t: Test, { appender, ...options }: FaultyOptions & { appender: (store: FaultyElasticsearch) => object }) {
  const store = await startFaultyElasticsearch(t, options)
  const { app } = await auditedApp(t, { section: { appender: { type: 'elasticsearch', spool: { path: join(t.testdirName, 'spool') }, batch: { timeout: '1ms' }, backoff: { init: '1ms', max: '20ms' }, ...appender(store) } } })
  return { store, app }
}

test('events go to the data stream, with their id as the key', async t => {
  const { store, app } = await shipping(t, { appender: ({ url }) => ({ nodes: url, username: 'audit', password: 'pw' }), authorization: `Basic ${Buffer.from('audit:pw').toString('base64')}` })
  for (let number = 0; number < 3; number++) await app.audit.withoutRequest.log({ ...EVENT, labels: { number } })
  await eventually(() => store.documents.length === 3)
  t.same(store.documents.map(({ index, source }) => [index, (source.labels as { number: number }).number]), [0, 1, 2].map(number => ['logs-fastify.audit-default', number]))
  t.equal(new Set(store.documents.map(({ id }) => id)).size, 3)
  t.ok(store.installed.has('/_index_template/logs-fastify.audit-default'))
  await eventually(() => app.audit.status().appenders.default?.shipping?.backlog === 0)
  t.match(app.audit.status().appenders.default, { type: 'elasticsearch', written: 3, shipping: { sent: 3, rejected: 0, backlog: 0 } })
})

test('a store that is down keeps nobody waiting, and has everything later', async t => {
  const first = await startFaultyElasticsearch(t)
  const port = Number(new URL(first.url).port)
  await first.stop()
  const { app } = await auditedApp(t, { section: { appender: { type: 'elasticsearch', nodes: [first.url], spool: { path: join(t.testdirName, 'spool') }, backoff: { init: '1ms', max: '20ms' } } } })
  app.get('/', async () => 'hello')
  t.equal((await app.inject('/')).body, 'hello')
  await eventually(() => app.audit.status().appenders.default?.shipping?.lastError !== null)
  t.match(app.audit.status().appenders.default?.shipping, { backlog: 1, lastError: { code: 'AUDIT_ERR_SEND', message: /installing the index template in elasticsearch: no answer/ } })
  const store = await startFaultyElasticsearch(t, { port })
  await eventually(() => store.documents.length === 1)
  t.match(store.documents, [{ source: { event: { action: 'http_request' } } }])
})

test('the client of the application is used, and is open afterwards', async t => {
  const clients: Client[] = []
  const { store, app } = await shipping(t, {
    version: VERSIONS.opensearch,
    appender: ({ url }) => {
      clients.push(new Client({ node: url, auth: { username: 'app', password: 'of-the-app' } }))
      return { client: clients[0], index: 'audit-%{+yyyy.MM.dd}', retention: '90d' }
    }
  })
  const client = clients[0]!
  t.teardown(() => client.close())
  await app.audit.withoutRequest.log(EVENT)
  await eventually(() => store.documents.length === 1)
  t.match(store.documents[0]?.index, /^audit-\d{4}\.\d\d\.\d\d$/)
  t.ok(store.installed.has('/_plugins/_ism/policies/audit'))
  t.match(store.asked[0]?.headers, { authorization: `Basic ${Buffer.from('app:of-the-app').toString('base64')}` })
  await app.close()
  t.equal((await client.info()).statusCode, 200)
})

test('what the store will never take is put aside, with the reason, and stops nobody', async t => {
  const { store, app } = await shipping(t, { appender: ({ url }) => ({ nodes: url }) })
  store.fail({ item: index => index === 0 ? 400 : undefined })
  await app.audit.withoutRequest.logAll([{ ...EVENT, message: 'poison' }, { ...EVENT, message: 'fine' }])
  await eventually(() => store.documents.length === 1)
  await eventually(() => app.audit.status().appenders.default?.shipping?.rejected === 1)
  t.same(store.documents.map(({ source }) => source.message), ['fine'])
  const letters = readFileSync(join(t.testdirName, 'spool/dead-letters.ndjson'), 'utf8')
  t.match(letters, /"reason":"400 document_parsing_exception: \[1:1\] failed to parse field \[labels\]/)
  t.match(letters, '"message":"poison"')
  t.notMatch(letters, 'secret', 'what the store quotes of the event stays out of the reason')
})

test('a wrong password loses nothing: it is told, and set right later', async t => {
  const store = await startFaultyElasticsearch(t, { authorization: 'ApiKey the right one' })
  const told: string[] = []
  const { app } = await auditedApp(t, {
    server: { logger: { level: 'warn', stream: { write: line => { told.push(line) } } } },
    section: { appender: { type: 'elasticsearch', nodes: store.url, apiKey: 'the-wrong-one', spool: { path: join(t.testdirName, 'spool') }, backoff: { init: '1ms', max: '20ms' } } }
  })
  await app.audit.withoutRequest.log(EVENT)
  await eventually(() => (app.audit.status().appenders.default?.shipping?.retries ?? 0) > 2)
  t.match(app.audit.status().appenders.default?.shipping, { backlog: 1, rejected: 0, lastError: { message: /the answer was 401/ } })
  t.ok(told.some(line => line.includes('the answer was 401')))
  t.notMatch(told.join(''), 'the-wrong-one')
  t.notMatch(JSON.stringify(app.audit.status()), 'the-wrong-one')
})

test('TLS with a private authority, and a client certificate', { skip: withoutOpenssl }, async t => {
  const authority = createAuthority(t.testdir())
  const server = authority.sign('store', 'IP:127.0.0.1')
  const client = authority.sign('app', 'DNS:app')
  const pem = (path: string) => readFileSync(path, 'utf8')
  const store = await startFaultyElasticsearch(t, { tls: { key: pem(server.key), cert: pem(server.certificate), ca: pem(authority.certificate), requestCert: true, rejectUnauthorized: true } })
  // A scheme is the same in capitals.
  const appender = { type: 'elasticsearch', nodes: store.url.replace('https:', 'HTTPS:'), serviceAccountToken: 'AAEAAWVs', backoff: { init: '1ms', max: '20ms' } }
  const config = (spool: string, ssl?: object) => ({ enabled: true, lifecycle_events: false, appender: { ...appender, spool: { path: join(t.testdirName, spool) }, ssl } })
  const { default: Fastify } = await import('fastify')
  const { default: audit } = await import('../../lib/index.js')

  const trusting = Fastify()
  t.teardown(() => trusting.close())
  await trusting.register(audit, { config: config('a', { certificateAuthorities: authority.certificate, certificate: client.certificate, key: client.key }) as never })
  await trusting.audit.withoutRequest.log(EVENT)
  await eventually(() => store.documents.length === 1)
  t.equal(store.documents.length, 1)
  t.match(store.asked[0]?.headers, { authorization: 'Bearer AAEAAWVs' })

  const other = Fastify()
  t.teardown(() => other.close())
  await other.register(audit, { config: config('b') as never })
  await other.audit.withoutRequest.log(EVENT)
  await eventually(() => other.audit.status().appenders.default?.shipping?.lastError !== null)
  t.match(other.audit.status().appenders.default?.shipping, { lastError: { message: /unable to verify the first certificate|self-signed certificate/ }, backlog: 1 })
  t.equal(store.documents.length, 1, 'nothing is sent to a store that cannot show who it is')
})

const VALID: Record<string, object> = {
  nodes: { nodes: 'https://es.example:9200' },
  'several nodes and a user': { nodes: ['https://a.example', 'https://b.example/es'], username: 'u', password: 'p' },
  'a dated index that is kept for a time': { nodes: 'http://a.example', index: 'audit-%{+yyyy.MM}', retention: '1Y' },
  'a client': { client: { transport: { request () {} } } },
  'a client as settings hand it on': { client: () => ({ request () {} }) }
}

for (const [name, appender] of Object.entries(VALID)) {
  test(`may be asked for: ${name}`, async t => { t.equal(elasticsearchFault({ type: 'elasticsearch', ...appender }), null) })
}

const NODE = { nodes: 'https://es.example:9200' }
const FAULTY: Record<string, [appender: object, fault: RegExp]> = {
  'nobody to send to': [{}, /expected nodes, or in code a client, got neither/],
  'two to send to': [{ ...NODE, client: { request () {} } }, /got both/],
  'something else than a client': [{ client: 'x' }, /expected in code, a client .* for client/],
  'credentials of a client': [{ client: { request () {} }, apiKey: 'k' }, /expected apiKey beside nodes only/],
  'TLS of a client': [{ client: { request () {} }, ssl: {} }, /expected ssl beside nodes only/],
  'a user without a password': [{ ...NODE, username: 'u' }, /expected username and password together, got username alone/],
  'a password without a user': [{ ...NODE, password: 'p' }, /got password alone/],
  'two ways to log in': [{ ...NODE, username: 'u', password: 'p', apiKey: 'k' }, /got username and apiKey/],
  'two places': [{ ...NODE, data_stream: 'a', index: 'b' }, /either data_stream or index/],
  'a data stream that no store takes': [{ ...NODE, data_stream: 'Logs' }, /expected the name of a data stream/],
  'an index that no store takes': [{ ...NODE, index: 'Audit' }, /expected the name of an index/],
  'a retention that nobody installs': [{ ...NODE, install_template: false, retention: '1Y' }, /expected install_template: true/],
  'a retention of an index that never ends': [{ ...NODE, index: 'audit', retention: '1Y' }, /an index with a date/],
  'a node that is no URL': [{ nodes: ['es.example:9200'] }, /expected URLs/],
  'a password in the URL of a node': [{ nodes: ['https://u:hunter2@es.example'] }, /expected username and password as settings of their own/],
  'a node with a query': [{ nodes: 'https://es.example/?a=1' }, /without a query/]
}

for (const [name, [appender, fault]] of Object.entries(FAULTY)) {
  test(`stops the start: ${name}`, async t => {
    const section = { enabled: true, appender: { type: 'elasticsearch', ...appender } }
    t.throws(() => readSettings(section, auditSchema, { checks: settingChecks }), { code: 'AUDIT_ERR_CONFIG', message: fault })
    t.notMatch(elasticsearchFault(section.appender), 'hunter2')
  })
}

test('only what the store can read is sent', async t => {
  const section = { enabled: true, appender: { type: 'elasticsearch', ...NODE, layout: { type: 'pattern' } } }
  t.throws(() => readSettings(section, auditSchema, { checks: settingChecks }), { code: 'AUDIT_ERR_CONFIG', message: /layout\.type: expected "json", got "pattern"/ })
})
