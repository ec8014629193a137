import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Fastify, { type FastifyRequest } from 'fastify'
import { test } from 'tap'
import audit, { type AuditOptions } from '../lib/index.js'
import { auditedApp, eventually, readEvents, isOfARun } from './support/audited-app.js'

const event = { message: 'm', event: { action: 'mine', category: ['database'], type: ['access'], outcome: 'success' } } as const

test('request.audit, app.audit and current say events with the request they belong to', async t => {
  const { app, events } = await auditedApp(t, { user: request => (request as FastifyRequest & { user?: { name: string } }).user, space: () => 'default', session: async () => 's1' })
  app.decorateRequest('user', null)
  app.addHook('onRequest', async request => { request.user = { name: 'jdoe' } })
  const later = async (): Promise<void> => { await new Promise(resolve => setImmediate(resolve)); await app.audit.current().log(event) }
  app.post('/a', async request => {
    t.equal(app.audit.asScoped(request), request.audit)
    t.equal(request.audit, request.audit)
    await request.audit.log(event)
    await app.audit.asScoped(request).log(event)
    await later()
    await request.audit.logAll([event, event])
    return request.audit.traceHeaders()
  })
  const headers = (await app.inject({ method: 'POST', url: '/a', payload: { a: 1 } })).json()
  await app.audit.withoutRequest.log(event)
  await app.audit.current().log(event)
  const [http, ...said] = await events()
  t.equal(http!.event.action, 'http_request')
  t.equal(said.length, 7)
  for (const one of said.slice(0, 5)) t.match(one, { ...event, user: { name: 'jdoe' }, kibana: { space_id: 'default', session_id: 's1' }, trace: http!.trace, client: { ip: '127.0.0.1' } })
  for (const one of said.slice(5)) t.notOk('user' in one || 'trace' in one || 'client' in one)
  t.equal(headers['x-opaque-id'], (http!.trace as { id: string }).id)
  t.match(headers.traceparent, new RegExp(`^00-${headers['x-opaque-id']}-`))
})

test('an event said before the login does not freeze "no user" for those after it', async t => {
  const { app, events } = await auditedApp(t, { user: request => request.headers.login ? { name: 'jdoe' } : null })
  app.addHook('onRequest', async request => {
    await request.audit.log(event)
    request.raw.headers.login = '1'
  })
  app.get('/', async request => { await request.audit.log(event) })
  await app.inject('/')
  t.same((await events()).map(one => [one.event.action, (one.user as { name: string } | undefined)?.name]), [['mine', undefined], ['http_request', 'jdoe'], ['mine', 'jdoe']])
})

test('a resolver that throws marks its event and keeps nothing from happening', async t => {
  const { app, events } = await auditedApp(t, { user: () => { throw new Error('database is down') }, session: () => Promise.reject(new Error('store is down')) })
  app.get('/', async () => 'ok')
  t.equal((await app.inject('/')).body, 'ok')
  t.match(await events(), [{ event: { action: 'http_request' }, error: { code: 'AUDIT_ERR_SCOPE', message: 'user: database is down' } }])
})

test('app.audit.repository finds the request at each call, and a job without one is recorded without a user', async t => {
  const { app, events } = await auditedApp(t, { user: request => ({ name: String(request.query && (request.query as { who: string }).who) }) })
  const repository = app.audit.repository({ async get (type: string, id: string) { return { type, id, attributes: { title: `The ${id}` } } } })
  app.get('/', async () => await repository.get('dashboard', '1'))
  await Promise.all(['a', 'b'].map(who => app.inject(`/?who=${who}`)))
  await repository.get('dashboard', '2')
  const got = (await events()).filter(one => one.event.action === 'saved_object_get')
  t.match(got.map(one => [(one.user as { name: string } | undefined)?.name, one.kibana]), [
    ['a', { saved_object: { type: 'dashboard', id: '1', name: 'The 1' } }], ['b', { saved_object: { id: '1' } }], [undefined, { saved_object: { id: '2' } }]
  ])
})

