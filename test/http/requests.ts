import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import requestContext from '@fastify/request-context'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { test } from 'tap'
import { withFullDisk } from '../support/faults.js'
import { selfSigned, withoutOpenssl } from '../support/self-signed.js'
import { type AuditedApp, auditedApp, eventually, listen, sendRaw, type WrittenEvent } from '../support/audited-app.js'

interface HttpEvent extends WrittenEvent {
  readonly url: { path: string, query?: string, domain?: string, port?: number, scheme?: string }
  readonly http: { request: { method: string, headers?: Record<string, string> }, response?: { status_code: number } }
  readonly user?: { name: string }
  readonly client?: { ip: string }
  readonly error?: { code: string, message: string }
}

declare module 'fastify' {
  interface FastifyRequest { user?: { name: string } | null }
}

/** The http_request events of an application, after waiting until there are so many. */
async function requestsOf (audited: AuditedApp, atLeast = 1): Promise<HttpEvent[]> {
  return await eventually(async () => {
    const events = await audited.events()
    return events.length >= atLeast ? events as HttpEvent[] : null
  }) ?? await audited.events() as HttpEvent[]
}

const outcomes = (events: HttpEvent[]): unknown[] => events.map(({ url, event, http, user }) => [url.path, event.outcome, http.response?.status_code, user?.name])
const userOf = (request: FastifyRequest): { name: string } | null | undefined => request.user

test('a request is recorded once, in the words of the reference', async t => {
  const audited = await auditedApp(t)
  audited.app.get('/api/things/:id', async () => 'ok')
  const port = await listen(audited.app)
  await fetch(`http://127.0.0.1:${port}/api/things/7?a=b&c=%20d`)
  const events = await requestsOf(audited)
  t.equal(events.length, 1)
  t.match(events[0], {
    message: 'User is requesting [/api/things/7] endpoint',
    event: { action: 'http_request', category: ['web'], outcome: 'unknown' },
    http: { request: { method: 'get' } },
    url: { domain: '127.0.0.1', port, path: '/api/things/7', query: 'a=b&c=%20d', scheme: 'http' },
    client: { ip: '127.0.0.1' },
    trace: { id: /^[0-9a-f]{32}$/ },
    process: { pid: process.pid }
  })
  t.notOk('type' in events[0]!.event)
  t.notOk('user' in events[0]!)
})

/** Whatever can become of a request, and how its one event looks: path, outcome, status, user. */
function addRoutes (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === 'jdoe') request.user = { name: 'jdoe' }
    if (request.headers.authorization === 'bad') return reply.code(401).send('who?')
    if (request.headers.authorization === 'busy') throw Object.assign(new Error('slow down'), { statusCode: 429 })
    if (request.headers.authorization === 'forbidden') { request.user = { name: 'jdoe' }; throw Object.assign(new Error('no'), { statusCode: 403 }) }
    if (request.headers.authorization === 'options') return reply.code(204).send()
    if (request.headers.authorization === 'hijack') { reply.hijack(); reply.raw.end('mine') }
  })
  app.get('/ok', async () => 'ok')
  app.post('/post', { bodyLimit: 10 }, async () => 'ok')
  app.get('/throws', async () => { throw new Error('handler') })
  app.get('/hijack', (_request, reply) => { reply.hijack(); reply.raw.end('raw') })
  app.get('/late', { preHandler: async () => { throw Object.assign(new Error('no'), { statusCode: 403 }) } }, async () => 'ok')
  app.options('/ok', async () => '')
}

