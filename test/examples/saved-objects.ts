// The example application as somebody meets it after `npm start`: a process of its own, real
// requests, its audit log read line by line, the curl lines that it prints run by a shell.
// Needs dist/, as the example does: `npm test` builds it first.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { test, type Test } from 'tap'
import { isOfARun } from '../support/audited-app.js'
import { assertEcs } from '../support/ecs.js'
import { createClient, EXAMPLE, start } from '../support/example.js'
import { spawnPlain } from '../support/plain-node.js'
import { startPostgres } from './postgres-server.mjs'

type Json = Record<string, unknown>
interface Event {
  message: string
  event: { action: string, category: string[], type?: string[], outcome?: string }
  kibana?: Json & { saved_object?: { type: string, id: string } }
  user?: { name: string, roles: string[] }
  trace: { id: string }
  error?: Json
  http?: Json
  url?: Json
}

const ROOT = join(import.meta.dirname, '../..')
const SERVER = join(EXAMPLE, 'server.js')
// The example is plain JavaScript: it is imported the way that its own server does it.
const { FIRST_USERS } = await import(new URL('../../docs/examples/saved-objects/login/users.js', import.meta.url).href) as { FIRST_USERS: { name: string, password: string }[] }
if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Error('dist/ is missing: the example runs the built package. `npm test` builds it, `npx tsc` does too.')

test('the example over SQLite', async (t) => story(t, {}))

test('the example over PostgreSQL', async (t) => {
  const server = await startPostgres()
  if (typeof server === 'string') {
    t.pass(`not run: ${server}`, { skip: server })
    return
  }
  t.teardown(() => server.stop())
  await story(t, { DATABASE_URL: server.url })
})

