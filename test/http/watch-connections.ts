// Connections that bring no HTTP, or no TLS: raw TCP clients, TLS clients, `openssl s_client`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { test, type Test } from 'tap'
import { auditedApp, type AuditedApp, eventually, listen, sendRaw, type WrittenEvent } from '../support/audited-app.js'
import { selfSigned, withoutOpenssl } from '../support/self-signed.js'

type Event = WrittenEvent & { readonly client?: { readonly ip?: string, readonly port?: number }, readonly error?: { readonly code?: string } }

/** All events once there are so many, `action code` of each. */
async function recorded ({ app, events }: AuditedApp, count: number): Promise<{ events: Event[], short: string[] }> {
  await eventually(async () => (await events()).length >= count)
  await app.close()
  const all = await events() as Event[]
  return { events: all, short: all.map(({ event, error }) => `${event.action} ${error?.code ?? event.outcome}`) }
}

/** Sends bytes and tells from which port, and what came back. */
async function send (port: number, bytes: string | Buffer, host = '127.0.0.1'): Promise<{ from: number, answer: string }> {
  const socket = connect(port, host)
  let answer = ''
  socket.on('data', chunk => { answer += chunk.toString('latin1') }).on('error', () => {})
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  const from = socket.localPort!
  socket.end(bytes)
  await closed
  return { from, answer }
}

/** A pair of a key and a certificate, in a folder of its own. */
const certificate = (t: Test): { key: Buffer, cert: Buffer } =>
  selfSigned(Object.assign(Object.create(t), { testdirName: mkdtempSync(join(tmpdir(), 'fastify-audit-')) }))

test('what Node\'s parser refuses is recorded with client and code, and answered as ever', async t => {
  const audited = await auditedApp(t, { server: { http: { maxHeaderSize: 1024 } } as never })
  const port = await listen(audited.app)
  const line = await send(port, 'GEHEIM / HTTP/1.1\r\n\r\n')
  const large = await send(port, `GET / HTTP/1.1\r\nHost: h\r\nX-Large: ${'geheim'.repeat(1000)}\r\n\r\n`)
  const header = await send(port, 'GET / HTTP/1.1\r\nHost: h\r\nGe heim: 1\r\n\r\n')
  t.match(line.answer, /^HTTP\/1.1 400[^]*Client Error/)
  t.match(large.answer, /^HTTP\/1.1 431[^]*Exceeded maximum allowed HTTP header size/)
  t.match(header.answer, /^HTTP\/1.1 400/)
  const { events, short } = await recorded(audited, 3)
  t.same(short, ['bad_headers HPE_INVALID_METHOD', 'bad_headers HPE_HEADER_OVERFLOW', 'bad_headers HPE_INVALID_HEADER_TOKEN'])
  t.same(events.map(({ client }) => client), [line, large, header].map(({ from }) => ({ ip: '127.0.0.1', port: from })))
  t.match(events[0], { event: { category: ['network'], type: ['denied'], outcome: 'failure' } })
  t.notMatch(JSON.stringify(events), /geheim|ge heim/i)
})