const CASES: [name: string, init: { method?: string, url: string, headers?: Record<string, string>, payload?: string }, expected: unknown[]][] = [
  ['a routed request', { url: '/ok', headers: { authorization: 'jdoe' } }, ['/ok', 'unknown', undefined, 'jdoe']],
  ['an anonymous request', { url: '/ok' }, ['/ok', 'unknown', undefined, undefined]],
  ['a request to no route', { url: '/missing', headers: { authorization: 'jdoe' } }, ['/missing', 'unknown', undefined, 'jdoe']],
  ['an unsupported media type', { method: 'POST', url: '/post', headers: { 'content-type': 'application/odd' }, payload: 'x' }, ['/post', 'unknown', undefined, undefined]],
  ['a body that is too large', { method: 'POST', url: '/post', headers: { 'content-type': 'application/json' }, payload: '"0123456789abcdef"' }, ['/post', 'unknown', undefined, undefined]],
  ['a body that is not JSON', { method: 'POST', url: '/post', headers: { 'content-type': 'application/json' }, payload: '{' }, ['/post', 'unknown', undefined, undefined]],
  ['a refusal by a hook that answers 401', { url: '/ok', headers: { authorization: 'bad' } }, ['/ok', 'failure', 401, undefined]],
  ['a refusal by a hook that throws 429', { url: '/ok', headers: { authorization: 'busy' } }, ['/ok', 'failure', 429, undefined]],
  ['a refusal of somebody known', { url: '/ok', headers: { authorization: 'forbidden' } }, ['/ok', 'failure', 403, 'jdoe']],
  ['a refusal on a path without a route', { url: '/nowhere', headers: { authorization: 'bad' } }, ['/nowhere', 'failure', 401, undefined]],
  ['an answer by a hook that is no refusal', { method: 'OPTIONS', url: '/ok', headers: { authorization: 'options' } }, ['/ok', 'unknown', 204, undefined]],
  ['a handler that throws', { url: '/throws' }, ['/throws', 'unknown', undefined, undefined]],
  ['a response taken over by the handler', { url: '/hijack' }, ['/hijack', 'unknown', undefined, undefined]],
  ['a response taken over by a hook', { url: '/ok', headers: { authorization: 'hijack' } }, ['/ok', 'unknown', 200, undefined]],
  ['a refusal by a later hook', { url: '/late' }, ['/late', 'unknown', undefined, undefined]],
  ['HEAD', { method: 'HEAD', url: '/ok' }, ['/ok', 'unknown', undefined, undefined]],
  ['OPTIONS', { method: 'OPTIONS', url: '/ok' }, ['/ok', 'unknown', undefined, undefined]]
]

for (const order of ['before', 'after'] as const) {
  test(`whatever becomes of a request, it is recorded once; the application's hooks registered ${order} the plugin`, async t => {
    const audited = await auditedApp(t, { section: { security: { missing_privileges: false } }, user: userOf, ...(order === 'before' && { before: addRoutes }) })
    if (order === 'after') addRoutes(audited.app)
    const port = await listen(audited.app)
    let seen = 0
    for (const way of ['inject', 'socket'] as const) {
      for (const [name, { method = 'GET', url, headers = {}, payload }, expected] of CASES) {
        if (way === 'inject') await audited.app.inject({ method: method as 'GET', url, headers, payload })
        else await fetch(`http://127.0.0.1:${port}${url}`, { method, headers, body: payload }).then(response => response.text())
        // One turn more than needed, so that a second event would be there.
        const events = await requestsOf(audited, seen + 1)
        t.same(outcomes(events.slice(seen)), [expected], `${name}, by ${way}`)
        seen++
      }
    }
    await new Promise(resolve => setTimeout(resolve, 50))
    t.equal((await audited.events()).length, seen, 'nothing is recorded later')
  })
}

test('a route hook that another plugin appends later still comes before the event', async t => {
  const audited = await auditedApp(t, { user: userOf })
  audited.app.addHook('onRoute', route => {
    route.onRequest = [route.onRequest ?? [], async (request: FastifyRequest) => { request.user = { name: 'late' } }].flat()
  })
  audited.app.get('/a', async () => 'ok')
  await audited.app.inject('/a')
  t.same(outcomes(await requestsOf(audited)), [['/a', 'unknown', undefined, 'late']])
})

