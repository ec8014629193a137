// Headers that only the inside may set, sent from outside and from inside over real sockets.
import { test } from 'tap'
import { createHeaderFilter } from '../../lib/http/bad-headers.js'
import { auditedApp, listen, sendRaw, type WrittenEvent } from '../support/audited-app.js'

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

test('a pattern stands for whole names, in any case', async t => {
  const namesOf = createHeaderFilter(['X-In*-Id', 'a.b', '*-secret'])
  t.same(namesOf({ 'x-in-id': '', 'x-internal-id': '', 'x-internal-ids': '', 'a.b': '', 'a-b': '', 'my-secret': '', ':path': '' }), ['x-in-id', 'x-internal-id', 'a.b', 'my-secret'])
  t.same(createHeaderFilter(['*'])({ ':path': '/', host: 'h' }), ['host'])
})

test('settings that could not be kept stop the start', async t => {
  await t.rejects(auditedApp(t, { section: { security: { internal_headers: ['x y'] } } }), { code: 'AUDIT_ERR_CONFIG', message: /security.internal_headers/ })
  await t.rejects(auditedApp(t, { section: { security: { trusted_proxies: ['proxy.example'] } } }), { code: 'AUDIT_ERR_CONFIG', message: /security.trusted_proxies/ })
})
