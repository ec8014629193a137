import { readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type Test, test } from 'tap'
import { type AuditedApp, auditedApp, eventually, listen, sendRaw, type WrittenEvent } from '../support/audited-app.js'

interface HttpEvent extends WrittenEvent {
  readonly event: WrittenEvent['event'] & { readonly duration?: number, readonly start?: string, readonly end?: string }
  readonly url: { path: string, query?: string }
  readonly http: {
    readonly request: { readonly body?: { bytes?: number, content?: string }, readonly referrer?: string, readonly headers?: Record<string, string> }
    readonly response?: { readonly status_code: number, readonly body?: { bytes: number } }
    readonly route?: string
  }
  readonly error?: { code: string }
  readonly labels?: Record<string, unknown>
}

async function eventsOf (audited: AuditedApp, count: number): Promise<HttpEvent[]> {
  return await eventually(async () => {
    const events = await audited.events()
    return events.length >= count ? events as HttpEvent[] : null
  }) ?? await audited.events() as HttpEvent[]
}

const withHttp = (t: Test, http: object, more: object = {}): Promise<AuditedApp> => auditedApp(t, { section: { http }, ...more })

function addRoutes (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => { if (request.headers.authorization === 'bad') return reply.code(401).send('who?') })
  app.get('/ok', async () => 'äok')
  app.get('/stream', async () => Readable.from([Buffer.from('abc'), Buffer.from('def')]))
  app.get('/hijack', (_request, reply) => { reply.hijack(); reply.raw.end('raw') })
  app.get('/throws', async () => { throw new Error('handler') })
  app.get('/never/:id', () => new Promise(() => {}))
  app.get('/half', async () => new Readable({ read () { if (this.readableLength === 0) this.push('first') } }))
  app.post('/post', { schema: { body: { type: 'object', required: ['a'] } } }, async () => 'ok')
  app.post('/raw', async () => 'ok')
}

const CASES = [
  ['/ok', {}, [200, 'success', 4]],
  ['/stream', {}, [200, 'success', 6]],
  ['/hijack', {}, [200, 'success', 3]],
  ['/ok', { method: 'HEAD' }, [200, 'success', 0]],
  ['/hijack', { method: 'HEAD' }, [200, 'success', 0]],
  ['/ok', { headers: { authorization: 'bad' } }, [401, 'failure', 4]],
  ['/missing', {}, [404, 'failure', undefined]],
  ['/throws', {}, [500, 'failure', undefined]]
] as const

test('record: response has one event for each request, at its end, with status, duration and sizes', async t => {
  const audited = await withHttp(t, { record: 'response' })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  for (const [index, [path, init, [status, outcome, bytes]]] of CASES.entries()) {
    await (await fetch(`http://127.0.0.1:${port}${path}`, init)).arrayBuffer()
    const events = await eventsOf(audited, index + 1)
    const { event, http, message } = events[index]!
    t.equal(events.length, index + 1, path)
    t.match([http.response?.status_code, event.outcome], [status, outcome], path)
    if (bytes !== undefined) t.equal(http.response?.body?.bytes, bytes, path)
    t.ok(event.duration! > 0 && Number.isSafeInteger(event.duration))
    t.ok(Date.parse(event.start!) <= Date.parse(event.end!))
    t.match(message, outcome === 'success' ? /^User has requested/ : /^Failed attempt to request/)
  }
})

test('what Fastify answers before any hook has an end too', async t => {
  const audited = await withHttp(t, { record: 'response', details: ['route', 'user_agent', 'referrer'] })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  await sendRaw(port, 'GET /a/%zz HTTP/1.1\r\nHost: h\r\nUser-Agent: me\r\nConnection: close\r\n\r\n')
  await sendRaw(port, 'GET /ok HTTP/1.1\r\nConnection: close\r\n\r\n')
  const events = await eventsOf(audited, 2)
  t.match(events, [{ event: { outcome: 'failure' }, http: { response: { status_code: 400 } }, user_agent: { original: 'me' } }, { event: { outcome: 'failure' }, http: { response: { status_code: 400 } } }])
})