test('what Fastify answers before any hook is recorded as refused, on real sockets', async t => {
  const audited = await auditedApp(t, { server: { trustProxy: true } })
  audited.app.get('/p/:id', async () => 'ok')
  const port = await listen(audited.app)
  t.match(await sendRaw(port, 'GET /a%ZZb?q=1 HTTP/1.1\r\nHost: h:81\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 400/)
  t.match(await sendRaw(port, `GET /p/${'x'.repeat(200)} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`), /^HTTP\/1.1 414/)
  const events = await requestsOf(audited, 2)
  t.match(events, [{
    message: 'User is requesting [/a%ZZb] endpoint',
    event: { action: 'http_request', outcome: 'failure' },
    http: { request: { method: 'get', headers: { 'x-forwarded-for': '203.0.113.9' } }, response: { status_code: 400 } },
    url: { domain: 'h', port: 81, path: '/a%ZZb', query: 'q=1', scheme: 'http' },
    client: { ip: '127.0.0.1' },
    trace: { id: /^[0-9a-f]{32}$/ }
  }, { event: { outcome: 'failure' }, http: { response: { status_code: 414 } } }])
  t.equal(events.length, 2)
})

test('a client that goes away before its request got anywhere is recorded as a failure without a status', async t => {
  let arrived!: () => void
  const arrival = new Promise<void>(resolve => { arrived = resolve })
  const audited = await auditedApp(t, {
    server: { trustProxy: '127.0.0.1' },
    before: app => { app.addHook('onRequest', async () => { arrived(); await new Promise(() => {}) }) }
  })
  audited.app.get('/slow', async () => 'ok')
  const port = await listen(audited.app)
  await sendRaw(port, 'GET /slow HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n', { then: socket => arrival.then(() => socket.destroy()) })
  const events = await requestsOf(audited)
  t.same(outcomes(events), [['/slow', 'failure', undefined, undefined]])
  t.match(events[0], { error: { code: 'AUDIT_ERR_ABORTED' }, client: { ip: '203.0.113.9' } })
})

test('a client that goes away while the handler works has been recorded already', async t => {
  const audited = await auditedApp(t)
  let arrived!: () => void
  const arrival = new Promise<void>(resolve => { arrived = resolve })
  audited.app.get('/slow', async () => { arrived(); await new Promise(() => {}) })
  const port = await listen(audited.app)
  await sendRaw(port, 'GET /slow HTTP/1.1\r\nHost: h\r\n\r\n', { then: socket => arrival.then(() => socket.destroy()) })
  await new Promise(resolve => setTimeout(resolve, 50))
  t.same(outcomes(await requestsOf(audited)), [['/slow', 'unknown', undefined, undefined]])
})

test('a malformed request whose client does not wait for the answer is recorded', async t => {
  const audited = await auditedApp(t)
  const port = await listen(audited.app)
  await sendRaw(port, 'GET /%FF HTTP/1.1\r\nHost: h\r\n\r\n', { then: socket => setImmediate(() => socket.resetAndDestroy()) })
  t.match(await requestsOf(audited), [{ url: { path: '/%FF' }, event: { outcome: 'failure' } }])
})

test('a handler that takes too long, and a socket that is silent, leave one event', async t => {
  const audited = await auditedApp(t, { server: { handlerTimeout: 50 } })
  audited.app.get('/timeout', async () => { await new Promise(() => {}) })
  t.equal((await audited.app.inject('/timeout')).statusCode, 503)
  t.same(outcomes(await requestsOf(audited)), [['/timeout', 'unknown', undefined, undefined]])
})

test('requests that come while the server closes are recorded too', async t => {
  const audited = await auditedApp(t, { server: { forceCloseConnections: false } })
  let release!: () => void
  audited.app.get('/slow', async () => { await new Promise<void>(resolve => { release = resolve }); return 'ok' })
  audited.app.get('/ok', async () => 'ok')
  const port = await listen(audited.app)
  const slow = sendRaw(port, 'GET /slow HTTP/1.1\r\nHost: h\r\n\r\nGET /ok HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  await eventually(() => release !== undefined)
  const closed = audited.app.close()
  await new Promise(resolve => setTimeout(resolve, 50))
  release()
  await Promise.all([slow, closed])
  const { readEvents } = await import('../support/audited-app.js')
  t.match(readEvents(t, audited.file).map(event => [(event as HttpEvent).url.path, event.event.outcome]).sort(), [['/ok', /failure|unknown/], ['/slow', 'unknown']])
})

test('paths that are ignored, and routes with audit: false, are never recorded, not even when refused', async t => {
  const audited = await auditedApp(t, { section: { http: { ignore_paths: ['/health'] } } })
  audited.app.addHook('onRequest', async (request, reply) => { if (request.headers.refuse) return reply.code(401).send() })
  audited.app.get('/health', async () => 'ok')
  audited.app.get('/quiet', { config: { audit: false } }, async () => 'ok')
  audited.app.get('/loud', { config: { audit: true } }, async () => 'ok')
  for (const headers of [{}, { refuse: '1' }]) {
    for (const url of ['/health', '/health?probe=1', '/quiet', '/loud', '/healthy']) await audited.app.inject({ url, headers })
  }
  t.same((await requestsOf(audited, 4)).map(event => event.url.path), ['/loud', '/healthy', '/loud', '/healthy'])
})

test('with http.hook preHandler the event knows the user of a later hook, and what does not come so far is recorded with its response', async t => {
  const audited = await auditedApp(t, {
    user: userOf,
    section: { http: { hook: 'preHandler' }, security: { missing_privileges: false } },
    before: app => { app.get('/early', async () => 'ok') }
  })
  const { app } = audited
  const login = async (request: FastifyRequest): Promise<void> => { request.user = { name: 'jdoe' } }
  app.get('/a', { preHandler: login }, async () => 'ok')
  app.get('/b', { preHandler: [login] }, async () => 'ok')
  app.get('/c', { preHandler: async () => { throw Object.assign(new Error(), { statusCode: 403 }) } }, async () => 'ok')
  app.post('/d', async () => 'ok')
  await app.inject('/a')
  await app.inject({ method: 'HEAD', url: '/b' })
  await app.inject('/c')
  await app.inject({ method: 'POST', url: '/d', headers: { 'content-type': 'application/json' }, payload: '{' })
  await app.inject('/missing')
  await app.inject('/early')
  t.same(outcomes(await requestsOf(audited, 6)), [
    ['/a', 'unknown', undefined, 'jdoe'], ['/b', 'unknown', undefined, 'jdoe'], ['/c', 'failure', 403, undefined],
    ['/d', 'failure', 400, undefined], ['/missing', 'failure', 404, undefined], ['/early', 'unknown', 200, undefined]
  ])
})

test('with http.hook preHandler a 404 is recorded with the user of whatever hook comes before its answer', async t => {
  for (const at of ['instance', 'handler', 'child'] as const) {
    const audited = await auditedApp(t, { user: userOf, section: { http: { hook: 'preHandler' } } })
    const { app } = audited
    const login = async (request: FastifyRequest): Promise<void> => { request.user = { name: 'jdoe' } }
    if (at === 'instance') app.addHook('preHandler', login)
    else if (at === 'handler') app.setNotFoundHandler({ preHandler: login }, (_request, reply) => { reply.code(404).send('none') })
    else await app.register(async child => { child.setNotFoundHandler({ preHandler: login }, async () => 'found after all') }, { prefix: '/missing' })
    const { statusCode } = await app.inject('/missing')
    t.same(outcomes(await requestsOf(audited)), [['/missing', at === 'child' ? 'unknown' : 'failure', statusCode, 'jdoe']], at)
    t.equal(statusCode, at === 'child' ? 200 : 404)
    // The next one empties the folder of the test.
    await app.close()
  }
})

test('with http.hook preHandler a handler of 404s that takes its response over is recorded all the same', async t => {
  const audited = await auditedApp(t, { section: { http: { hook: 'preHandler' } } })
  audited.app.setNotFoundHandler((_request, reply) => { reply.hijack(); reply.raw.end('mine') })
  await audited.app.inject('/missing')
  t.same(outcomes(await requestsOf(audited)), [['/missing', 'unknown', 200, undefined]])
})

test('a trustProxy that throws costs an event no more than what it would have said', async t => {
  const audited = await auditedApp(t, {
    user: () => ({ name: 'jdoe' }),
    space: () => 'here',
    server: { trustProxy: () => { throw new Error('no such proxy') } }
  })
  audited.app.get('/a', async () => 'ok')
  const port = await listen(audited.app)
  for (const name of ['x-forwarded-for', 'x-forwarded-host']) {
    t.equal((await fetch(`http://127.0.0.1:${port}/a`, { headers: { [name]: '203.0.113.9' } })).status, 200, name)
  }
  const [byAddress, byHost] = await requestsOf(audited, 2)
  const whole = { user: { name: 'jdoe' }, kibana: { space_id: 'here' }, trace: { id: /^[0-9a-f]{32}$/ }, url: { domain: '127.0.0.1', port, path: '/a' } }
  t.match(byAddress, { ...whole, client: undefined, error: { code: 'AUDIT_ERR_SCOPE', message: 'client.ip: no such proxy' } })
  t.match(byHost, { ...whole, client: { ip: '127.0.0.1' }, labels: { audit_fault: 'url: no such proxy' } })
})

test('a path, a header or a user name cannot forge a line or a field', async t => {
  const evil = 'x"}\n{"event":{"action":"user_login"}}\u2028\r\n'
  const audited = await auditedApp(t, { user: () => ({ name: evil, roles: [evil] }), session: () => evil, space: () => evil })
  audited.app.get('/*', async () => 'ok')
  const port = await listen(audited.app)
  await audited.app.inject({ url: '/' + encodeURIComponent(evil), headers: { 'x-forwarded-for': evil, host: evil } })
  await sendRaw(port, 'GET /"},{" HTTP/1.1\r\nHost: "\x80\x9b\r\nX-Forwarded-For: "},{"\x9b\r\nConnection: close\r\n\r\n')
  const events = await requestsOf(audited, 2)
  t.equal(events.length, 2)
  t.equal(events[0]!.user!.name, evil)
  t.ok(events.every(event => event.event.action === 'http_request'))
})

test('an address behind a trusted proxy is the client, the raw header stands beside it, and what is no address is no ip', async t => {
  const audited = await auditedApp(t, { server: { trustProxy: true } })
  audited.app.get('/', async () => 'ok')
  await audited.app.inject({ url: '/', headers: { 'x-forwarded-for': '203.0.113.9, 10.0.0.1', 'x-forwarded-host': 'public.example:8443', 'x-forwarded-proto': 'https' } })
  await audited.app.inject({ url: '/', headers: { 'x-forwarded-for': 'unknown' } })
  const [first, second] = await requestsOf(audited, 2)
  t.match(first, { client: { ip: '203.0.113.9' }, http: { request: { headers: { 'x-forwarded-for': '203.0.113.9, 10.0.0.1' } } }, url: { domain: 'public.example', port: 8443, scheme: 'https' } })
  t.same(second!.client, { address: 'unknown' })
})

test('both servers of localhost are watched, and those of other applications are not', async t => {
  const audited = await auditedApp(t)
  const other = Fastify({ forceCloseConnections: true })
  t.teardown(() => other.close())
  const otherPort = await listen(other)
  const port = await listen(audited.app, 'localhost')
  const addresses = audited.app.addresses() as AddressInfo[]
  for (const { family, address } of addresses) {
    await new Promise<void>((resolve, reject) => httpRequest({ host: address, family: family === 'IPv6' ? 6 : 4, port, path: '/%ZZ' }, response => response.resume().on('end', resolve)).on('error', reject).end())
  }
  await sendRaw(otherPort, 'GET /%ZZ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  const events = await requestsOf(audited, addresses.length)
  t.equal(events.length, addresses.length)
  if (addresses.length < 2) t.comment('this machine has one address for localhost: one server was seen')
})

test('HTTP/2 requests are recorded, the malformed ones too', async t => {
  const audited = await auditedApp(t, { server: { http2: true } as never })
  audited.app.get('/a', async () => 'ok')
  const port = await listen(audited.app)
  const session = http2.connect(`http://127.0.0.1:${port}`)
  const get = (path: string): Promise<number> => new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path })
    stream.on('response', headers => { stream.resume(); stream.on('end', () => resolve(headers[':status']!)) })
    stream.on('error', reject)
  })
  t.equal(await get('/a?b=c'), 200)
  t.equal(await get('/%ZZ'), 400)
  session.close()
  const events = await requestsOf(audited, 2)
  t.same(outcomes(events), [['/a', 'unknown', undefined, undefined], ['/%ZZ', 'failure', 400, undefined]])
  t.match(events[0]!.url, { domain: '127.0.0.1', port, query: 'b=c' })
  t.match(events[1], { url: { domain: '127.0.0.1', port }, client: { ip: '127.0.0.1' } })
})