test('a request that does not all come in time is recorded; a connection that says nothing is not', async t => {
  const audited = await auditedApp(t, { server: { http: { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 } } as never })
  const port = await listen(audited.app)
  const silent = sendRaw(port, '')
  t.match(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: h\r\n'), /^HTTP\/1.1 408/)
  t.match(await silent, /^(HTTP\/1.1 408|$)/)
  t.same((await recorded(audited, 1)).short, ['bad_headers ERR_HTTP_REQUEST_TIMEOUT'])
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

test('a client that goes away in the middle of what it sends has sent nothing wrong', async t => {
  const audited = await auditedApp(t)
  audited.app.post('/', async () => 'ok')
  const port = await listen(audited.app)
  await send(port, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf')
  await send(port, 'GET / HT')
  t.same((await recorded(audited, 1)).short, ['http_request unknown'])
})

test('two applications in one process record what is theirs', async t => {
  const audited = [await auditedApp(t), await auditedApp({ testdir: () => mkdtempSync(join(tmpdir(), 'fastify-audit-')), teardown: t.teardown.bind(t), fail: t.fail.bind(t) } as Test)]
  const ports = [await listen(audited[0]!.app), await listen(audited[1]!.app)]
  const from = [await send(ports[0]!, 'NO\r\n\r\n'), await send(ports[1]!, 'NO\r\n\r\n')].map(sent => sent.from)
  for (const [i, app] of audited.entries()) t.same((await recorded(app, 1)).events.map(({ client }) => client?.port), [from[i]])
})

test('a connection that is reset or closed is no fault', async t => {
  const audited = await auditedApp(t)
  const port = await listen(audited.app)
  let theirEnd: Socket | undefined
  audited.app.server.once('connection', socket => { theirEnd = socket })
  const reset = connect(port, '127.0.0.1')
  reset.write('GET / HTTP/1.1\r\n')
  t.ok(await eventually(() => theirEnd !== undefined && theirEnd.bytesRead > 0), 'in the middle of a request')
  reset.resetAndDestroy()
  await eventually(() => theirEnd!.destroyed)
  await send(port, '')
  await send(port, 'NO HTTP\r\n\r\n')
  t.same((await recorded(audited, 1)).short, ['bad_headers HPE_INVALID_METHOD'])
})

test('an application\'s own handler answers, sees what it saw, and is not doubled', async t => {
  const seen: string[] = []
  const audited = await auditedApp(t, {
    server: {
      clientErrorHandler (error: Error & { code: string }, socket: Socket) {
        seen.push(error.code)
        // Stays open: whatever comes next on it is refused again.
        socket.write('theirs')
        if (seen.length === 2) socket.destroy()
      }
    } as never
  })
  const port = await listen(audited.app)
  t.match(await sendRaw(port, 'NO\r\n\r\n', { then: socket => { socket.once('data', () => socket.write('NO MORE\r\n\r\n')) } }), /^(theirs)+$/)
  t.ok(seen.length >= 2)
  t.same((await recorded(audited, 1)).short, ['bad_headers HPE_INVALID_METHOD'], 'one event for the connection')
})

test('where nobody listens any more, Node answers, and an event is said', async t => {
  const audited = await auditedApp(t)
  audited.app.server.removeAllListeners('clientError')
  const port = await listen(audited.app)
  t.match((await send(port, 'NO\r\n\r\n')).answer, /^HTTP\/1.1 400 Bad Request\r\nConnection: close/)
  t.same((await recorded(audited, 1)).short, ['bad_headers HPE_INVALID_METHOD'])
})

test('our listener goes with the last of theirs', async t => {
  const { app } = await auditedApp(t)
  const [, theirs] = app.server.listeners('clientError')
  app.server.removeListener('clientError', theirs as () => void)
  t.equal(app.server.listenerCount('clientError'), 0)
})

test('the second server that listening on localhost makes is watched', async t => {
  const audited = await auditedApp(t)
  const port = await listen(audited.app, 'localhost')
  const main = audited.app.server.address() as AddressInfo
  const other = (audited.app.addresses() as AddressInfo[]).find(({ address }) => address !== main.address)
  if (other === undefined) {
    t.pass('localhost is one address on this machine')
    return
  }
  const { from, answer } = await send(port, 'NO\r\n\r\n', other.address)
  t.match(answer, /^HTTP\/1.1 400/)
  const { events, short } = await recorded(audited, 1)
  t.same(short, ['bad_headers HPE_INVALID_METHOD'])
  t.same(events[0]!.client, { ip: other.address, port: from })
})

test('bytes that are no HTTP/2 are recorded', async t => {
  const audited = await auditedApp(t, { server: { http2: true } as never })
  const port = await listen(audited.app)
  const { from } = await send(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  const { events, short } = await recorded(audited, 1)
  t.same(short, ['bad_headers ERR_HTTP2_ERROR'])
  t.same(events[0]!.client, { ip: '127.0.0.1', port: from })
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

/** Opens a TLS connection, sends, and tells from which port. */
async function sendTls (port: number, text: string, options: tls.ConnectionOptions = {}): Promise<number> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...options })
  let from = 0
  socket.on('error', () => {}).on('connect', () => { from = socket.localPort! })
  socket.on('secureConnect', () => { if (text === '') socket.end(); else socket.write(text) }).resume()
  await new Promise(resolve => { socket.on('close', resolve) })
  return from
}

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

test('openssl s_client without a certificate, with a protocol that is too old, and one that refuses the server', { skip: withoutOpenssl }, async t => {
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
  const { events, short } = await recorded(demands, 2)
  t.same(short, ['tls_error ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', 'tls_error ERR_SSL_UNSUPPORTED_PROTOCOL'])
  t.match(events, [{ client: { ip: '127.0.0.1', port: Number } }, { client: { ip: '127.0.0.1', port: Number } }])
  const serves = await auditedApp(t, { server: { https: own } as never })
  await ask(await listen(serves.app), '-verify_return_error', '-tls1_2')
  t.match((await recorded(serves, 1)).short, [/^tls_error ERR_SSL_\w*ALERT\w*$/])
})

test('thousands of connections that bring no HTTP are counted, and the application goes on', async t => {
  const audited = await auditedApp(t, { section: { queue: { max_bytes: '16kb' } } })
  audited.app.get('/', async () => 'ok')
  const port = await listen(audited.app)
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 100 }, () => send(port, 'NO HTTP\r\n\r\n')))
  t.match(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 200/)
  await audited.app.audit.flush()
  const { accepted, written, lost } = audited.app.audit.status()
  t.equal(accepted, written + lost)
  t.ok(accepted >= 2001)
})

test('settings leave each of them out', { skip: withoutOpenssl }, async t => {
  const audited = await auditedApp(t, { section: { security: { tls_errors: false, bad_requests: false } }, server: { https: certificate(t) } as never })
  const port = await listen(audited.app)
  await send(port, 'NO TLS\r\n\r\n')
  await sendTls(port, 'NO HTTP\r\n\r\n')
  await audited.app.close()
  t.same(await audited.events(), [])
})
