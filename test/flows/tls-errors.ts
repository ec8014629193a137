// TLS: handshakes that fail, and certificates that are not valid, against real servers: raw TCP
// clients, TLS clients, `openssl s_client`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import tls from 'node:tls'
import { test } from 'tap'
import { auditedApp, eventually, listen } from '../support/audited-app.js'
import { certificate, certificateOfAnAuthority, type ConnectionEvent, recorded, send, sendTls } from '../support/connections.js'
import { withoutOpenssl } from '../support/self-signed.js'

for (const http2 of [false, true]) {
  const name = http2 ? 'HTTP/2' : 'HTTPS'

  test(`failed handshakes of a ${name} server are recorded, with client and code`, { skip: withoutOpenssl }, async t => {
    const audited = await auditedApp(t, { server: { http2, https: { ...certificate(t), allowHTTP1: true } } as never })
    const port = await listen(audited.app)
    const text = await send(port, 'GET /geheim HTTP/1.1\r\n\r\n')
    await send(port, '')
    const cut = await send(port, Buffer.from('160301010001', 'hex'))
    const http = await sendTls(port, 'NO HTTP\r\n\r\n')
    const { events, short } = await recorded(audited, 3)
    t.same(short, ['tls_error ERR_SSL_HTTP_REQUEST', 'tls_error ECONNRESET', 'bad_headers HPE_INVALID_METHOD'], 'one for each, none for who only knocks')
    t.same(events.map(({ client }) => client), [text.from, cut.from, http].map(from => ({ ip: '127.0.0.1', port: from })))
    t.match(events[0], { event: { category: ['network'], type: ['denied'], outcome: 'failure' } })
    t.notMatch(JSON.stringify(events), 'geheim')
  })

  test(`a ${name} server that demands client certificates records those without a valid one`, { skip: withoutOpenssl }, async t => {
    const own = certificate(t)
    const audited = await auditedApp(t, { server: { http2, https: { ...own, ca: own.cert, requestCert: true, rejectUnauthorized: true, allowHTTP1: true } } as never })
    const port = await listen(audited.app)
    const none = await sendTls(port, '')
    const wrong = await sendTls(port, '', certificate(t))
    await sendTls(port, '', own)
    const { events, short } = await recorded(audited, 2)
    t.same(short, ['tls_error ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', 'tls_error DEPTH_ZERO_SELF_SIGNED_CERT'])
    t.same(events.map(({ client }) => client), [none, wrong].map(from => ({ ip: '127.0.0.1', port: from })))
  })

  test(`a ${name} server that only asks for certificates records those that are not valid, and lets them in`, { skip: withoutOpenssl }, async t => {
    const own = certificate(t)
    const audited = await auditedApp(t, { server: { http2, https: { ...own, ca: own.cert, requestCert: true, rejectUnauthorized: false, allowHTTP1: true } } as never })
    const port = await listen(audited.app)
    await sendTls(port, '')
    const wrong = await sendTls(port, '', certificate(t))
    await sendTls(port, '', own)
    const { events, short } = await recorded(audited, 1)
    t.same(short, ['tls_error DEPTH_ZERO_SELF_SIGNED_CERT'])
    t.match(events[0], { event: { type: ['allowed'], outcome: 'failure' }, client: { ip: '127.0.0.1', port: wrong } })
  })
}

test('openssl s_client without a certificate, with a protocol that is too old, with a certificate of an unknown authority, and one that refuses the server', { skip: withoutOpenssl }, async t => {
  const own = certificate(t)
  async function ask (port: number, ...options: string[]): Promise<void> {
    const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...options], { stdio: ['pipe', 'ignore', 'ignore'] })
    client.stdin.on('error', () => {}).end('Q\n')
    await once(client, 'close')
  }
  const demands = await auditedApp(t, { server: { https: { ...own, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: true, ca: own.cert } } as never })
  const port = await listen(demands.app)
  await ask(port, '-tls1_3')
  await ask(port, '-tls1_2')
  const { key, cert } = certificateOfAnAuthority(t)
  await ask(port, '-tls1_3', '-key', key, '-cert', cert)
  const { events, short } = await recorded(demands, 3)
  t.same(short, ['tls_error ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', 'tls_error ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls_error UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
  for (const { client, event } of events) t.match({ client, event }, { client: { ip: '127.0.0.1', port: Number }, event: { outcome: 'failure', type: ['denied'] } })
  const serves = await auditedApp(t, { server: { https: own } as never })
  const other = await listen(serves.app)
  await ask(other, '-verify_return_error', '-tls1_2')
  await ask(other, '-verify_return_error', '-tls1_3')
  t.match((await recorded(serves, 2)).short, [/^tls_error ERR_SSL_\w*ALERT\w*$/, /^tls_error ERR_SSL_\w*ALERT\w*$/])
})

test('a connection that is kept in stock, over TLS too, is no fault', { skip: withoutOpenssl }, async t => {
  const times = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 }
  const audited = await auditedApp(t, { server: { https: { ...certificate(t), ...times } } as never })
  const port = await listen(audited.app)
  const silent = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(silent.resume().on('error', () => {}), 'close')
  const half = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => { half.write('GET / HT') })
  await once(half.resume().on('error', () => {}), 'close')
  t.same((await recorded(audited, 1)).short, ['bad_headers ERR_HTTP_REQUEST_TIMEOUT'])
})

test('who does not speak HTTP/2 to a server that speaks nothing else is recorded', { skip: withoutOpenssl }, async t => {
  const audited = await auditedApp(t, { server: { http2: true, https: { ...certificate(t), unknownProtocolTimeout: 100 } } as never })
  const port = await listen(audited.app)
  const from = await sendTls(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n', { ALPNProtocols: undefined })
  // Node's own: until then, closing the server does not end.
  t.ok(await eventually(() => new Promise(resolve => { audited.app.server.getConnections((_error, count) => { resolve(count === 0) }) })))
  const { events, short } = await recorded(audited, 1)
  t.same(short, ['bad_headers ERR_HTTP2_NO_ALPN'])
  t.same(events[0]!.client, { ip: '127.0.0.1', port: from })
})

test('a flood of one kind hides nothing of the other', { skip: withoutOpenssl }, async t => {
  const audited = await auditedApp(t, { section: { security: { connection_events_per_second: 1 } }, server: { https: certificate(t) } as never })
  const port = await listen(audited.app)
  const flood = (): Promise<unknown> => Promise.all(Array.from({ length: 50 }, () => send(port, 'NO TLS\r\n\r\n')))
  await flood()
  await sendTls(port, 'NO HTTP\r\n\r\n')
  // Of what is left out the last is told: it is none of the other kind.
  await flood()
  // Closed before the second is over.
  const { events, short } = await recorded(audited, 2)
  t.ok(short.includes('bad_headers HPE_INVALID_METHOD'))
  const floods = events.filter(({ event }) => event.action === 'tls_error') as (ConnectionEvent & { labels?: { left_out_events?: number } })[]
  t.equal(floods.reduce((sum, { labels }) => sum + 1 + (labels?.left_out_events ?? 0), 0), 100, 'all are counted, at the latest when the application ends')
})

test('settings leave each of them out', { skip: withoutOpenssl }, async t => {
  const audited = await auditedApp(t, { section: { security: { tls_errors: false, bad_requests: false } }, server: { https: certificate(t) } as never })
  const port = await listen(audited.app)
  await send(port, 'NO TLS\r\n\r\n')
  await sendTls(port, 'NO HTTP\r\n\r\n')
  await audited.app.close()
  t.same(await audited.events(), [])
})