test('disabled: the same decorators, no hooks, no file, and repositories as they came', async t => {
  const directory = t.testdir()
  const app = Fastify()
  t.teardown(() => app.close())
  const hooks: string[] = []
  const addHook = app.addHook.bind(app)
  app.addHook = ((name: string, ...rest: [never]) => { hooks.push(name); return addHook(name as never, ...rest) }) as never
  await app.register(audit, { config: { enabled: false, appender: { type: 'file', fileName: join(directory, 'audit.log'), layout: { type: 'json' } } }, user: () => { throw new Error('not to be asked') } })
  const repository = { async get () { return 1 } }
  app.get('/', async request => {
    await request.audit.log(event)
    await request.audit.logAll([event])
    await app.audit.current().log(event)
    await app.audit.withoutRequest.log(event)
    t.equal(request.audit.repository(repository), repository)
    t.equal(app.audit.asScoped(request), request.audit)
    t.match(request.audit.traceId, /^[0-9a-f]{32}$/)
    return request.audit.traceHeaders()
  })
  const headers = (await app.inject({ url: '/', headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } })).json()
  t.equal(headers['x-opaque-id'], '0af7651916cd43dd8448eb211c80319c')
  t.equal(app.audit.repository(repository), repository)
  await app.audit.flush()
  t.match(app.audit.status(), { enabled: false, state: 'ok', accepted: 0 })
  t.same(hooks, [])
  t.notOk(app.hasDecorator('requestContext'))
  t.notOk(existsSync(join(directory, 'audit.log')))
})

test('disabled, a permission that is asked for is still asked for', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(audit, { config: { enabled: false } })
  const refusal = Object.assign(new Error('no'), { statusCode: 403 })
  const guard = { authorize () { throw refusal } }
  const repository = { async update () { return 'updated' } }
  app.get('/', async request => request.audit.repository(repository, guard).update())
  t.equal((await app.inject('/')).statusCode, 403)
  await t.rejects(app.audit.repository(repository, guard).update(), refusal)
  t.equal(await app.audit.repository(repository, { authorize () {} }).update(), 'updated')
})

test('two applications in one process do not meet', async t => {
  const first = await auditedApp(t)
  const file = join(dirname(first.file), 'other', 'audit.log')
  const second = Fastify()
  t.teardown(() => second.close())
  await second.register(audit, { config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: file, layout: { type: 'json' } } } })
  second.get('/inner', async () => { await first.app.audit.current().log({ ...event, message: 'first' }); await second.audit.current().log({ ...event, message: 'second' }); return 'ok' })
  first.app.get('/outer', async () => { await second.inject('/inner'); await first.app.audit.current().log({ ...event, message: 'outer' }); return 'ok' })
  await first.app.inject('/outer')
  await second.audit.flush()
  const outer = await first.events()
  const inner = readEvents(t, file)
  t.same(inner.map(one => one.message), ['User is requesting [/inner] endpoint', 'second'])
  t.match(outer.map(one => [one.message, 'client' in one]), [['User is requesting [/outer] endpoint', true], ['first', false], ['outer', true]], 'in the other\'s request there is no request of one\'s own')
})

test('status counts, and flush waits', async t => {
  const { app, events } = await auditedApp(t, { section: { ignore_filters: [{ actions: ['http_request'] }] } })
  app.get('/', async request => { request.audit.log(event) })
  await app.inject('/')
  await app.audit.flush()
  const fields = { include: 0, exclude: [], hash: [] }
  const rules = { ignore_filters: [1], include_filters: 0, fields, routes: [], unrouted: 0 }
  const appender = { type: 'file', state: 'ok', durability: 'write', rules: { ignore_filters: [], fields }, written: 1, lost: 0, queued: 0, queuedBytes: 0, failures: 0, lastError: null }
  t.same(app.audit.status(), { enabled: true, state: 'ok', accepted: 2, written: 1, ignored: 1, lost: 0, queued: 0, queuedBytes: 0, lastError: null, rules, appenders: { default: appender } })
  t.equal((await events()).length, 1)
})

test('closing the application writes what was accepted, and refuses what comes later', async t => {
  const { app, file } = await auditedApp(t)
  await app.ready()
  for (let i = 0; i < 1000; i++) app.audit.withoutRequest.log(event)
  await app.close()
  t.equal(readEvents(t, file).length, 1000)
  await t.rejects(app.audit.withoutRequest.log(event), { code: 'AUDIT_ERR_CLOSED' })
})

