// The otel appender and a real OpenTelemetry Collector, over HTTP and gRPC, which is taken down and
// comes back, which speaks TLS, and which takes small requests only.
import { join } from 'node:path'
import { test } from 'tap'
import { createOtelAppender, type OtelConfig } from '../../lib/appenders/otel.js'
import { batchOf, surroundingsIn } from '../support/appender-contract.js'
import { auditedApp, eventually, type WrittenEvent } from '../support/audited-app.js'
import { createAuthority } from '../support/certificates.js'
import { freePort } from '../support/free-port.js'
import { attribute, type CollectedLog, startCollector, withoutCollector } from '../support/otel-collector.js'
import { withoutOpenssl } from '../support/self-signed.js'

const QUICK = { batch: { timeout: '5ms' }, backoff: { init: '50ms', max: '500ms' }, shutdown_timeout: '20s', timeout: '5s' } as const
const PROTOCOLS = ['proto', 'http', 'grpc'] as const
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

const urlFor = (protocol: OtelConfig['protocol'], [http, grpc]: readonly number[], scheme = 'http'): string => protocol === 'grpc' ? `${scheme}://localhost:${grpc}` : `${scheme}://localhost:${http}/v1/logs`
const receiverOn = ([http, grpc]: readonly number[], more: { readonly http?: object, readonly grpc?: object } = {}): object => ({ protocols: { http: { endpoint: `127.0.0.1:${http}`, ...more.http }, grpc: { endpoint: `127.0.0.1:${grpc}`, ...more.grpc } } })
const idOf = (log: CollectedLog): string => String(attribute(log, 'log.record.uid'))
const fromService = (name: string) => ({ resource }: CollectedLog): boolean => resource.some(({ key, value }) => key === 'service.name' && value.stringValue === name)

/** What a log record says, in the words of the event. */
const facts = (log: CollectedLog): object => ({ id: idOf(log), same: attribute(log, 'event.id'), time: log.timeUnixNano, observed: log.observedTimeUnixNano, severity: [log.severityNumber, log.severityText], message: log.body.stringValue, action: attribute(log, 'event.action'), path: attribute(log, 'url.path'), trace: log.traceId })
const factsOf = ({ '@timestamp': time, message, event, url, trace }: WrittenEvent & { readonly url?: { readonly path: string }, readonly trace?: { readonly id: string } }): object => {
  const nanoseconds = `${Date.parse(String(time))}000000`
  return { id: event.id, same: event.id, time: nanoseconds, observed: nanoseconds, severity: [9, 'INFO'], message, action: event.action, path: url?.path, trace: trace?.id }
}