test('record: both has an intention and an outcome; a refusal before that has the outcome alone', async t => {
  const audited = await withHttp(t, { record: 'both' })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  for (const authorization of ['good', 'bad']) await fetch(`http://127.0.0.1:${port}/ok`, { headers: { authorization } })
  const events = await eventsOf(audited, 3)
  t.match(events.map(({ message, event, http }) => [message, event.outcome, http.response?.status_code]), [
    ['User is requesting [/ok] endpoint', 'unknown', undefined], ['User has requested [/ok] endpoint', 'success', 200], ['Failed attempt to request [/ok] endpoint', 'failure', 401]
  ])
  t.notOk('duration' in events[0]!.event)
  t.ok(events[1]!.event.duration! > 0)
})

test('record: both with preHandler announces a 404 as well', async t => {
  const audited = await withHttp(t, { record: 'both', hook: 'preHandler' })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  await fetch(`http://127.0.0.1:${port}/missing`)
  await fetch(`http://127.0.0.1:${port}/ok`)
  const events = await eventsOf(audited, 4)
  t.same(events.map(({ url, event }) => [url.path, event.outcome]), [['/missing', 'unknown'], ['/missing', 'failure'], ['/ok', 'unknown'], ['/ok', 'success']])
})

test('a client that goes away, before or in the middle of an answer, is a failure', async t => {
  for (const [path, status] of [['/never/7', undefined], ['/half', 200]] as const) {
    const audited = await withHttp(t, { record: 'response', details: ['route'] })
    addRoutes(audited.app)
    const isHeld = new Promise<void>(resolve => { audited.app.addHook('preHandler', async () => { resolve() }) })
    const port = await listen(audited.app)
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
    if (status === undefined) await isHeld
    else await new Promise(resolve => socket.once('data', resolve))
    socket.destroy()
    const events = await eventsOf(audited, 1)
    t.equal(events.length, 1)
    t.match(events[0], { event: { outcome: 'failure' }, error: { code: 'AUDIT_ERR_ABORTED' }, http: { route: path.replace('7', ':id') } }, path)
    // The next one empties the folder of the test.
    await audited.app.close()
  }
})

test('HTTP/2: answers, and answers that are cut', async t => {
  const audited = await withHttp(t, { record: 'response' }, { server: { http2: true } })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  const client = connectHttp2(`http://127.0.0.1:${port}`)
  t.teardown(() => { client.destroy() })
  const whole = client.request({ ':path': '/ok' })
  whole.resume()
  await new Promise(resolve => whole.once('close', resolve))
  t.match((await eventsOf(audited, 1))[0], { event: { outcome: 'success' }, http: { response: { status_code: 200, body: { bytes: 4 } } } })
  const half = client.request({ ':path': '/half' })
  half.on('error', () => {})
  await new Promise(resolve => half.once('data', resolve))
  half.close(8)
  const events = await eventsOf(audited, 2)
  t.match(events[1], { event: { outcome: 'failure' }, error: { code: 'AUDIT_ERR_ABORTED' } })
  t.equal(events.length, 2)
})

test('details, headers and body are recorded as far as they are listed, without secrets', async t => {
  const audited = await withHttp(t, {
    record: 'both', details: ['route', 'referrer', 'user_agent'], headers: ['Authorization', 'X-Tenant', 'cookie', 'x-member'], body: { content_types: ['application/Json'] }, redact: { headers: ['X_Member'], body: ['customer.iban', 'born'] }
  })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  const payload = JSON.stringify({ a: { Password: 'hush', Born: 'hush' }, customer: { iban: 'hush' }, iban: 1 })
  const headers = { 'content-type': 'Application/JSON; charset=utf-8', referer: 'http://me:hush@h/p?token=hush&b=1', 'user-agent': 'me', authorization: 'hush', cookie: 'sid=hush', 'x-tenant': 'acme', 'x-member': 'hush', 'x-other': 'hush' }
  await fetch(`http://127.0.0.1:${port}/post?token=hush`, { method: 'POST', headers, body: payload })
  const [first, second] = await eventsOf(audited, 2)
  const request = { referrer: 'http://h/p?token=[redacted]&b=1', headers: { authorization: '[redacted]', cookie: '[redacted]', 'x-tenant': 'acme', 'x-member': '[redacted]' } }
  t.match(first, { http: { route: '/post', request: { ...request, body: { bytes: payload.length } } }, user_agent: { original: 'me' } })
  t.same(second!.http.request.body, { bytes: payload.length, content: '{"a":{"Password":"[redacted]","Born":"[redacted]"},"customer":{"iban":"[redacted]"},"iban":1}' })
  t.notOk('content' in first!.http.request.body!)
  t.notMatch(readFileSync(audited.file, 'utf8'), /hush/)
})