test('an HTTP/2 client that goes away is recorded with its address', async t => {
  let arrived!: () => void
  const arrival = new Promise<void>(resolve => { arrived = resolve })
  const audited = await auditedApp(t, {
    server: { http2: true } as never,
    before: app => { app.addHook('onRequest', async () => { arrived(); await new Promise(() => {}) }) }
  })
  audited.app.get('/slow', async () => 'ok')
  const session = http2.connect(`http://127.0.0.1:${await listen(audited.app)}`)
  session.on('error', () => {})
  session.request({ ':path': '/slow' }).on('error', () => {})
  await arrival
  session.destroy()
  const events = await requestsOf(audited)
  t.same(outcomes(events), [['/slow', 'failure', undefined, undefined]])
  t.match(events[0], { error: { code: 'AUDIT_ERR_ABORTED' }, client: { ip: '127.0.0.1' } })
})

for (const trustProxy of [false, true]) {
  test(`an HTTP/2 request that a hook refused has come over TLS, and from where it came; trustProxy ${trustProxy}`, { skip: withoutOpenssl }, async t => {
    t.testdir()
    const { key, cert } = selfSigned(t)
    const audited = await auditedApp(t, { server: { http2: true, https: { key, cert }, trustProxy } as never })
    audited.app.get('/no', { onRequest: async () => { throw Object.assign(new Error('no'), { statusCode: 401 }) } }, async () => 'ok')
    const session = http2.connect(`https://127.0.0.1:${await listen(audited.app)}`, { rejectUnauthorized: false })
    await new Promise((resolve, reject) => session.request({ ':path': '/no', 'x-forwarded-for': '203.0.113.9' }).resume().on('close', resolve).on('error', reject))
    session.close()
    const [event] = await requestsOf(audited)
    t.match(event, { event: { outcome: 'failure' }, url: { scheme: 'https' }, client: { ip: trustProxy ? '203.0.113.9' : '127.0.0.1' } })
  })
}

