// Headers that only the inside may set, sent from outside and from inside over real sockets.
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import audit from '../../lib/index.js'
import { createHeaderFilter } from '../../lib/http/bad-headers.js'
import { auditedApp, eventually, listen, sendRaw, type WrittenEvent } from '../support/audited-app.js'

const ask = (...headers: string[]): string => ['GET /me HTTP/1.1', 'Host: h', 'Connection: close', ...headers].join('\r\n') + '\r\n\r\n'
const actions = (events: WrittenEvent[]): string[] => events.map(({ event }) => `${event.action} ${event.outcome}`)
const security = { internal_headers: ['X-Internal-*', 'x-user'] }

test('a request from outside is refused before any handler runs, and its headers are named without their values', async t => {
  const { app, events } = await auditedApp(t, { section: { security } })
  let handled = 0
  app.get('/me', { onRequest: async () => { handled++ } }, async () => { handled++ })
  const port = await listen(app)
  const answer = await sendRaw(port, ask('X-Internal-Roles: geheim', 'x-USER: geheim', 'X-Usher: fine'))
  t.match(answer, /^HTTP\/1.1 400[^]*"code":"AUDIT_ERR_BAD_HEADERS"/)
  t.match(await sendRaw(port, ask('X-Usher: fine')), /^HTTP\/1.1 200/)
  t.equal(handled, 2, 'by the request without such headers')
  const written = await events()
  t.same(actions(written), ['bad_headers failure', 'http_request failure', 'http_request unknown'])
  t.match(written[0], {
    message: 'Failed attempt to set internal headers [x-internal-roles, x-user]',
    event: { category: ['network'], type: ['denied'], reason: 'internal headers: x-internal-roles, x-user' },
    http: { request: { method: 'get' }, response: { status_code: 400 } },
    url: { path: '/me', domain: 'h' },
    client: { ip: '127.0.0.1' },
    error: { code: 'AUDIT_ERR_BAD_HEADERS' }
  })
  t.notMatch(JSON.stringify(written) + answer, 'geheim')
})

test('a 404 is refused as well; with `record` the request goes on', async t => {
  const refuses = await auditedApp(t, { section: { security } })
  t.equal((await refuses.app.inject({ url: '/nowhere', headers: { 'x-user': '1' } })).statusCode, 400)
  await refuses.app.close()
  const records = await auditedApp(t, { section: { security: { ...security, on_bad_headers: 'record' } } })
  records.app.get('/me', async () => 'ok')
  t.equal((await records.app.inject({ url: '/me', headers: { 'x-user': '1' } })).statusCode, 200)
  const written = await records.events()
  t.same(actions(written), ['bad_headers unknown', 'http_request unknown'])
  t.match(written[0], { message: 'User is setting internal headers [x-user]', event: { type: ['allowed'] }, http: { response: undefined } })
})

test('the other end of the connection decides who may set them, not what it forwards', async t => {
  for (const [trusted, forwarded, status] of [[['127.0.0.0/8'], '203.0.113.9', 200], [['203.0.113.9'], '203.0.113.9', 400]] as const) {
    const { app } = await auditedApp(t, { section: { security: { ...security, trusted_proxies: trusted } }, server: { trustProxy: true } })
    app.get('/me', async () => 'ok')
    t.match(await sendRaw(await listen(app), ask('X-User: 1', `X-Forwarded-For: ${forwarded}`)), new RegExp(`^HTTP/1.1 ${status}`))
    await app.close()
  }
})

test('a pattern stands for whole names, in any case, and an underscore for a hyphen', async t => {
  const namesOf = (patterns: string[], ...names: string[]): string[] => createHeaderFilter(patterns)({ rawHeaders: names.flatMap(name => [name, 'value']) })
  t.same(namesOf(['X-In*-Id', 'a.b', '*-secret'], 'X-In-Id', 'X-INTERNAL-ID', 'x-internal-ids', 'a.b', 'a-b', 'my-secret', 'x-in-id', ':path'), ['x-in-id', 'x-internal-id', 'a.b', 'my-secret'])
  t.same(namesOf(['x_user'], 'X-User', 'x_USER', 'xuser'), ['x-user', 'x_user'])
  t.same(namesOf(['*'], ':path', 'host', '__proto__'), ['host', '__proto__'])
  t.same(namesOf(['a*a'], 'a', 'aa', 'aba'), ['aa', 'aba'], 'the ends do not overlap')
  t.same(namesOf(['x*b*b*c'], 'xbc', 'xbbc', 'x-b-b-b-c'), ['xbbc', 'x-b-b-b-c'])
})

test('a pattern with many stars takes no longer than others', async t => {
  // With a regular expression this would not end.
  t.same(createHeaderFilter([`${'*a'.repeat(20)}*b`])({ rawHeaders: ['a'.repeat(16_000), ''] }), [])
})