test('a body that validation refuses is recorded, one that is not listed or no JSON is not; what is cut is marked', async t => {
  const audited = await withHttp(t, { record: 'response', body: { content_types: ['application/json'], max_size: '10b' } })
  addRoutes(audited.app)
  const port = await listen(audited.app)
  const post = async (path: string, type: string, body: string): Promise<void> => { await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { 'content-type': type }, body }) }
  await post('/post', 'application/json', '{"b":1}')
  await post('/raw', 'text/plain', 'hush')
  await post('/raw', 'application/json', '{"hush":')
  await post('/raw', 'application/json', '{"long":"long long"}')
  const events = await eventsOf(audited, 4)
  t.match(events.map(({ http, labels }) => [http.response?.status_code, http.request.body?.content, labels?.http_body_cut]), [
    [400, '{"b":1}', undefined], [200, undefined, undefined], [400, undefined, undefined], [200, '{"long":"l', true]
  ])
})

test('record: request with preHandler has the body in its event', async t => {
  const audited = await withHttp(t, { hook: 'preHandler', body: { content_types: ['application/json'] } })
  addRoutes(audited.app)
  await audited.app.inject({ method: 'POST', url: '/post', payload: { a: 1 } })
  const [event] = await eventsOf(audited, 1)
  t.match(event, { message: 'User is requesting [/post] endpoint', event: { outcome: 'unknown' }, http: { request: { body: { bytes: 7, content: '{"a":1}' } } } })
})

test('record: both with preHandler has the body in the second event only', async t => {
  const audited = await withHttp(t, { record: 'both', hook: 'preHandler', body: { content_types: ['application/json'] } })
  addRoutes(audited.app)
  await audited.app.inject({ method: 'POST', url: '/post', payload: { a: 1 } })
  const events = await eventsOf(audited, 2)
  t.same(events.map(({ http }) => http.request.body), [{ bytes: 7 }, { bytes: 7, content: '{"a":1}' }])
})

test('a body that cannot be read is recorded as such, and hinders nobody', async t => {
  const audited = await withHttp(t, { record: 'response', body: { content_types: ['text/odd'] } })
  addRoutes(audited.app)
  audited.app.addContentTypeParser('text/odd', { parseAs: 'string' }, async () => new Proxy({}, { ownKeys () { throw new Error('no keys') } }))
  t.equal((await audited.app.inject({ method: 'POST', url: '/raw', headers: { 'content-type': 'text/odd' }, payload: 'x' })).statusCode, 200)
  const [event] = await eventsOf(audited, 1)
  t.match(event, { event: { outcome: 'success' }, http: { request: { body: { content: '[cannot be read: no keys]' } } }, labels: { http_body_cut: true } })
})

test('paths that are ignored have no event at all', async t => {
  const audited = await withHttp(t, { record: 'both', ignore_paths: ['/ok'] })
  addRoutes(audited.app)
  audited.app.get('/quiet', { config: { audit: false } }, async () => 'ok')
  for (const url of ['/ok', '/quiet', '/stream']) await audited.app.inject({ url })
  const events = await eventsOf(audited, 2)
  t.same(events.map(({ url }) => url.path), ['/stream', '/stream'])
})
