import diagnostics from 'node:diagnostics_channel'
import { test } from 'tap'
import { auditedApp } from '../support/audited-app.js'

const OFF = { missing_privileges: false, bad_requests: false, tls_errors: false }

test('what is not asked for adds no listener to the server', async t => {
  const counts = async (security: object): Promise<number[]> => {
    const { app } = await auditedApp(t, { section: { security } })
    await app.close()
    return ['clientError', 'tlsClientError', 'secureConnection', 'sessionError'].map(name => app.server.listenerCount(name))
  }
  t.same(await counts(OFF), [1, 0, 0, 0], 'Fastify\'s own')
  t.same(await counts({ ...OFF, bad_requests: true }), [2, 0, 0, 0])
  t.same(await counts({ ...OFF, tls_errors: true }), [1, 1, 1, 0])
})

test('an application that has been closed listens to no connection any more', async t => {
  const { app } = await auditedApp(t)
  t.ok(diagnostics.hasSubscribers('net.server.socket'))
  await app.close()
  t.notOk(diagnostics.hasSubscribers('net.server.socket'))
})

test('a trustProxy that throws keeps no security event from being said', async t => {
  const { app, events } = await auditedApp(t, { server: { trustProxy: () => { throw new Error('no') } } })
  app.get('/', async (_request, reply) => reply.code(403).send('no'))
  t.equal((await app.inject({ url: '/', headers: { host: 'h:81' } })).statusCode, 403)
  t.match((await events()).at(-1), { event: { action: 'missing_privileges' }, url: { domain: 'h', port: 81 } })
})

test('a query that holds a secret is recorded without it', async t => {
  const { app, events } = await auditedApp(t, { section: { http: { redact: { query: ['iban'] } } } })
  app.get('/', async (_request, reply) => reply.code(403).send('no'))
  await app.inject('/?iban=4711&token=4711')
  const refused = (await events()).filter(({ event }) => event.action === 'missing_privileges')
  t.equal(refused.length, 1)
  t.notMatch(JSON.stringify(refused.map(({ url }) => url)), '4711')
})
