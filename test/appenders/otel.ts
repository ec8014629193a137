import { hostname } from 'node:os'
import { type Test, test } from 'tap'
import { attributesFault, createOtelAppender, type OtelConfig, otelSchema } from '../../lib/appenders/otel.js'
import { urlFault } from '../../lib/appenders/shipping/settings.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { createAuthority } from '../support/certificates.js'
import { type CollectedRecord, type OtlpCollector, startGrpcCollector, startOtlpCollector } from '../support/otlp-collector.js'
import { withoutOpenssl } from '../support/self-signed.js'
import { shippedTo } from '../support/shipping-contract.js'

const QUICK = { batch: { timeout: '1ms' }, backoff: { init: '10ms', max: '50ms' } } as const
const LINE = '{"@timestamp":"2026-01-02T03:04:05.006Z","message":"User is updating","event":{"id":"0196","action":"a"},"log":{"level":"INFO"},"trace":{"id":"4bf92f3577b34da6a3ce929d0e0e4736"}}'

test('what it has acknowledged comes to the collector', async t => {
  await appenderContract(t, async t => {
    const { url, records } = await startOtlpCollector(t)
    const appender = await createOtelAppender({ type: 'otel', url, ...QUICK }, surroundingsIn(t.testdir()))
    // None of these lines has a message: each is the body as it is.
    return shippedTo(appender, () => records.map(({ body }) => String(body)))
  })
})

/** Sends one event with these settings. */
async function sentWith (t: Test, collector: OtlpCollector, config: Partial<OtelConfig>): Promise<CollectedRecord> {
  const appender = await createOtelAppender({ type: 'otel', url: collector.url, ...QUICK, ...config }, surroundingsIn(t.testdir()))
  await appender.append(batchOf([LINE]))
  await eventually(() => collector.records.length > 0)
  await appender.close()
  return collector.records[0]!
}

test('each protocol brings the same record', async t => {
  const forms = [['proto', 'application/x-protobuf'], ['http', 'application/json'], ['grpc', 'application/grpc']] as const
  for (const [protocol, contentType] of forms) {
    const collector = await (protocol === 'grpc' ? startGrpcCollector : startOtlpCollector)(t)
    t.match(await sentWith(t, collector, { protocol, headers: { 'x-tenant': 'a' } }), {
      time: '1767323045006000000',
      severity: 9,
      body: 'User is updating',
      attributes: { 'log.record.uid': '0196', 'event.action': 'a' },
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      scope: 'fastify-audit'
    }, protocol)
    t.match(collector.requests, [{ contentType, headers: { 'x-tenant': 'a' } }])
  }
})

test('left out, the protocol is protobuf over HTTP; the resource is what the environment and the settings say', async t => {
  process.env.OTEL_SERVICE_NAME = 'from-environment'
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=test,service.version=1'
  t.teardown(() => {
    delete process.env.OTEL_SERVICE_NAME
    delete process.env.OTEL_RESOURCE_ATTRIBUTES
  })
  const collector = await startOtlpCollector(t)
  const { resource } = await sentWith(t, collector, { attributes: { service: { version: '2' }, region: 'eu' } })
  t.match(collector.requests, [{ contentType: 'application/x-protobuf' }])
  t.match(resource, { 'host.name': hostname(), 'service.name': 'from-environment', 'service.version': '2', region: 'eu', 'deployment.environment.name': 'test' })
})

test('an event that the collector will never take is found in its batch and put aside; the rest comes', async t => {
  const collector = await startOtlpCollector(t, { answer: records => records.some(({ body }) => body === 'poison') ? { status: 400 } : {} })
  const appender = await createOtelAppender({ type: 'otel', url: collector.url, ...QUICK, batch: { timeout: '20ms' } }, surroundingsIn(t.testdir()))
  const lines = Array.from({ length: 40 }, (_, n) => n === 27 ? 'poison' : `line ${n}`)
  await appender.append(batchOf(lines))
  await eventually(() => appender.shipping!().backlog === 0)
  t.match(appender.shipping!(), { sent: 39, rejected: 1 })
  t.same(collector.records.map(({ body }) => body), lines.filter(line => line !== 'poison'))
  await appender.close()
})

test('a private authority and a client certificate; a file that cannot be read stops the start', { skip: withoutOpenssl }, async t => {
  const directory = t.testdir({})
  const authority = createAuthority(directory)
  const [server, client] = [authority.sign('localhost', 'DNS:localhost'), authority.sign('client', 'DNS:client')]
  for (const start of [startOtlpCollector, startGrpcCollector]) {
    const collector = await start(t, { tls: { ...server, ca: authority.certificate } })
    const appender = await createOtelAppender({ type: 'otel', url: collector.url, protocol: start === startGrpcCollector ? 'grpc' : 'proto', ssl: { certificateAuthorities: [authority.certificate], certificate: client.certificate, key: authority.encrypt(client, 'open'), keyPassphrase: 'open' }, ...QUICK }, surroundingsIn(directory))
    await appender.append(batchOf([LINE]))
    await eventually(() => collector.records.length > 0)
    await appender.close()
    t.equal(collector.records.length, 1)
  }
  await t.rejects(createOtelAppender({ type: 'otel', url: 'https://localhost', ssl: { certificateAuthorities: 'none.pem' } }, surroundingsIn(directory)), { code: 'AUDIT_ERR_CONFIG' })
})

test('attributes have names with dots, and one value each', async t => {
  t.equal(attributesFault({ service: { name: 'shop', instance: { id: 7 } }, is: true }), null)
  t.match(attributesFault({ service: { names: ['a'] } }), /for "service\.names", got a list$/)
})

test('a URL that is none is told, and not shown', async t => {
  t.equal(urlFault('https://collector.example.com/v1/logs', otelSchema.properties.url.title), null)
  t.match(urlFault('https://user:secret@[::/v1', otelSchema.properties.url.title), /^expected a URL such as .*, got something else$/)
})