test('a resolver that never answers holds its first event for queue.timeout, and nothing after that', async t => {
  const { app, events } = await auditedApp(t, { section: { queue: { timeout: '200ms' } }, user: () => new Promise(() => {}) })
  app.get('/', async request => {
    await request.audit.log(event)
    await request.audit.log(event)
    return 'ok'
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const started = performance.now()
  await app.inject('/')
  t.ok(performance.now() - started > 100, 'it has been waited for')
  const said = await events()
  t.equal(said.length, 3)
  t.match(said[2], { error: { code: 'AUDIT_ERR_SCOPE', message: 'user: no answer in time' } })
})

test('settings from a yml, old names with a warning, and every fault of it at once before anything starts', async t => {
  const directory = t.testdir({
    'kibana.yml': 'server.port: 5601\nxpack.security.audit.enabled: true\nxpack.security.audit.appender:\n  kind: file\n  path: ' + '$' + '{AUDIT_FILE}\n  layout.type: json\n',
    'bad.yml': 'xpack.security.audit:\n  enabled: perhaps\n  appender:\n    type: rolling-file\n    fileName: x\n    layout: { type: json }\n    policy: { type: size-limit, size: 10 parsecs }\n  unknown: 1\n'
  })
  process.env.AUDIT_FILE = join(directory, 'logs', 'audit.log')
  t.teardown(() => { delete process.env.AUDIT_FILE })
  const warnings: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => warnings.push(JSON.parse(line).msg) } } })
  t.teardown(() => app.close())
  await app.register(audit, { config: join(directory, 'kibana.yml') })
  await app.audit.withoutRequest.log(event)
  t.equal(readEvents(t, process.env.AUDIT_FILE).filter(isOfARun).length, 1)
  t.equal(statSync(process.env.AUDIT_FILE).mode & 0o777, 0o600)
  t.equal(statSync(join(directory, 'logs')).mode & 0o777, 0o700)
  t.equal(warnings.length, 2)
  t.match(warnings.join(), /kind.*type[^]*path.*fileName/)

  const bad = Fastify()
  t.teardown(() => bad.close().catch(() => {}))
  await t.rejects(async () => bad.register(audit, { config: join(directory, 'bad.yml') }), { code: 'AUDIT_ERR_CONFIG', message: /bad\.yml:2:12 xpack\.security\.audit\.enabled[^]*bad\.yml:7:\d+ xpack\.security\.audit\.appender\.policy\.size: expected a size such as "100mb", got "10 parsecs"[^]*bad\.yml:8:3 xpack\.security\.audit\.unknown/ })
})

test('reopen_on_sighup: the process goes on in a new file, and leaves nothing behind', async t => {
  const before = process.listenerCount('SIGHUP')
  const file = join(t.testdir(), 'audit.log')
  const { app } = await auditedApp(t, { section: { appender: { type: 'file', fileName: file, layout: { type: 'json' }, reopen_on_sighup: true } } })
  await app.audit.withoutRequest.log(event)
  renameSync(file, `${file}.1`)
  process.kill(process.pid, 'SIGHUP')
  t.ok(await eventually(() => existsSync(file)))
  await app.audit.withoutRequest.log({ ...event, message: 'after' })
  t.match(readEvents(t, file), [{ message: 'after' }])
  t.equal(readEvents(t, `${file}.1`).length, 1)
  await app.close()
  t.equal(process.listenerCount('SIGHUP'), before)
})

test('a rule that may drop what a policy waits for is told about at the start', async t => {
  const warnings: string[] = []
  const stream = { write: (line: string) => { warnings.push(JSON.parse(line).msg) } }
  const section = { on_failure: { reads: 'block', writes: 'stop' }, ignore_filters: [{ types: ['access'], users: ['monitor'] }, { actions: ['http_request'] }] }
  await auditedApp(t, { section, server: { logger: { level: 'warn', stream } } })
  t.same(warnings.map(message => /on_failure\.(\w+)/.exec(message)?.[1]), ['reads'])
})

test('an appender that cannot be opened stops the start and names the place', async t => {
  const directory = t.testdir({ dir: {}, file: '' })
  mkdirSync(join(directory, 'locked'))
  chmodSync(join(directory, 'locked'), 0o500)
  const places: [string, RegExp][] = [[join(directory, 'dir'), /appender\.fileName: .*it is a directory/], [join(directory, 'file', 'audit.log'), /is not a folder/]]
  if (process.getuid!() !== 0) places.push([join(directory, 'locked', 'audit.log'), /EACCES/])
  for (const [fileName, message] of places) {
    const app = Fastify()
    await t.rejects(async () => app.register(audit, { config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName, layout: { type: 'json' } } } }), { code: 'AUDIT_ERR_APPENDER_OPEN', message })
    await app.close().catch(() => {})
  }
})