test('what forges a user is gone before anybody is asked who it is, and before the answer is made', async t => {
  const seen: unknown[] = []
  const { app, events } = await auditedApp(t, {
    section: { security },
    user: request => request.headers['x-user'] === undefined ? undefined : { name: String(request.headers['x-user']) }
  })
  app.setErrorHandler((_error, request, reply) => {
    seen.push(request.headers['x-user'], request.raw.headers['x-user'])
    reply.code(400).send('no')
  })
  app.get('/me', async () => 'ok')
  await sendRaw(await listen(app), ask('X-User: admin', 'X-User: root'))
  t.same(seen, [undefined, undefined])
  const written = await events()
  t.same(actions(written), ['bad_headers failure', 'http_request failure'])
  t.notMatch(JSON.stringify(written), /admin|root/)
})

test('none of the hooks that the application adds after the plugin sees such a request', async t => {
  const seen: string[] = []
  const app = Fastify()
  t.teardown(() => app.close())
  const file = join(t.testdir(), 'audit.log')
  // Not waited for: Fastify keeps the order.
  app.register(audit, { config: { enabled: true, security, appender: { type: 'file', fileName: file, layout: { type: 'json' } } } })
  app.addHook('onRequest', async () => { seen.push('hook') })
  app.register(async child => {
    child.addHook('onRequest', async () => { seen.push('hook of a child') })
    child.get('/me', { onRequest: async () => { seen.push('hook of a route') } }, async () => { seen.push('handler') })
  })
  const port = await listen(app)
  t.match(await sendRaw(port, ask('x-user: 1')), /^HTTP\/1.1 400/)
  t.same(seen, [])
  t.match(await sendRaw(port, ask()), /^HTTP\/1.1 200/)
  t.same(seen, ['hook', 'hook of a child', 'hook of a route', 'handler'])
})

test('many names, and long ones, are told in short', async t => {
  const { app, events } = await auditedApp(t, { section: { security } })
  await sendRaw(await listen(app), ask(...Array.from({ length: 30 }, (_, i) => `X-Internal-${i}: 1`), `X-Internal-${'y'.repeat(3000)}: 1`))
  const [{ event }] = await events() as [WrittenEvent & { event: { reason: string } }]
  t.match(event.reason, /^internal headers: x-internal-0, .*x-internal-9, 21 more$/)
  await app.inject({ url: '/', headers: { [`x-internal-${'y'.repeat(3000)}`]: '1' } })
  t.match((await events()).at(-2)!.message, /\[x-internal-y{89}…\]$/)
})

test('over HTTP/2, and from an address of IPv4 on a socket of IPv6', async t => {
  const { app, events } = await auditedApp(t, { section: { security }, server: { http2: true } as never })
  app.get('/me', async () => 'ok')
  const session = connectHttp2(`http://127.0.0.1:${await listen(app)}`)
  const [{ ':status': status }] = await once(session.request({ ':path': '/me', 'x-user': ['a', 'b'] }).resume(), 'response') as [{ ':status': number }]
  session.close()
  t.equal(status, 400)
  await eventually(async () => (await events()).length > 1)
  t.same(actions(await events()), ['bad_headers failure', 'http_request failure'])
  await app.close()
  const mapped = await auditedApp(t, { section: { security: { ...security, trusted_proxies: ['127.0.0.1'] } } })
  let from: string | undefined
  mapped.app.get('/me', async request => { from = request.socket.remoteAddress })
  t.match(await sendRaw(await listen(mapped.app, '::'), ask('x-user: 1')), /^HTTP\/1.1 200/)
  t.equal(from, '::ffff:127.0.0.1')
})

test('trailers are no headers, and do not become any', async t => {
  const { app, events } = await auditedApp(t, { section: { security } })
  let seen: unknown[] = []
  app.post('/me', async request => { seen = [request.headers['x-user'], request.raw.trailers['x-user']] })
  const body = '2\r\n{}\r\n0\r\nX-User: 1\r\n\r\n'
  t.match(await sendRaw(await listen(app), ask('Content-Type: application/json', 'Transfer-Encoding: chunked').replace('GET', 'POST') + body), /^HTTP\/1.1 200/)
  t.same(seen, [undefined, '1'])
  t.same(actions(await events()), ['http_request unknown'])
})

test('settings that could not be kept stop the start', async t => {
  await t.rejects(auditedApp(t, { section: { security: { internal_headers: ['x y'] } } }), { code: 'AUDIT_ERR_CONFIG', message: /security.internal_headers/ })
  await t.rejects(auditedApp(t, { section: { security: { trusted_proxies: ['proxy.example'] } } }), { code: 'AUDIT_ERR_CONFIG', message: /security.trusted_proxies/ })
})