test('requests whose connections are cut when the application closes are recorded', async t => {
  let arrived!: () => void
  const arrival = new Promise<void>(resolve => { arrived = resolve })
  const audited = await auditedApp(t, { before: app => { app.addHook('onRequest', async () => { arrived(); await new Promise(() => {}) }) } })
  audited.app.get('/slow', async () => 'ok')
  const answer = sendRaw(await listen(audited.app), 'GET /slow HTTP/1.1\r\nHost: h\r\n\r\n')
  await arrival
  await audited.app.close()
  await answer
  const { readEvents } = await import('../support/audited-app.js')
  t.same(outcomes(readEvents(t, audited.file) as HttpEvent[]), [['/slow', 'failure', undefined, undefined]])
})

test('with the application\'s own request context the events are the same', async t => {
  const audited = await auditedApp(t, { before: async app => { await app.register(requestContext, { hook: 'preValidation' }) } })
  audited.app.get('/a', async () => { await audited.app.audit.current().log({ message: 'inside', event: { action: 'inside' } }); return 'ok' })
  await audited.app.inject('/a')
  const events = await requestsOf(audited, 2)
  t.same(events.map(event => event.event.action), ['http_request', 'inside'])
  t.same(events[1]!.trace, events[0]!.trace)
})

const BLOCKED = { statusCode: 503, headers: { 'retry-after': '10' }, body: /AUDIT_ERR_BLOCKED/ }

