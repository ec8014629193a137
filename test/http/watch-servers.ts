// Requests that no hook of Fastify sees, over real sockets: each has its one event.
import { execFileSync } from 'node:child_process'
import http2 from 'node:http2'
import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import { type AuditedApp, type AuditedAppOptions, auditedApp, eventually, listen, readEvents, sendRaw } from '../support/audited-app.js'

type HttpEvent = ReturnType<typeof readEvents>[number] & {
  readonly url: { readonly path: string }
  readonly http: { readonly request: { readonly method: string }, readonly response?: { readonly status_code: number } }
  readonly user?: { readonly name: string }
}

const inShort = ({ http, url, event, user }: HttpEvent): string =>
  [http.request.method, url.path, event.outcome, http.response?.status_code, user?.name].filter(Boolean).join(' ')

/** The events of an application in short, when there are so many and the application has ended. */
async function recordedBy (t: Test, { app, events, file }: AuditedApp, atLeast: number): Promise<string[]> {
  await eventually(async () => (await events()).length >= atLeast)
  await app.close()
  return (readEvents(t, file) as HttpEvent[]).map(inShort)
}

/** Sends bytes and goes away when the condition holds. */
async function sendUntil (port: number, text: string, gone: () => boolean): Promise<string> {
  return await sendRaw(port, text, { then: socket => { eventually(gone).then(() => socket.destroy()) } })
}

const lines = (...text: string[]): string => text.join('\r\n') + '\r\n\r\n'
const UPGRADE = lines('GET /ws HTTP/1.1', 'Host: h', 'Connection: Upgrade', 'Upgrade: chat')
const CONNECT = lines('CONNECT db.example:5432 HTTP/1.1', 'Host: h')
const closing = (path: string, ...headers: string[]): string => lines(`GET ${path} HTTP/1.1`, 'Host: h', 'Connection: close', ...headers)

test('what Node answers itself is recorded as refused', async t => {
  const audited = await auditedApp(t, { server: { maxRequestsPerSocket: 1 } })
  audited.app.get('/ok', async () => 'ok')
  const port = await listen(audited.app)
  t.match(await sendRaw(port, lines('GET /ok HTTP/1.1')), /^HTTP\/1.1 400/)
  t.match(await sendRaw(port, closing('/ok', 'Expect: odd')), /^HTTP\/1.1 417/)
  t.match(await sendRaw(port, lines('GET /ok HTTP/1.1', 'Host: h') + closing('/again')), /HTTP\/1.1 503/)
  t.same((await recordedBy(t, audited, 4)).sort(), ['get /again failure 503', 'get /ok failure 400', 'get /ok failure 417', 'get /ok unknown'])
})

test('a request that asks whether it may go on is recorded once, whoever answers', async t => {
  for (const [listener, expected, status] of [
    [undefined, ['get /ok unknown'], 200],
    [(_request: IncomingMessage, response: ServerResponse) => { response.writeHead(413).end() }, ['get /ok failure 413'], 413],
    [function (this: FastifyInstance['server'], request: IncomingMessage, response: ServerResponse) { setTimeout(() => this.emit('request', request, response), 10) }, ['get /ok unknown'], 200]
  ] as const) {
    const audited = await auditedApp(t)
    audited.app.get('/ok', async () => 'ok')
    if (listener !== undefined) audited.app.server.on('checkContinue', listener)
    t.match(await sendRaw(await listen(audited.app), closing('/ok', 'Expect: 100-continue')), new RegExp(`HTTP/1.1 ${status}`))
    t.same(await recordedBy(t, audited, 1), expected)
  }
})

test('requests behind one that is never answered are recorded when their client goes away', async t => {
  const audited = await auditedApp(t, { before: app => { app.addHook('onRequest', async request => { if (request.url === '/hangs') await new Promise(() => {}) }) } })
  let arrived = false
  audited.app.get('/slow', () => { arrived = true; return new Promise(() => {}) })
  audited.app.get('/hangs', async () => 'ok')
  audited.app.get('/ok', async () => 'ok')
  const port = await listen(audited.app)
  await sendUntil(port, ['/slow', '/%ZZ', '/hangs', '/ok'].map(path => lines(`GET ${path} HTTP/1.1`, 'Host: h')).join(''), () => arrived)
  t.same((await recordedBy(t, audited, 4)).sort(), ['get /%ZZ failure 400', 'get /hangs failure', 'get /ok unknown', 'get /slow unknown'])
})

