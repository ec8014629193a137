import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from '@elastic/elasticsearch'
import { Client as OpenSearchClient } from '@opensearch-project/opensearch'
import { test } from 'tap'
import { borrowConnection, isClient, openConnection, type StoreConnection, type Transport } from '../../../lib/appenders/elasticsearch/connection.js'
import { startFaultyElasticsearch } from '../../support/faulty-elasticsearch.js'

const { signal } = new AbortController()
const LINES = '{"create":{"_id":"1"}}\n{"a":1}\n'

test('credentials are sent as the store wants them', async t => {
  const store = await startFaultyElasticsearch(t)
  const ways = [{ username: 'audit', password: 'pä:ss' }, { apiKey: 'a2V5' }, { bearer: 'token' }, undefined]
  for (const auth of ways) {
    const connection = await openConnection({ nodes: [store.url], auth, timeout: 5000 })
    await connection.request({ method: 'GET', path: '/' }, signal)
    await connection.close()
  }
  t.same(store.asked.map(({ headers }) => headers.authorization), [`Basic ${Buffer.from('audit:pä:ss').toString('base64')}`, 'ApiKey a2V5', 'Bearer token', undefined])
})

test('a node that does not answer is not the end of it while there is another', async t => {
  const store = await startFaultyElasticsearch(t)
  const connection = await openConnection({ nodes: ['http://127.0.0.1:1', store.url], timeout: 5000 })
  t.teardown(() => connection.close())
  for (let time = 0; time < 4; time++) t.equal((await connection.request({ method: 'GET', path: '/' }, signal)).status, 200)
})

test('a node may be behind a path', async t => {
  const store = await startFaultyElasticsearch(t)
  const connection = await openConnection({ nodes: [`${store.url}/es/`], timeout: 5000 })
  t.teardown(() => connection.close())
  await connection.request({ method: 'GET', path: '/_x' }, signal)
  t.equal(store.asked[0]?.path, '/es/_x')
})

test('every status is an answer; a connection that is cut, and an answer that takes too long, are none', async t => {
  const store = await startFaultyElasticsearch(t)
  const connection = await openConnection({ nodes: [store.url], timeout: 5000 })
  t.teardown(() => connection.close())
  store.fail({ status: 429, headers: { 'retry-after': '1' } }, { cut: 'before' })
  t.match(await connection.request({ method: 'POST', path: '/s/_bulk', lines: LINES }, signal), { status: 429, headers: { 'retry-after': '1' }, body: { error: { type: 'es_rejected_execution_exception' } } })
  await t.rejects(connection.request({ method: 'POST', path: '/s/_bulk', lines: LINES }, signal))

  const silent = createServer(({ url }, response) => {
    if (url === '/half') response.writeHead(200, { 'content-length': 9 }).write('{')
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const waiting = await openConnection({ nodes: [`http://127.0.0.1:${(silent.address() as AddressInfo).port}`], timeout: 50 })
  let aborts = 0
  signal.addEventListener('abort', () => { aborts++ })
  await t.rejects(waiting.request({ method: 'GET', path: '/' }, signal), { name: 'TimeoutError' })
  await t.rejects(waiting.request({ method: 'GET', path: '/half' }, signal), 'nor one that does not come to its end')
  t.equal(aborts, 0, 'nobody else is told to give up')
  await waiting.close()
  silent.closeAllConnections()
  silent.close()
})

const CLIENTS: Record<string, (url: string) => { client: object, close: () => Promise<void> }> = {
  '@elastic/elasticsearch': url => { const client = new Client({ node: url }); return { client, close: () => client.close() } },
  '@opensearch-project/opensearch': url => { const client = new OpenSearchClient({ node: url }); return { client, close: () => client.close() } },
  'a transport': url => { const client = new Client({ node: url }); return { client: client.transport, close: () => client.close() } }
}

for (const [name, made] of Object.entries(CLIENTS)) {
  test(`a client of the application's is asked in the same way, and stays open: ${name}`, async t => {
    const store = await startFaultyElasticsearch(t)
    const { client, close } = made(store.url)
    t.teardown(close)
    t.ok(isClient(client))
    const connection = borrowConnection(client as { transport: Transport }, 5000)
    t.match(await connection.request({ method: 'PUT', path: '/_index_template/x', body: { index_patterns: ['x'] } }, signal), { status: 200, body: { acknowledged: true } })
    t.match(await connection.request({ method: 'GET', path: '/_index_template/y' }, signal), { status: 404, body: { error: { type: 'resource_not_found_exception' } } })
    t.match(await connection.request({ method: 'POST', path: '/s/_bulk', querystring: 'filter_path=errors', lines: LINES }, signal), { status: 200 })
    t.same(store.documents.map(({ id, source }) => [id, source]), [['1', { a: 1 }]])
    t.match(store.asked.at(-1), { path: /[?]filter_path=errors$/ })
    await connection.close()
    t.equal((await connection.request({ method: 'GET', path: '/' }, signal)).status, 200)
  })
}

test('who ends does not wait for an answer, whatever the client does', async t => {
  const never: StoreConnection = borrowConnection({ request: () => new Promise(() => {}) }, 5000)
  const end = new AbortController()
  const asked = never.request({ method: 'GET', path: '/' }, end.signal)
  end.abort(new Error('the end'))
  await t.rejects(asked, { message: 'the end' })
  await t.rejects(never.request({ method: 'GET', path: '/' }, end.signal), { message: 'the end' })
})

test('what is no client is known', async t => {
  for (const value of [null, undefined, 'x', {}, { transport: {} }, () => ({})]) t.notOk(isClient(value))
})