for (const hook of ['onRequest', 'preHandler'] as const) {
  test(`with on_failure.http block a request goes on when its event is in the file, and is refused when it cannot be; hook ${hook}`, async t => {
    const audited = await auditedApp(t, {
      section: {
        on_failure: { http: 'block' },
        http: { hook, ignore_paths: ['/health'] },
        ignore_filters: [{ actions: ['http_request'], users: ['probe'] }]
      },
      user: userOf
    })
    const { app, file } = audited
    const inFile = (): string | undefined => readFileSync(file, 'utf8').split('\n').at(-2)
    app.addHook('onRequest', async request => { request.user = { name: String(request.headers.authorization ?? 'jdoe') } })
    let ran = 0
    // A handler of 404s may have hooks that find the user out: with preHandler its answer is held, not its run.
    const held = hook === 'onRequest'
    app.get('/a', async () => { ran++; return inFile() })
    app.setNotFoundHandler(async (_request, reply) => { ran++; return reply.code(404).send(inFile()) })
    app.get('/quiet', { config: { audit: false } }, async () => 'ok')
    app.get('/health', async () => 'ok')
    await app.register(async child => {
      child.setErrorHandler((error, _request, reply) => reply.send(`mine: ${(error as Error & { code: string }).code}`))
      child.get('/mine', async () => { ran++; return 'ok' })
    })
    await app.register(async child => {
      child.setErrorHandler(() => 'everything is fine')
      child.get('/deaf', async () => { ran++; return 'ok' })
    })
    t.match(JSON.parse((await app.inject('/a')).body), { url: { path: '/a' } })
    t.match(JSON.parse((await app.inject('/missing')).body), { url: { path: held ? '/missing' : '/a' } })
    t.match(JSON.parse(inFile()!), { url: { path: '/missing' } }, 'it is there when its answer is')
    t.equal(ran, 2)
    await withFullDisk(0, async () => {
      t.match(await app.inject('/a'), BLOCKED)
      t.match(app.audit.status().lastError?.message, /EFBIG/, 'the disk was full')
      t.match(await app.inject('/missing'), BLOCKED)
      t.match(await app.inject('/mine'), { ...BLOCKED, body: 'mine: AUDIT_ERR_BLOCKED' })
      t.match(await app.inject('/deaf'), { ...BLOCKED, body: 'everything is fine' }, 'whatever its error handler does')
      for (const url of ['/quiet', '/health']) t.equal((await app.inject(url)).statusCode, 200, `${url} has no event to wait for`)
      t.equal((await app.inject({ url: '/a', headers: { authorization: 'probe' } })).statusCode, 200, 'an event that a filter drops is not waited for')
    })
    t.equal(ran, held ? 3 : 4)
    // What was refused asks again.
    t.equal(await eventually(async () => (await app.inject('/a')).statusCode === 200), true)
  })
}