test('what is over in the very turn in which it came is recorded', async t => {
  const audited = await auditedApp(t)
  audited.app.get('/slow', () => new Promise(() => {}))
  const port = await listen(audited.app)
  const sent = ['/%ZZ', '/slow', '/%YY'].map(path => lines(`GET ${path} HTTP/1.1`, 'Host: h')).join('')
  // While this process stands still a client comes, asks and is gone: everything is there at once.
  execFileSync(process.execPath, ['-e', `const socket = require('node:net').connect(${port}, '127.0.0.1', () => socket.write(${JSON.stringify(sent)}, () => socket.resetAndDestroy()))`])
  t.same((await recordedBy(t, audited, 3)).sort(), ['get /%YY failure 400', 'get /%ZZ failure 400', 'get /slow unknown'])
})

test('a response that a hook has taken over and never ends is recorded when its connection does', async t => {
  const audited = await auditedApp(t)
  let taken = 0
  audited.app.addHook('onRequest', async (_request, reply) => { taken++; reply.hijack() })
  const port = await listen(audited.app)
  await sendUntil(port, lines('GET /gone HTTP/1.1', 'Host: h'), () => taken === 1)
  const stays = sendRaw(port, lines('GET /stays HTTP/1.1', 'Host: h'))
  await eventually(() => taken === 2)
  t.same((await recordedBy(t, audited, 1)).sort(), ['get /gone failure', 'get /stays failure'], 'also when the application ends')
  await stays
})

for (const when of ['before', 'after'] as const) {
  test(`an upgrade and a CONNECT that a listener takes are recorded when they come; listener ${when} the plugin`, async t => {
    const held: Socket[] = []
    const add = ({ server }: FastifyInstance): void => {
      server.on('upgrade', (_request, socket) => { held.push(socket as Socket); socket.write(lines('HTTP/1.1 101 Switching Protocols')) })
      server.on('connect', (_request, socket) => { held.push(socket as Socket) })
    }
    const audited = await auditedApp(t, { before: app => { if (when === 'before') add(app) } })
    if (when === 'after') add(audited.app)
    const port = await listen(audited.app)
    const both = [sendRaw(port, UPGRADE), sendRaw(port, CONNECT)]
    t.ok(await eventually(async () => (await audited.events()).length === 2), 'while the connections are open')
    t.match((await audited.events() as HttpEvent[]).find(({ url }) => url.path === '/ws'), { client: { ip: '127.0.0.1' }, url: { domain: 'h', scheme: 'http' }, trace: { id: /./ } })
    for (const socket of held) socket.destroy()
    await Promise.all(both)
    t.same((await recordedBy(t, audited, 2)).sort(), ['connect db.example:5432 unknown', 'get /ws unknown'])
  })
}

test('a connection that a listener destroys at once is recorded', async t => {
  const audited = await auditedApp(t)
  audited.app.server.on('upgrade', (_request, socket) => { socket.destroy() })
  await sendRaw(await listen(audited.app), UPGRADE)
  t.same(await recordedBy(t, audited, 1), ['get /ws unknown'])
})

/** Hands an upgrade to Fastify's router, as plugins for WebSockets do. */
function routeUpgrades (app: FastifyInstance): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    socket.on('end', () => { socket.end() }).resume()
    app.routing(request, response)
  })
}

test('an upgrade that is handed to Fastify is recorded once, with its user, however long that takes to find', async t => {
  const options: AuditedAppOptions = { section: { security: { missing_privileges: false } }, user: request => (request as { user?: { name: string } }).user }
  const audited = await auditedApp(t, options)
  const { app } = audited
  routeUpgrades(app)
  let open: Socket | undefined
  app.addHook('onRequest', async request => {
    await new Promise(resolve => setTimeout(resolve, 50))
    if (request.url === '/no') throw Object.assign(new Error('no'), { statusCode: 403 })
    Object.assign(request, { user: { name: 'jdoe' } })
  })
  app.get('/ws', (request, reply) => { reply.hijack(); open = request.raw.socket as Socket })
  const port = await listen(app)
  const taken = sendRaw(port, UPGRADE)
  t.ok(await eventually(() => open))
  open!.destroy()
  await taken
  for (const path of ['/no', '/%ZZ']) await sendRaw(port, UPGRADE.replace('/ws', path), { then: socket => socket.once('data', () => socket.destroy()) })
  t.same((await recordedBy(t, audited, 3)).sort(), ['get /%ZZ failure 400', 'get /no failure 403', 'get /ws unknown jdoe'])
})

