import grpc, { status } from '@grpc/grpc-js'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { emptyResource } from '@opentelemetry/resources'
import { test } from 'tap'
import { createGrpcTransport, type GrpcSettings } from '../../../lib/appenders/otel/grpc.js'
import type { Transport } from '../../../lib/appenders/otel/http.js'
import { createLogRecords } from '../../../lib/appenders/otel/log-record.js'
import { readTls } from '../../../lib/appenders/ssl.js'
import { surroundingsIn } from '../../../lib/testing/surroundings.js'
import { type CollectorAnswer, startGrpcCollector } from '../../support/otlp-collector.js'
import { createAuthority } from '../../support/certificates.js'
import { withoutOpenssl } from '../../support/self-signed.js'

const STAYS = new AbortController().signal
const request = ProtobufLogsSerializer.serializeRequest([createLogRecords(emptyResource())({ id: 'i', time: 1, line: 'a line' })])!
const transportTo = (url: string, more: Partial<GrpcSettings> = {}): Transport =>
  createGrpcTransport(grpc, { url, headers: {}, tls: { rejectUnauthorized: true }, timeout: 5000, ...more })

test('a request goes out with its headers, and its answer comes back', async t => {
  const { url, requests, records } = await startGrpcCollector(t, { answer: () => ({ partialSuccess: { rejectedLogRecords: 1, errorMessage: 'bad' } }) })
  const transport = transportTo(url, { headers: { authorization: 'Bearer x' } })
  t.match(ProtobufLogsSerializer.deserializeResponse(await transport.send(request, STAYS)).partialSuccess, { errorMessage: 'bad' })
  t.match(requests, [{ headers: { authorization: 'Bearer x' } }])
  t.match(records, [{ body: 'a line' }])
  transport.close()
})

test('what an answer means', async t => {
  let answer: CollectorAnswer = { status: status.INVALID_ARGUMENT }
  const { url, requests } = await startGrpcCollector(t, { answer: () => answer })
  const transport = transportTo(url)
  await t.rejects(transport.send(request, STAYS), { code: 'AUDIT_ERR_SEND', message: 'the collector has answered INVALID_ARGUMENT: as the test wants', isTooMuch: true })
  for (const code of [status.UNAVAILABLE, status.RESOURCE_EXHAUSTED, status.UNAUTHENTICATED, status.UNIMPLEMENTED, status.INTERNAL]) {
    answer = { status: code }
    await t.rejects(transport.send(request, STAYS), { message: `the collector has answered ${status[code]}: as the test wants`, isTooMuch: undefined })
  }
  t.equal(requests.length, 6, 'each was sent once')
  transport.close()
})

test('a request that is larger than the collector takes is not sent again as it is', async t => {
  const { url, records } = await startGrpcCollector(t)
  const transport = transportTo(url)
  const large = ProtobufLogsSerializer.serializeRequest([createLogRecords(emptyResource())({ id: 'i', time: 1, line: 'x'.repeat(5 * 1024 * 1024) })])!
  await t.rejects(transport.send(large, STAYS), { message: /^the collector has answered RESOURCE_EXHAUSTED: .*larger than max/i, isTooMuch: true })
  t.equal(records.length, 0)
  transport.close()
})

test('a collector that does not answer or is not there; the end of the application', async t => {
  const { url } = await startGrpcCollector(t, { answer: () => ({ silence: true }) })
  const slow = transportTo(url, { timeout: 300 })
  await t.rejects(slow.send(request, STAYS), /DEADLINE_EXCEEDED/)
  const gone = transportTo('http://127.0.0.1:1')
  await t.rejects(gone.send(request, STAYS), /UNAVAILABLE/)
  const ending = new AbortController()
  const sent = transportTo(url, { timeout: 600_000 }).send(request, ending.signal)
  ending.abort()
  await t.rejects(sent, /CANCELLED/)
  slow.close()
  gone.close()
})

test('over TLS: who the collector is, and who we are', { skip: withoutOpenssl }, async t => {
  const folder = t.testdir({})
  const authority = createAuthority(folder)
  const [server, client] = [authority.sign('localhost', 'DNS:localhost,IP:127.0.0.1'), authority.sign('client', 'DNS:client')]
  const { url, records } = await startGrpcCollector(t, { tls: { ...server, ca: authority.certificate } })
  const surroundings = surroundingsIn(folder)
  const known = transportTo(url, { tls: readTls({ certificateAuthorities: authority.certificate, certificate: client.certificate, key: client.key }, surroundings) })
  await known.send(request, STAYS)
  t.equal(records.length, 1)
  await t.rejects(transportTo(url, { tls: readTls({ certificateAuthorities: authority.certificate }, surroundings) }).send(request, STAYS), /UNAVAILABLE/)
  await t.rejects(transportTo(url, { tls: readTls(undefined, surroundings) }).send(request, STAYS), /UNAVAILABLE/)
  const misnamed = authority.sign('misnamed', 'DNS:other.example')
  const { url: elsewhere, records: there } = await startGrpcCollector(t, { tls: { ...misnamed, ca: authority.certificate } })
  const ssl = { certificateAuthorities: authority.certificate, certificate: client.certificate, key: client.key }
  await t.rejects(transportTo(elsewhere, { tls: readTls(ssl, surroundings) }).send(request, STAYS), /UNAVAILABLE/, 'another name')
  const nameless = transportTo(elsewhere, { tls: readTls({ ...ssl, verificationMode: 'certificate' }, surroundings) })
  await nameless.send(request, STAYS)
  t.equal(there.length, 1)
  nameless.close()
  const unchecked = transportTo(url, { tls: readTls({ verificationMode: 'none', certificate: client.certificate, key: client.key }, surroundings) })
  await unchecked.send(request, STAYS)
  known.close()
  unchecked.close()
})