test('with on_failure.http continue nobody waits and nobody is refused', async t => {
  const { app } = await auditedApp(t)
  app.get('/a', async () => 'ok')
  await app.inject('/a')
  await withFullDisk(0, async () => {
    t.equal((await app.inject('/a')).statusCode, 200)
    await t.rejects(app.audit.flush())
    t.match(app.audit.status().lastError?.message, /EFBIG/, 'the disk was full')
  })
})

test('with block, what is recorded at its end is not held: it has been answered', async t => {
  const audited = await auditedApp(t, { section: { on_failure: 'block' }, before: app => { app.addHook('onRequest', async (_request, reply) => reply.code(401).send('who?')) } })
  const port = await listen(audited.app)
  await withFullDisk(0, async () => {
    t.equal((await fetch(`http://127.0.0.1:${port}/a`)).status, 401)
    t.equal((await fetch(`http://127.0.0.1:${port}/%ZZ`)).status, 400)
  })
})

test('with http.hook preHandler and block, the answer to a 404 is withheld, whatever it is', async t => {
  const { app } = await auditedApp(t, { section: { on_failure: { http: 'block' }, http: { hook: 'preHandler' } } })
  const page = new Readable({ read () {} })
  app.setNotFoundHandler((request, reply) => { reply.type('text/html').send(request.url === '/page' ? page : { secret: 'the figures of the year' }) })
  await app.ready()
  await withFullDisk(0, async () => {
    for (const url of ['/object', '/page']) {
      const { statusCode, headers, body } = await app.inject(url)
      t.match({ statusCode, headers, body }, BLOCKED, url)
      t.notMatch(body, /figures/)
    }
    t.match(app.audit.status().lastError?.message, /EFBIG/, 'the disk was full')
    t.ok(page.destroyed, 'a stream is let go')
  })
})