test('a server behaves as it would without the plugin: a listener of ours comes and goes with those of others', async t => {
  const audited = await auditedApp(t)
  const { app } = audited
  app.get('/ws', async () => 'plain')
  const { server } = app
  const counts = (): number[] => [server.listenerCount('upgrade'), server.listenerCount('connect')]
  t.same(counts(), [0, 0])
  const port = await listen(app)
  t.match(await sendRaw(port, UPGRADE.replace('Upgrade\r', 'Upgrade, close\r')), /^HTTP\/1.1 200/, 'an upgrade that nobody takes is an ordinary request')
  t.equal(await sendRaw(port, CONNECT), '', 'a CONNECT that nobody takes is closed')
  const theirs = (): void => {}
  server.on('upgrade', theirs).on('upgrade', theirs).once('connect', theirs)
  t.same(counts(), [3, 2])
  server.removeListener('upgrade', theirs).removeListener('upgrade', theirs).removeListener('connect', theirs)
  t.same(counts(), [0, 0])
  server.on('upgrade', theirs).removeAllListeners('upgrade')
  t.same(counts(), [0, 0])
  t.same(await recordedBy(t, audited, 1), ['get /ws unknown'])
})

/** Sends a request over HTTP/2 and gives its status. */
async function get2 (port: number, headers: http2.OutgoingHttpHeaders, then?: (stream: http2.ClientHttp2Stream) => void): Promise<number | undefined> {
  const session = http2.connect(`http://127.0.0.1:${port}`).on('error', () => {})
  const stream = session.request(headers)
  let status: number | undefined
  await new Promise<void>(resolve => {
    stream.on('response', answer => { status = answer[':status']; resolve() }).on('close', resolve).on('error', () => {}).resume()
    then?.(stream)
  })
  await new Promise(resolve => { setTimeout(resolve, 20) })
  session.destroy()
  return status
}

test('over HTTP/2 a CONNECT, what expects something, and streams that are reset are recorded once', async t => {
  let hangs = false
  const audited = await auditedApp(t, {
    server: { http2: true } as never,
    before: app => { app.addHook('onRequest', async request => { if (request.url === '/hangs') { hangs = true; await new Promise(() => {}) } }) }
  })
  const { app } = audited
  app.get('/ok', async () => 'ok')
  app.get('/hangs', async () => 'ok')
  const port = await listen(app)
  const connect = { ':method': 'CONNECT', ':authority': 'db.example:5432' }
  t.equal(await get2(port, { ':path': '/ok', expect: 'odd' }), 417)
  t.equal(await get2(port, { ':path': '/ok', expect: '100-continue' }), 200)
  t.equal(await get2(port, connect), 405)
  app.server.on('connect', (_request: unknown, response: http2.Http2ServerResponse) => { response.end() })
  t.equal(await get2(port, connect), 200)
  app.server.once('checkContinue', (_request: unknown, response: http2.Http2ServerResponse) => { response.writeHead(413).end() })
  t.equal(await get2(port, { ':path': '/ok', expect: '100-continue' }), 413)
  app.server.on('checkContinue', (request, response) => { setTimeout(() => app.server.emit('request', request, response), 10) })
  t.equal(await get2(port, { ':path': '/ok', expect: '100-continue' }), 200)
  await get2(port, { ':path': '/%ZZ' }, stream => { stream.close(http2.constants.NGHTTP2_CANCEL) })
  await get2(port, { ':path': '/hangs' }, stream => { eventually(() => hangs).then(() => { stream.close(http2.constants.NGHTTP2_CANCEL) }) })
  t.same((await recordedBy(t, audited, 8)).sort(), [
    'connect db.example:5432 failure 405', 'connect db.example:5432 unknown 200', 'get /%ZZ failure 400', 'get /hangs failure',
    'get /ok failure 413', 'get /ok failure 417', 'get /ok unknown', 'get /ok unknown'
  ])
})