test('options that are not known, or not what they should be, are refused', async t => {
  const cases: [object, string | RegExp][] = [
    [{ user: { name: 'x' } }, 'options.user: expected a function of the request, got object'],
    [{ requestContext: 'no' }, 'options.requestContext: expected true or false, got string'],
    [{ users: () => null }, /^options: expected one of config, user, .*, got "users"$/]
  ]
  for (const [options, message] of cases) {
    const app = Fastify()
    await t.rejects(async () => app.register(audit, { config: {}, ...options } as unknown as AuditOptions), { code: 'AUDIT_ERR_OPTION', message })
    await app.close().catch(() => {})
  }
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(audit, { config: {}, logLevel: 'warn', prefix: '/x' })
})

test('without a request context nothing is said for an unknown request: what would need it throws', async t => {
  const { app, events } = await auditedApp(t, { requestContext: false, user: () => ({ name: 'jdoe' }) })
  t.notOk(app.hasDecorator('requestContext'))
  t.throws(() => app.audit.current(), { code: 'AUDIT_ERR_OPTION', message: /requestContext/ })
  t.throws(() => app.audit.repository({}), { code: 'AUDIT_ERR_OPTION' })
  app.get('/', async request => { await request.audit.log(event) })
  await app.inject('/')
  await app.audit.withoutRequest.log(event)
  t.match((await events()).map(one => [one.event.action, one.user]), [['http_request', { name: 'jdoe' }], ['mine', { name: 'jdoe' }], ['mine', undefined]])
})

test('without an appender in the settings the events are where Kibana would put them', async t => {
  const directory = t.testdir()
  const before = process.cwd()
  process.chdir(directory)
  t.teardown(() => process.chdir(before))
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(audit, { config: { enabled: true, lifecycle_events: false } })
  await app.audit.withoutRequest.log(event)
  t.equal(readEvents(t, join(directory, 'logs', 'audit.log')).length, 1)
})

test('events that cannot be serialized go out marked, and the request does not notice', async t => {
  const { app, file } = await auditedApp(t)
  app.get('/', async request => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    for (const labels of [circle, { n: 1n }, { get bad () { throw new Error('no') } }, { text: '\ud800' }, { text: 'x'.repeat(10_000_000) }, JSON.parse('{"__proto__":{"a":1}}')]) await request.audit.log({ ...event, labels } as never)
    return 'ok'
  })
  t.equal((await app.inject('/')).body, 'ok')
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line))
  t.equal(lines.length, 7)
  for (const [index, line] of lines.slice(1).entries()) {
    if (index === 4) t.equal(line.labels.audit_truncated, 'labels.text (10000000 bytes)')
    else t.type(line.labels.audit_fault, 'string')
    t.equal(line.event.action, 'mine')
  }
})

test('flush and close cover what waits for its user', async t => {
  const { app, file } = await auditedApp(t, { user: async () => { await new Promise(resolve => setTimeout(resolve, 20)); return { name: 'jdoe' } } })
  app.get('/', async request => { request.audit.log(event) })
  const names = (): unknown[] => readEvents(t, file).map(one => (one.user as { name: string } | undefined)?.name)
  await app.inject('/')
  t.match(app.audit.status(), { accepted: 2, queued: 2, written: 0 })
  await app.audit.flush()
  t.same(names(), ['jdoe', 'jdoe'])
  await app.inject('/')
  await app.close()
  t.same(names(), ['jdoe', 'jdoe', 'jdoe', 'jdoe'])
})

test('a resolver may say events and wait for them', async t => {
  const { app, events } = await auditedApp(t, {
    async user (request) {
      await request.audit.log(event)
      await new Promise(resolve => setImmediate(resolve))
      await request.audit.log(event)
      return { name: 'jdoe' }
    }
  })
  app.get('/', async request => { await request.audit.log(event) })
  await app.inject('/')
  t.same((await events()).map(one => [one.event.action, (one.user as { name: string } | undefined)?.name]), [['mine', undefined], ['mine', undefined], ['http_request', 'jdoe'], ['mine', 'jdoe']])
})

test('request ids of any kind break no request', async t => {
  const { app, events } = await auditedApp(t, { server: { genReqId: () => 1234567890123456789n as never } })
  app.get('/', async () => 'ok')
  t.equal((await app.inject('/')).statusCode, 200)
  t.match(await events(), [{ trace: { id: '1234567890123456789' } }])
})

test('the section may be written with dotted keys, for the type checker too', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const fileName = join(t.testdir(), 'audit.log')
  await app.register(audit, { config: { enabled: true, lifecycle_events: false, 'appender.type': 'file', 'appender.fileName': fileName, 'appender.layout.type': 'json' } })
  await app.audit.withoutRequest.log(event)
  t.equal(readEvents(t, fileName).length, 1)
})
