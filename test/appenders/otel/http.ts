import { createServer } from 'node:net'
import { once } from 'node:events'
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { emptyResource } from '@opentelemetry/resources'
import { test } from 'tap'
import { createHttpTransport, type HttpSettings, type Transport } from '../../../lib/appenders/otel/http.js'
import { createLogRecords } from '../../../lib/appenders/otel/log-record.js'
import { readTls } from '../../../lib/appenders/ssl.js'
import { surroundingsIn } from '../../../lib/testing/surroundings.js'
import { type CollectorAnswer, startOtlpCollector } from '../../support/otlp-collector.js'
import { createAuthority } from '../../support/certificates.js'
import { withoutOpenssl } from '../../support/self-signed.js'

const STAYS = new AbortController().signal
const records = [createLogRecords(emptyResource())({ id: 'i', time: 1, line: 'a line' })]
const request = ProtobufLogsSerializer.serializeRequest(records)!
const transportTo = (url: string, more: Partial<HttpSettings> = {}): Transport =>
  createHttpTransport({ url, headers: {}, contentType: 'application/x-protobuf', tls: { rejectUnauthorized: true }, timeout: 5000, ...more })

test('a request goes out with its headers, in either form, and its answer comes back', async t => {
  const { url, requests, records: collected } = await startOtlpCollector(t, { answer: () => ({ partialSuccess: { errorMessage: 'a hint' } }) })
  const protobuf = transportTo(url, { headers: { authorization: 'Bearer x', 'content-type': 'text/plain' } })
  t.same(ProtobufLogsSerializer.deserializeResponse(await protobuf.send(request, STAYS)).partialSuccess?.errorMessage, 'a hint')
  const json = transportTo(url, { contentType: 'application/json' })
  t.same(JsonLogsSerializer.deserializeResponse(await json.send(JsonLogsSerializer.serializeRequest(records)!, STAYS)).partialSuccess?.errorMessage, 'a hint')
  t.match(requests, [{ path: '/v1/logs', contentType: 'application/x-protobuf', headers: { authorization: 'Bearer x' } }, { contentType: 'application/json' }])
  t.match(collected, [{ body: 'a line' }, { body: 'a line' }])
  protobuf.close()
  json.close()
})

test('what an answer means', async t => {
  let answer: CollectorAnswer = {}
  const { url, requests } = await startOtlpCollector(t, { answer: () => answer })
  const transport = transportTo(url)
  for (const status of [400, 413, 422]) {
    answer = { status, headers: { 'retry-after': '7' } }
    await t.rejects(transport.send(request, STAYS), { message: `the collector has answered ${status}`, isTooMuch: true, retryAfter: undefined })
  }
  for (const status of [301, 401, 403, 404, 429, 500, 502, 503, 504]) {
    answer = { status, headers: { 'retry-after': '7' } }
    await t.rejects(transport.send(request, STAYS), { message: `the collector has answered ${status}`, isTooMuch: undefined, retryAfter: 7000 })
  }
  for (const status of [200, 202, 204]) {
    answer = { status }
    await transport.send(request, STAYS)
  }
  t.equal(requests.length, 15, 'each was sent once: who tries again is the forwarder')
  transport.close()
})

test('a collector that does not answer, closes the connection, or is not there', async t => {
  const { url, requests } = await startOtlpCollector(t, { answer: () => ({ silence: true }) })
  const transport = transportTo(url, { timeout: 300 })
  await t.rejects(transport.send(request, STAYS), { code: 'AUDIT_ERR_SEND', message: 'the collector cannot be asked: no answer within 300 ms' })
  t.equal(requests.length, 1)

  const server = createServer(socket => { socket.once('data', () => { socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.destroy()) }).on('error', () => {}) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await t.rejects(transportTo(`http://127.0.0.1:${port}/`).send(request, STAYS), /^the collector cannot be asked: aborted/, 'half an answer is none')
  server.close()
  await t.rejects(transportTo('http://127.0.0.1:1/').send(request, STAYS), /ECONNREFUSED/)
  transport.close()
})

test('the end of the application is not held up', async t => {
  const { url } = await startOtlpCollector(t, { answer: () => ({ silence: true }) })
  const transport = transportTo(url, { timeout: 600_000 })
  const ending = new AbortController()
  const sent = transport.send(request, ending.signal)
  ending.abort()
  await t.rejects(sent, /given up/)
  await t.rejects(transport.send(request, ending.signal), /given up/)
  transport.close()
})

test('over TLS: who the collector is, and who we are', { skip: withoutOpenssl }, async t => {
  const folder = t.testdir({})
  const authority = createAuthority(folder)
  const [server, client] = [authority.sign('localhost', 'DNS:localhost,IP:127.0.0.1'), authority.sign('client', 'DNS:client')]
  const { url, records: collected } = await startOtlpCollector(t, { tls: { ...server, ca: authority.certificate } })
  const surroundings = surroundingsIn(folder)
  const known = transportTo(url, { tls: readTls({ certificateAuthorities: authority.certificate, certificate: client.certificate, key: client.key }, surroundings) })
  await known.send(request, STAYS)
  t.equal(collected.length, 1)
  await t.rejects(transportTo(url, { tls: readTls({ certificateAuthorities: authority.certificate }, surroundings) }).send(request, STAYS), /certificate required|ECONNRESET|socket hang up/i)
  await t.rejects(transportTo(url, { tls: readTls(undefined, surroundings) }).send(request, STAYS), /certificate/)
  known.close()
})