test('what keeps the example from starting is said, with what to do', async (t) => {
  const first = await start(t, t.testdir({ one: {}, two: {} }) + '/one', {})
  const started = async (env: Record<string, string>): Promise<string> => {
    const second = spawnPlain([SERVER], ['ignore', 'ignore', 'pipe'], { cwd: t.testdirName + '/two', env: { ...process.env, ...env } })
    let said = ''
    second.stderr!.setEncoding('utf8').on('data', (text: string) => { said += text })
    const [code] = await once(second, 'close') as [number]
    return `${code} ${said}`
  }
  const { port } = new URL(first.address)
  t.equal(await started({ PORT: port }), `1 Port ${port} of 127.0.0.1 is taken (EADDRINUSE). Choose another: PORT=3001 npm start; PORT=0 takes any that is free.\n`)
  t.equal(await started({ PORT: 'abc' }), '1 PORT: expected a number from 0 to 65535, got "abc"\n')
  t.match(await started({ DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/objects' }), /^1 The database that DATABASE_URL names does not answer: (?!.*secret)/)
  t.equal((await fetch(`${first.address}/health`)).status, 200, 'the one that runs is not touched')
  // Before its folder goes: it would make it anew.
  t.equal(await first.stop(), 0)
})

test('Ctrl+C, passed on by npm once more, ends it in order although a client has stopped in the middle of its request', async (t) => {
  const folder = t.testdir()
  const server = await start(t, folder, {})
  const client = connect(Number(new URL(server.address).port), '127.0.0.1').on('error', () => {})
  t.teardown(() => client.destroy())
  client.write('POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na')
  // Its intention tells that the request has arrived.
  const file = join(folder, 'logs/audit.log')
  for (let attempt = 0; attempt < 100 && !readFileSync(file, 'utf8').includes('/api/login'); attempt++) await wait(50)
  server.kill('SIGINT')
  await wait(50)
  t.equal(await server.stop('SIGINT'), 0)
  t.match(readFileSync(file, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line).event.action), ['audit_started', 'http_request', 'audit_stopped'])
})

/** Everything that one does with the example, in order, with the events that each step leaves. */
async function story (t: Test, env: Record<string, string>): Promise<void> {
  const folder = t.testdir()
  let server = await start(t, folder, env)
  const trail = createTrail(join(folder, 'logs/audit.log'))
  const emma = createClient(server.address)
  const victor = createClient(server.address)
  const mara = createClient(server.address)

  await t.test('a login that fails and one that succeeds are recorded before they are answered', async (t) => {
    t.match(await emma('POST', '/api/login', { name: 'emma', password: 'wrong' }), { status: 401, body: { statusCode: 401, error: 'Unauthorized' } })
    t.same(trail.peek().map(inShort).at(-1), 'user_login failure - by nobody in -')
    t.match(await emma('POST', '/api/login', { name: 'emma', password: 'emma-may-edit' }), { status: 200, body: { name: 'emma' } })
    t.same(trail.peek().map(inShort).at(-1), 'user_login success - by emma in -')
    const events = await trail.next(t, [
      'http_request unknown - by nobody in default', 'user_login failure - by nobody in -',
      'http_request unknown - by nobody in default', 'user_login success - by emma in -'
    ])
    t.equal(events[1]!.message, 'Failed attempt to login using basic provider [name=basic]')
    t.equal(events[3]!.message, 'User [emma] has logged in using basic provider [name=basic]')
    t.equal(events[2]!.trace.id, events[3]!.trace.id, 'one request, one trace')
    t.not(events[0]!.trace.id, events[2]!.trace.id)
    t.match(events[3], { kibana: { session_id: /^[0-9a-f-]{36}$/, authentication_provider: 'basic', authentication_type: 'basic' } })
    t.notOk(readFileSync(join(folder, 'logs/audit.log'), 'utf8').includes(emma.cookie().split('=')[1]!), 'the secret of the session is in no log')
    t.notOk(readFileSync(join(folder, 'logs/app.log'), 'utf8').includes(emma.cookie().split('=')[1]!))
    await victor('POST', '/api/login', { name: 'victor', password: 'victor-may-look' })
    await mara('POST', '/api/login', { name: 'mara', password: 'mara-may-market' })
    await trail.next(t, ['http_request unknown - by nobody in default', 'user_login success - by victor in -', 'http_request unknown - by nobody in default', 'user_login success - by mara in -'])
  })

  await t.test('one object, from its creation to its end', async (t) => {
    const sales = '/api/saved_objects/dashboard/sales'
    t.match(await emma('POST', sales, { attributes: { title: 'Sales' } }), { status: 200, body: { id: 'sales', namespaces: ['default'], created_by: 'u-emma' } })
    t.match(await emma('POST', sales, { attributes: {} }), { status: 409, body: { error: 'Conflict' } })
    t.match(await emma('GET', sales), { status: 200, body: { attributes: { title: 'Sales' } } })
    t.match(await emma('PUT', sales, { attributes: { title: 'Sales 2' }, version: 'old' }), { status: 409 })
    t.match(await emma('PUT', sales, { attributes: { title: 'Sales 2' } }), { status: 200 })
    t.match(await emma('GET', '/api/saved_objects/_find?type=dashboard&search=sal*&sort_field=title'), { status: 200, body: { total: 1, saved_objects: [{ id: 'sales' }] } })
    t.match(await emma('GET', '/api/saved_objects/resolve/dashboard/sales'), { status: 200, body: { outcome: 'exactMatch' } })
    t.match(await emma('POST', `${sales}/_increment`, { counters: [{ fieldName: 'views' }] }), { body: { attributes: { views: 1 } } })
    t.match(await emma('DELETE', sales), { status: 200 })
    t.match(await emma('GET', sales), { status: 404, body: { message: 'Saved object [dashboard/sales] not found' } })
    const request = 'http_request unknown - by emma in default'
    const did = (what: string): string[] => [request, `saved_object_${what} dashboard:sales by emma in default`]
    const events = await trail.next(t, [
      ...did('create unknown'), ...did('create unknown'), ...did('get success'), ...did('update unknown'), ...did('update unknown'),
      ...did('find success'), ...did('resolve success'), ...did('update unknown'), ...did('delete unknown'), request
    ])
    t.match(events[1], { message: 'User is creating dashboard [id=sales]', event: { category: ['database'], type: ['creation'] } })
    t.match(events[5], { message: 'User has accessed dashboard [id=sales]', event: { category: ['database'], type: ['access'] } })
    for (let index = 0; index < 18; index += 2) t.equal(events[index]!.trace.id, events[index + 1]!.trace.id)
    t.equal(new Set(events.map(({ kibana }) => kibana?.session_id)).size, 1)
  })

  await t.test('bulk calls leave an event for each object', async (t) => {
    const bulk = (name: string): string => `/api/saved_objects/_bulk_${name}`
    const made = await emma('POST', bulk('create'), [{ type: 'tag', id: 'a', attributes: { name: 'A' } }, { type: 'tag', id: 'b', attributes: { name: 'B' } }])
    t.match(made, { body: { saved_objects: [{ id: 'a' }, { id: 'b' }] } })
    t.match(await emma('POST', bulk('get'), [{ type: 'tag', id: 'a' }, { type: 'tag', id: 'none' }]), { body: { saved_objects: [{ id: 'a' }, { error: { statusCode: 404 } }] } })
    await emma('POST', '/s/marketing/api/saved_objects/config/9.0', { attributes: { theme: 'dark' } })
    t.match(await mara('POST', `/s/marketing${bulk('get')}`, [{ type: 'tag', id: 'a', namespaces: ['default'] }]), { body: { saved_objects: [{ error: { statusCode: 403 } }] } })
    t.match(await mara('GET', '/s/marketing/api/saved_objects/config/9.0'), { status: 200 })
    t.match(await emma('PUT', bulk('update'), [{ type: 'tag', id: 'a', attributes: { color: 'red' } }]), { body: { saved_objects: [{ attributes: { name: 'A', color: 'red' } }] } })
    t.match(await emma('POST', bulk('resolve'), [{ type: 'tag', id: 'a' }, { type: 'tag', id: 'none' }]), { status: 200 })
    t.match(await emma('POST', '/api/saved_objects/_export', { type: ['tag'] }), { status: 200, text: /"id":"a".*\n.*"id":"b"|"id":"b".*\n.*"id":"a"/ })
    t.match(await emma('POST', bulk('delete'), [{ type: 'tag', id: 'b' }]), { body: { statuses: [{ success: true }] } })
    const request = 'http_request unknown - by emma in default'
    await trail.next(t, [
      request, 'saved_object_create unknown tag:a by emma in default', 'saved_object_create unknown tag:b by emma in default',
      request, 'saved_object_get success tag:a by emma in default',
      'http_request unknown - by emma in marketing', 'saved_object_create unknown config:9.0 by emma in marketing',
      'http_request unknown - by mara in marketing', 'saved_object_get failure tag:a by mara in marketing',
      'http_request unknown - by mara in marketing',
      request, 'saved_object_update unknown tag:a by emma in default',
      request, 'saved_object_resolve success tag:a by emma in default',
      request, 'saved_object_open_point_in_time unknown - by emma in default', 'saved_object_find success tag:* by emma in default',
      'saved_object_find success tag:* by emma in default', 'saved_object_close_point_in_time unknown - by emma in default',
      request, 'saved_object_delete unknown tag:b by emma in default'
    ])
  })

  await t.test('sharing names the spaces, and the object is there afterwards', async (t) => {
    await emma('POST', '/api/saved_objects/dashboard/plan', { attributes: { title: 'Plan' }, references: [{ type: 'tag', id: 'a', name: 'tag' }] })
    t.match(await mara('GET', '/s/marketing/api/saved_objects/dashboard/plan'), { status: 404 })
    t.match(await emma('POST', '/api/spaces/_get_shareable_references', { objects: [{ type: 'dashboard', id: 'plan' }] }), { body: { objects: [{ id: 'plan' }, { id: 'a' }] } })
    const shared = await emma('POST', '/api/spaces/_update_objects_spaces', { objects: [{ type: 'dashboard', id: 'plan' }], spacesToAdd: ['marketing'], spacesToRemove: [] })
    t.match(shared, { status: 200, body: { objects: [{ spaces: ['default', 'marketing'] }] } })
    t.match(await mara('GET', '/s/marketing/api/saved_objects/dashboard/plan'), { status: 200 })
    t.match(await emma('POST', '/api/saved_objects/tag/a/_remove_references_to', {}), { body: { updated: 1 } })
    t.match(await mara('GET', '/s/marketing/api/spaces/space'), { body: [{ id: 'marketing' }] })
    const request = 'http_request unknown - by emma in default'
    const events = await trail.next(t, [
      request, 'saved_object_create unknown dashboard:plan by emma in default',
      'http_request unknown - by mara in marketing',
      request, 'saved_object_collect_multinamespace_references success dashboard:plan by emma in default', 'saved_object_collect_multinamespace_references success tag:a by emma in default',
      request, 'saved_object_update_objects_spaces unknown dashboard:plan by emma in default',
      'http_request unknown - by mara in marketing', 'saved_object_get success dashboard:plan by mara in marketing',
      request, 'saved_object_remove_references unknown tag:a by emma in default',
      'http_request unknown - by mara in marketing', 'space_find success space:marketing by mara in marketing'
    ])
    t.match(events[7], { kibana: { add_to_spaces: ['marketing'], delete_from_spaces: undefined } })
  })

  await t.test('what is refused is a failure in the log, and nothing is done', async (t) => {
    t.match(await victor('GET', '/api/saved_objects/dashboard/plan'), { status: 200 })
    t.match(await victor('DELETE', '/api/saved_objects/dashboard/plan?force=true'), { status: 403, body: { error: 'Forbidden', message: 'Unable to delete dashboard' } })
    t.match(await mara('GET', '/api/saved_objects/_find?type=dashboard'), { status: 403 })
    t.match(await mara('POST', '/s/marketing/api/spaces/_update_objects_spaces', { objects: [{ type: 'dashboard', id: 'plan' }], spacesToAdd: [], spacesToRemove: ['default'] }), { status: 403 })
    t.match(await mara('GET', '/api/spaces/space/default'), { status: 403 })
    t.match(await mara('POST', '/s/marketing/api/saved_objects/legacy-url-alias/default:dashboard:plan', { attributes: { targetId: 'other' } }), { status: 403 }, 'what stands outside of spaces is not one space\'s to change')
    t.match(await emma('GET', '/api/saved_objects/dashboard/plan'), { body: { namespaces: ['default', 'marketing'] } })
    const events = await trail.next(t, [
      'http_request unknown - by victor in default', 'saved_object_get success dashboard:plan by victor in default',
      'http_request unknown - by victor in default', 'saved_object_delete failure dashboard:plan by victor in default',
      'http_request unknown - by mara in default', 'saved_object_find failure - by mara in default',
      'http_request unknown - by mara in marketing', 'saved_object_update_objects_spaces failure dashboard:plan by mara in marketing',
      'http_request unknown - by mara in default', 'space_get failure space:default by mara in default',
      'http_request unknown - by mara in marketing', 'saved_object_create failure legacy-url-alias:default:dashboard:plan by mara in marketing',
      'http_request unknown - by emma in default', 'saved_object_get success dashboard:plan by emma in default'
    ])
    t.match(events[3], { message: 'Failed attempt to delete dashboard [id=plan]', error: { code: 'Forbidden', message: 'Unable to delete dashboard' }, user: { roles: ['viewer'] } })
  })

  await t.test('requests that reach no handler are recorded once; health checks and the page\'s parts are not', async (t) => {
    const stranger = createClient(server.address)
    t.match(await stranger('GET', '/nowhere'), { status: 404 })
    t.match(await stranger('GET', '/api/saved_objects/dashboard/plan'), { status: 401 })
    t.match(await emma('GET', '/s/nosuch/api/saved_objects/dashboard/plan'), { status: 404 })
    t.match(await emma('POST', '/api/saved_objects/dashboard', { attributes: 'none' }), { status: 400, body: { error: 'Bad Request', code: 'FST_ERR_VALIDATION' } })
    t.match(await emma('POST', '/api/saved_objects/dashboard', { attributes: {} }, { origin: 'https://elsewhere.example' }), { status: 403 })
    t.match(await rawGet(server.address, '/%zz'), /^HTTP\/1.1 400 /)
    t.match(await stranger('GET', '/health'), { status: 200, body: { status: 'ok', audit: 'ok' } })
    const page = await fetch(`${server.address}/`)
    t.match(page.headers.get('content-security-policy'), /default-src 'none'/)
    const html = await page.text()
    for (const { name, password } of FIRST_USERS) t.ok(html.includes(`<td>${name}</td><td>${password}</td>`), `the page says how ${name} gets in`)
    for (const part of ['/page.js', '/page.css']) t.equal((await fetch(server.address + part)).status, 200)
    const own = await emma('GET', '/api/my_trail')
    t.ok((own.body as unknown as Event[]).length > 20)
    t.same([...new Set((own.body as unknown as Event[]).map(({ user }) => user?.name))], ['emma'], 'of the trail, a session is shown its own part only')
    const events = await trail.next(t, [
      'http_request unknown - by nobody in default', 'http_request failure - by nobody in default',
      'http_request failure - by emma in -', 'http_request unknown - by emma in default', 'http_request failure - by emma in default', 'missing_privileges failure - by emma in default',
      'http_request failure - by nobody in -', 'http_request unknown - by nobody in default'
    ])
    t.match(events.map(({ url }) => url?.path), ['/nowhere', '/api/saved_objects/dashboard/plan', '/s/nosuch/api/saved_objects/dashboard/plan', '/api/saved_objects/dashboard', '/api/saved_objects/dashboard', '/api/saved_objects/dashboard', '/%zz', '/'])
  })

  await t.test('the curl lines that it prints do what they say', { skip: !await hasCurl() && 'curl is not installed on this machine' }, async (t) => {
    const lines = server.printed.split('\n').filter((line) => line.startsWith('  curl '))
    t.equal(lines.length, 3)
    const { stdout } = await promisify(execFile)('sh', ['-ec', lines.join('\n')], { cwd: folder })
    const [user, created, found] = stdout.trim().split('\n').map((line) => JSON.parse(line) as Json)
    t.match(user, { name: 'emma' })
    t.match(created, { type: 'dashboard', attributes: { title: 'Sales of the year' } })
    t.match(found, { total: 1, saved_objects: [{ id: created!.id }] })
    const request = 'http_request unknown - by emma in default'
    await trail.next(t, [
      'http_request unknown - by nobody in default', 'user_login success - by emma in -',
      request, `saved_object_create unknown dashboard:${created!.id as string} by emma in default`,
      request, `saved_object_find success dashboard:${created!.id as string} by emma in default`
    ])
  })

  await t.test('a restart loses neither objects nor sessions, and goes on with the same logs', async (t) => {
    t.equal(await server.stop(), 0, 'SIGTERM ends it in order')
    server = await start(t.parent as Test, folder, env)
    emma.moveTo(server.address)
    t.match(await emma('GET', '/api/saved_objects/dashboard/plan'), { status: 200, body: { attributes: { title: 'Plan' } } })
    const cookie = emma.cookie()
    t.match(await emma('GET', '/api/me'), { body: { user: { name: 'emma' } } })
    t.match(await emma('POST', '/api/logout', {}), { status: 204 })
    t.match(await emma('GET', '/api/me'), { body: { user: null } })
    t.match(await emma('GET', '/api/saved_objects/dashboard/plan', undefined, { cookie }), { status: 401 }, 'the session is over, whoever kept its cookie')
    const events = await trail.next(t, [
      'http_request unknown - by emma in default', 'saved_object_get success dashboard:plan by emma in default',
      'http_request unknown - by emma in default',
      'http_request unknown - by emma in default', 'user_logout unknown - by emma in default',
      'http_request unknown - by nobody in default', 'http_request failure - by nobody in default'
    ])
    t.equal(events[4]!.message, 'User [emma] is logging out using basic provider [name=basic]')
  })

  await t.test('no password, and no secret of a session, is in anything that it keeps', async (t) => {
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'cookies.txt')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    t.ok(kept.length >= 2)
    const secrets = [...FIRST_USERS.map(({ password }) => password), ...[emma, victor, mara].map((client) => client.cookie().split('=')[1]).filter(Boolean)]
    t.same(secrets.filter((secret) => kept.some((text) => text.includes(secret!))), [])
  })

  await t.test('what it keeps is for its own user only', async (t) => {
    for (const name of ['logs', 'logs/app']) t.equal(statSync(join(folder, name)).mode & 0o777, 0o700, name)
    for (const name of ['logs/audit.log', 'logs/app.log']) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
    t.ok(lstatSync(join(folder, 'logs/app.log')).isSymbolicLink())
    t.match(realpathSync(join(folder, 'logs/app.log')), /logs\/app\/app\.\d+\.log$/)
    t.match(readFileSync(join(folder, 'logs/app.log'), 'utf8'), /"msg":"request completed"/)
    if (env.DATABASE_URL === undefined) t.equal(statSync(join(folder, 'data/saved-objects.db')).mode & 0o777, 0o600)
  })
  t.equal(await server.stop(), 0)
}

/** An event in one line, as the story above spells them. */
function inShort ({ event, kibana, user }: Event): string {
  const object = kibana?.saved_object === undefined ? '-' : `${kibana.saved_object.type}:${kibana.saved_object.id}`
  return `${event.action} ${event.outcome ?? '-'} ${object} by ${user?.name ?? 'nobody'} in ${(kibana?.space_id as string | undefined) ?? '-'}`
}

/** The log from its beginning: at midnight it is rolled, whatever a test is doing. */
function readWhole (file: string): string {
  const folder = dirname(file)
  const numberOf = (name: string): number => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])
  const rolled = readdirSync(folder).filter((name) => numberOf(name) > 0).sort((one, other) => numberOf(other) - numberOf(one))
  return [...rolled, basename(file)].map((name) => readFileSync(join(folder, name), 'utf8')).join('')
}

function createTrail (file: string): { peek (): Event[], next (t: Test, expected: string[]): Promise<Event[]> } {
  let seen = 0
  // Whole lines only: the server may be writing the last one.
  const read = (): Event[] => readWhole(file).split('\n').slice(0, -1).map((line) => JSON.parse(line) as Event).filter(isOfARun)
  return {
    peek: read,
    /** The events since the last call: these and no others, each of them ECS. `:*` is any id. */
    async next (t, expected) {
      for (let attempt = 0; attempt < 40 && read().length < seen + expected.length; attempt++) await wait(50)
      const events = read().slice(seen)
      seen += events.length
      t.same(events.map((event, index) => expected[index]?.includes(':*') ? inShort(event).replace(/:\S+/, ':*') : inShort(event)), expected)
      for (const event of events) assertEcs(t, event as unknown as Json)
      return events
    }
  }
}

/** Sends a path as it is; `fetch` would repair it. */
async function rawGet (address: string, path: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => { answer += text })
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
  return answer
}

async function hasCurl (): Promise<boolean> {
  return promisify(execFile)('curl', ['--version']).then(() => true, () => false)
}
