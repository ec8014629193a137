import { test, type Test } from 'tap'
import { openConnection } from '../../../lib/appenders/elasticsearch/connection.js'
import { TEMPLATE_VERSION } from '../../../lib/appenders/elasticsearch/index-template.js'
import { installTemplate, storeOf } from '../../../lib/appenders/elasticsearch/setup.js'
import { createTarget } from '../../../lib/appenders/elasticsearch/target.js'
import { type FaultyElasticsearch, startFaultyElasticsearch, VERSIONS } from '../../support/faulty-elasticsearch.js'

const target = createTarget({ data_stream: 'logs-fastify.audit-default' })
const TEMPLATE = '/_index_template/logs-fastify.audit-default'
const signal = new AbortController().signal

async function install (t: Test, { url }: FaultyElasticsearch, retention?: string): Promise<void> {
  const connection = await openConnection({ nodes: [url], timeout: 5000 })
  t.teardown(() => connection.close())
  await installTemplate(connection, { target, retention }, signal)
}

test('the template is installed once, and stays', async t => {
  const store = await startFaultyElasticsearch(t)
  await install(t, store)
  t.match(store.installed.get(TEMPLATE), { version: TEMPLATE_VERSION, data_stream: {}, template: { mappings: { date_detection: false } } })
  await install(t, store)
  t.same(store.asked.map(({ method, path }) => `${method} ${path}`), ['GET /', `GET ${TEMPLATE}`, `PUT ${TEMPLATE}`, 'GET /', `GET ${TEMPLATE}`])
})

test('an older one of ours is replaced, and one for another retention; one of somebody else\'s is not', async t => {
  const store = await startFaultyElasticsearch(t)
  const installed = store.installed as Map<string, Record<string, unknown>>
  installed.set(TEMPLATE, { version: TEMPLATE_VERSION - 1, _meta: { managed_by: 'fastify-audit' } })
  await install(t, store)
  t.match(installed.get(TEMPLATE), { version: TEMPLATE_VERSION })
  await install(t, store, '90d')
  t.match(installed.get(TEMPLATE), { _meta: { retention: '90d' }, template: { lifecycle: { data_retention: '90d' } } })
  const theirs = { version: 0, _meta: { managed_by: 'us' } }
  installed.set(TEMPLATE, theirs)
  await install(t, store)
  t.equal(installed.get(TEMPLATE), theirs)
})

test('a retention goes where the store keeps such things', async t => {
  const older = await startFaultyElasticsearch(t, { version: VERSIONS.olderElasticsearch })
  await install(t, older, '365d')
  t.match(older.installed.get('/_ilm/policy/logs-fastify.audit-default'), { policy: { phases: { delete: { min_age: '365d' } } } })
  t.match(older.installed.get(TEMPLATE), { template: { settings: { 'index.lifecycle.name': 'logs-fastify.audit-default' } } })

  const opensearch = await startFaultyElasticsearch(t, { version: VERSIONS.opensearch })
  await install(t, opensearch, '365d')
  await install(t, opensearch, '365d')
  const policies = opensearch.asked.filter(({ method, path }) => method === 'PUT' && path.startsWith('/_plugins/_ism/policies/')).map(({ path }) => path.split('?')[1])
  t.same(policies, [undefined, 'if_seq_no=7&if_primary_term=1'], 'one that is there is replaced by who knows it')
})

test('what is refused, and a store that is not there, is a failure to be tried again', async t => {
  const store = await startFaultyElasticsearch(t)
  store.refuse = { status: 403 }
  await t.rejects(install(t, store), { code: 'AUDIT_ERR_SEND', message: /installing the index template in elasticsearch \(GET \/\): the answer was 403 \(the user of the store lacks a privilege\): security_exception: action is unauthorized/ })
  await t.rejects(install(t, { ...store, url: 'http://127.0.0.1:1' }), { code: 'AUDIT_ERR_SEND', message: /no answer/ })
  t.equal(store.installed.size, 0)
})

test('a store is known by what it says of itself', async t => {
  const of = (version?: object) => storeOf({ status: 200, body: version && { version }, headers: {} })
  t.same(of(VERSIONS.opensearch), { kind: 'opensearch', major: 2, minor: 19, isServerless: false })
  t.same(of({ number: '8.11.0', build_flavor: 'serverless' }), { kind: 'elasticsearch', major: 8, minor: 11, isServerless: true })
  t.match(of(), { kind: 'elasticsearch', major: 0 })
})