test('a collector', { skip: withoutCollector, timeout: 200_000 }, async t => {
  const folder = t.testdir({ plain: {}, small: {}, tls: {} })
  const ports = [await freePort(), await freePort()]
  const collector = await startCollector(t, join(folder, 'plain'), { otlp: receiverOn(ports) }, ports)
  t.comment(collector.version)

  for (const protocol of PROTOCOLS) {
    await t.test(`by ${protocol} it has every event of an application as the file has it, in order, also when it was away meanwhile`, async t => {
      const { app, file, events } = await auditedApp(t, {
        section: {
          appenders: {
            file: { type: 'file', fileName: join(t.testdirName, 'audit.log'), layout: { type: 'json' } },
            collector: { type: 'otel', url: urlFor(protocol, ports), protocol, attributes: { 'service.name': protocol }, ...QUICK, spool: { path: join(t.testdirName, 'spool') } }
          }
        }
      })
      app.get('/notes/:id', async () => 'a note')
      const ask = (n: number) => app.inject({ url: `/notes/${n}`, headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } })
      const shipping = () => app.audit.status().appenders.collector!.shipping!
      const collected = (): CollectedLog[] => collector.logs().filter(fromService(protocol))

      await ask(0)
      await eventually(() => collected().length === 1)
      t.same(collected().map(facts), (await events()).map(event => factsOf(event)), file)
      t.match(facts(collected()[0]!), { message: /\/notes\/0/, path: '/notes/0', trace: TRACE, action: 'http_request' })

      let said = 1
      const saying = (async () => { for (; said < 600; said++) await ask(said).then(() => new Promise(resolve => setTimeout(resolve, 10))) })()
      await eventually(() => shipping().sent > 50)
      await collector.stop()
      await eventually(() => shipping().retries > 2)
      t.match(shipping(), { lastError: { code: 'AUDIT_ERR_SEND' }, rejected: 0 })
      const missing = said
      await eventually(() => said > missing + 50)
      await collector.start()
      await saying
      await eventually(() => shipping().backlog === 0)
      t.match(shipping(), { sent: 600, rejected: 0, backlog: 0 })
      const written = await events()
      t.equal(written.length, 600)
      await eventually(() => new Set(collected().map(idOf)).size === 600)
      const once = collected().filter((log, index, all) => all.findIndex(other => idOf(other) === idOf(log)) === index)
      t.same(once.map(facts), written.map(event => factsOf(event)), 'every event, as it is in the file, in its order')
      t.comment(`${collected().length - once.length} came twice`)
    })
  }

  await t.test('what is too large for it is sent in parts, and an event that is too large alone goes to the dead letters', async t => {
    const small = [await freePort(), await freePort()]
    const { logs } = await startCollector(t, join(folder, 'small'), { otlp: receiverOn(small, { http: { max_request_body_size: 1024 * 1024 }, grpc: { max_recv_msg_size_mib: 1 } }) }, small)
    for (const protocol of PROTOCOLS) {
      const appender = await createOtelAppender({ type: 'otel', url: urlFor(protocol, small), protocol, attributes: { service: { name: protocol } }, ...QUICK }, surroundingsIn(join(folder, 'small', protocol)))
      t.teardown(() => appender.close())
      const lines = Array.from({ length: 300 }, (_, n) => JSON.stringify({ message: `${n} ${'m'.repeat(n === 200 ? 2_000_000 : 10_000)}`, event: { id: `id-${n}`, action: 'a' } }))
      await appender.append(batchOf(lines))
      await eventually(() => appender.shipping!().backlog === 0)
      t.match(appender.shipping!(), { sent: 299, rejected: 1, backlog: 0 }, protocol)
      const collected = () => logs().filter(fromService(protocol)).map(idOf)
      await eventually(() => collected().length === 299)
      t.same(collected(), lines.map((_, n) => `id-${n}`).filter(id => id !== 'id-200'), protocol)
    }
  })

  await t.test('over TLS, with a private authority on both sides', { skip: withoutOpenssl }, async t => {
    const authority = createAuthority(join(folder, 'tls'))
    const [server, client] = [authority.sign('localhost', 'DNS:localhost'), authority.sign('client', 'DNS:client')]
    const tls = { cert_file: server.certificate, key_file: server.key, client_ca_file: authority.certificate }
    const secure = [await freePort(), await freePort()]
    const { logs } = await startCollector(t, join(folder, 'tls'), { otlp: receiverOn(secure, { http: { tls }, grpc: { tls } }) }, secure)
    for (const protocol of PROTOCOLS) {
      const config: OtelConfig = { type: 'otel', url: urlFor(protocol, secure, 'https'), protocol, attributes: { service: { name: protocol } }, ...QUICK, shutdown_timeout: '1ms' }
      const stranger = await createOtelAppender({ ...config, ssl: { certificateAuthorities: authority.certificate } }, surroundingsIn(join(folder, 'tls', `${protocol}-stranger`)))
      const known = await createOtelAppender({ ...config, ssl: { certificateAuthorities: authority.certificate, certificate: client.certificate, key: client.key } }, surroundingsIn(join(folder, 'tls', protocol)))
      for (const [appender, id] of [[stranger, 'stranger'], [known, 'known']] as const) await appender.append(batchOf([JSON.stringify({ message: 'm', event: { id, action: 'a' } })]))
      await eventually(() => known.shipping!().sent === 1 && stranger.shipping!().retries > 1)
      t.match([known.shipping!(), stranger.shipping!()], [{ sent: 1, retries: 0 }, { sent: 0, backlog: 1, rejected: 0 }], protocol)
      await eventually(() => logs().some(fromService(protocol)))
      t.same(logs().filter(fromService(protocol)).map(idOf), ['known'], protocol)
      for (const appender of [known, stranger]) await appender.close()
    }
  })
})
