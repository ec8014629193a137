// Requests that are answered with 403: one event says that a privilege was missing, and never two.
import { test } from 'tap'
import { auditedApp, type AuditedAppOptions, type WrittenEvent } from '../support/audited-app.js'

const inShort = ({ event, user }: WrittenEvent & { user?: { name?: string } }): string => [event.action, event.outcome, user?.name].filter(Boolean).join(' ')
const forbidden = (): Error => Object.assign(new Error('no'), { statusCode: 403 })
const jane: AuditedAppOptions = { user: () => ({ name: 'jane' }) }

test('a route that answers 403 without an event of its own gets one, with user, route and status', async t => {
  const { app, events } = await auditedApp(t, jane)
  app.delete('/users/:id', async (_request, reply) => reply.code(403).send('no'))
  await app.inject({ method: 'DELETE', url: '/users/7?token=geheim&page=2' })
  const [request, missing, ...more] = await events()
  t.equal(inShort(request!), 'http_request unknown jane')
  t.same(more, [])
  t.match(missing, {
    message: 'Failed attempt to request [/users/7] endpoint',
    event: { action: 'missing_privileges', category: ['api'], type: ['denied'], outcome: 'failure' },
    http: { route: '/users/:id', request: { method: 'delete' }, response: { status_code: 403 } },
    url: { path: '/users/7' },
    user: { name: 'jane' },
    error: { code: 'Forbidden' }
  })
  t.same([missing!.trace], [request!.trace], 'in the same trace')
  t.notMatch(JSON.stringify(missing), 'geheim')
})

test('a hook, a thrown error and a 404 handler that answer 403 have it as well', async t => {
  const { app, events } = await auditedApp(t, jane)
  app.addHook('onRequest', async request => { if (request.url === '/hook') throw forbidden() })
  app.get('/hook', async () => 'ok')
  app.get('/throws', { config: { audit: false } }, async () => { throw forbidden() })
  app.setNotFoundHandler((_request, reply) => { reply.code(403).send('no') })
  for (const url of ['/hook', '/throws', '/nowhere']) t.equal((await app.inject(url)).statusCode, 403)
  t.same((await events()).map(inShort), [
    'http_request failure jane', 'missing_privileges failure jane',
    'missing_privileges failure jane',
    'http_request unknown jane', 'missing_privileges failure jane'
  ])
})

test('a refusal that says so itself is not said twice, however it is said', async t => {
  const { app, events } = await auditedApp(t)
  const refused = { message: 'no', event: { action: 'invoice_void', outcome: 'failure' } } as const
  const denied = { message: 'no', event: { action: 'invoice_void', category: 'api', type: 'denied' } } as const
  app.get('/log', async request => { request.audit.log(refused); throw forbidden() })
  app.get('/all', async request => { request.audit.logAll([denied, denied]); throw forbidden() })
  app.get('/ensure', async request => { await request.audit.ensure(refused); throw forbidden() })
  app.get('/current', async () => { await app.audit.current().log({ ...denied, event: { ...denied.event, type: ['denied', 'access'] } }); throw forbidden() })
  app.get('/login', async request => { await request.audit.userLogin({ provider: { type: 'basic', name: 'b' } }); throw forbidden() })
  app.get('/repository', async request => {
    await request.audit.repository({ async get () { return {} } }, { authorize () { throw forbidden() } }).get()
  })
  for (const url of ['/log', '/all', '/ensure', '/current', '/login', '/repository']) t.equal((await app.inject(url)).statusCode, 403, url)
  t.notMatch((await events()).map(inShort).join('\n'), 'missing_privileges')
})

test('an event that tells of no refusal does not stand for one, nor does one that cannot be read', async t => {
  const { app, events } = await auditedApp(t)
  app.get('/', async request => {
    await request.audit.userLogin({ provider: { type: 'basic', name: 'b' }, user: { name: 'jane' } })
    request.audit.logAll('nonsense' as never)
    request.audit.log({ get event () { throw new Error('no') } } as never)
    throw forbidden()
  })
  await app.inject('/')
  t.match((await events()).map(inShort), ['http_request unknown', 'user_login success jane', /./, /./, 'missing_privileges failure'])
})

test('other answers have none, and a setting leaves it out', async t => {
  const on = await auditedApp(t)
  on.app.get('/:status', async (request, reply) => reply.code(Number((request.params as { status: string }).status)).send('x'))
  for (const status of [200, 400, 401, 404, 500]) await on.app.inject(`/${status}`)
  t.notMatch((await on.events()).map(inShort).join('\n'), 'missing_privileges')
  await on.app.close()
  const off = await auditedApp(t, { section: { security: { missing_privileges: false } } })
  off.app.get('/', async (_request, reply) => reply.code(403).send('no'))
  await off.app.inject('/')
  t.same((await off.events()).map(inShort), ['http_request unknown'])
})
