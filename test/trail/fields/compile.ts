import { test } from 'tap'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AuditEvent, ScopeFacts } from '../../../lib/contracts.js'
import { userLoginEvent } from '../../../lib/events/authentication.js'
import { createRecurring } from '../../../lib/http/recurring.js'
import { hashValue } from '../../../lib/index.js'
import { createJsonLayout } from '../../../lib/layouts/json.js'
import { enrich } from '../../../lib/trail/enrich.js'
import { compileFields, countersOf, type FieldLists, withFields } from '../../../lib/trail/fields/compile.js'
import { Tally } from '../../../lib/trail/tally.js'
import { auditedApp } from '../../support/audited-app.js'
import { recordWith } from '../../support/records.js'

const KEY = 'secret-'.repeat(5)
/** `${name}`, kept apart from template strings. */
const reference = (name: string) => '$' + `{${name}}`
const lists = (fields: Partial<FieldLists>): FieldLists => ({ include: [], exclude: [], hash: [], ...fields })
const jane = { id: '17', name: 'jane', email: 'jane@example.org', roles: ['editor'] }
const login = userLoginEvent({ provider: { type: 'basic', name: 'basic1' }, user: jane })

async function written (t: Parameters<typeof auditedApp>[0], fields: object, appender: object = {}) {
  const { app, file, events } = await auditedApp(t, { section: { fields, ...appender }, user: () => jane })
  app.get('/reports/:name', async (request) => { await request.audit.log(login); return 'ok' })
  await app.inject({ url: '/reports/july?q=1', headers: { 'x-forwarded-for': '10.1.2.3' }, remoteAddress: '10.9.8.7' })
  await app.inject({ url: '/reports/july?q=1', remoteAddress: '10.9.8.7' })
  await app.audit.flush()
  return { app, events, text: () => readFileSync(file, 'utf8') }
}

test('without settings the layout is the one that was given', async (t) => {
  const layout = createJsonLayout()
  t.equal(withFields(layout, compileFields([{ lists: lists({}) }, { lists: lists({}) }], null)), layout)
})

test('a line says of its request what is left of it, and nothing else, however often the same is said', async (t) => {
  const { userOf, kibanaOf, clientOf, forwardedFor } = createRecurring()
  const process = { ecs: { version: '9.4.0' }, log: { level: 'INFO', logger: 'fastify-audit' }, process: { pid: 42 } }
  const layout = createJsonLayout()
  const factsOf = (): ScopeFacts => ({ user: userOf(jane), kibana: kibanaOf('sales', 's-1'), trace: { id: '0af7651916cd43dd8448eb211c80319c' }, client: clientOf('10.9.8.7'), http: forwardedFor('10.1.2.3') })
  const said: AuditEvent[] = [
    { message: 'User is requesting', event: { action: 'http_request' }, http: { request: { method: 'get' } }, url: { path: '/a' } },
    { message: 'User is accessing', event: { action: 'saved_object_get' }, kibana: { saved_object: { type: 'dashboard', id: '1', name: 'Revenue' } } },
    { message: 'User is', event: { action: 'mine' } }
  ]
  const fields = ['user.name', 'user', 'kibana.session_id', 'kibana.saved_object.name', 'kibana', 'trace.id', 'trace', 'client.ip', 'client', 'http.request.headers', 'http', 'url', 'user.absent']
  for (const field of fields) {
    for (const fieldLists of [lists({ exclude: [{ fields: [field] }] }), lists({ hash: [{ fields: [field] }] }), lists({ include: [{ fields: [field] }] })]) {
      const change = compileFields([{ lists: fieldLists }], KEY)!
      const line = withFields(layout, change)
      for (const event of [...said, ...said]) {
        const facts = factsOf()
        const record = enrich(event, facts, '2026-11-22T10:00:00.000Z', process, '019e0a1c-2d00-7000-8000-0123456789ab')
        t.same(JSON.parse(line(record, facts)), JSON.parse(JSON.stringify(change(record))), `${JSON.stringify(fieldLists)} ${event.event.action}`)
        t.same(JSON.parse(layout(record, facts)), JSON.parse(JSON.stringify(record)), 'and the next layout is as it was')
      }
    }
  }
})

test('what is hashed is nowhere in the bytes, and can be looked up', async (t) => {
  const { events, text } = await written(t, { hash: ['user.name', 'user.id', 'client.ip', 'user.email'], hash_key: KEY })
  const [request, loggedIn] = await events()
  t.same(request?.user, { id: hashValue('17', KEY), name: hashValue('jane', KEY), email: hashValue('jane@example.org', KEY), roles: ['editor'] })
  t.same(request?.client, { address: hashValue('10.9.8.7', KEY) })
  t.equal(loggedIn?.message, `User [${hashValue('jane', KEY)}] has logged in using basic provider [name=basic1]`)
  t.notMatch(text(), /jane|10\.9\.8\.7|secret-/)
})

test('what is excluded is nowhere in the bytes', async (t) => {
  const { events, text } = await written(t, { exclude: ['user', 'url.path', 'client', 'http.request.headers'] })
  const [request, loggedIn] = await events()
  t.equal(request?.message, 'User is requesting [redacted] endpoint')
  t.equal(loggedIn?.message, 'User [redacted] has logged in using basic provider [name=basic1]')
  t.notMatch(text(), /jane|editor|july|10\.1\.2\.3|10\.9\.8\.7/)
})

test('only what is included is left, and what every event has', async (t) => {
  const { events, text } = await written(t, { include: ['user.id', 'trace'] })
  const [request] = await events()
  t.same(Object.keys(request ?? {}).sort(), ['@timestamp', 'ecs', 'event', 'log', 'message', 'process', 'trace', 'user'])
  t.same(request?.user, { id: '17' })
  t.match(request?.event, { action: 'http_request', category: ['web'], outcome: 'unknown' })
  t.notMatch(text(), /jane|july/)
})

test('a condition looks at the event as it was said', async (t) => {
  const when = { users: ['jane'], actions: ['user_login'] }
  const { events } = await written(t, { exclude: ['user.roles', { fields: ['user.email'], when }], hash: [{ fields: ['user.name'], when }], hash_key: KEY })
  const [request, loggedIn, again] = await events()
  t.same(request?.user, { id: '17', name: 'jane', email: 'jane@example.org' })
  t.same(loggedIn?.user, { id: '17', name: hashValue('jane', KEY) })
  t.same(again?.user, request?.user, 'and no memory of users is poisoned by it')
})

test('whatever an application says, in either layout, an excluded name is not in the line', async (t) => {
  const hidden = { name: 'jane', toJSON: () => ({ name: 'jane' }) }
  const hostile: object[] = [
    { user: hidden }, { user: new Map([['name', 'jane']]) }, { 'user.name': 'jane' }, { user: [{ name: 'jane' }] }, { user: new (class { name = 'jane' })() },
    { user: { name: 'jane' }, get labels () { throw new Error('no') } }, { user: { name: { first: 'jane' } } }, { user: { name: 'jane' }, error: { message: 'no jane here' } }, { user: { name: 'jane' }, labels: { audit_fault: 'jane: no answer' } },
    { user: { name: 'jane', full_name: '\ud800' } }, JSON.parse('{"user":{"name":"jane","__proto__":{"name":"jane"}},"__proto__":{"user":1}}')
  ]
  for (const layout of [{ type: 'json' }, { type: 'pattern', pattern: '%message %meta' }]) {
    await t.test(layout.type, async (t) => {
      const fileName = `${t.testdirName}/audit.log`
      const { app } = await auditedApp(t, { section: { appender: { type: 'file', fileName, layout }, fields: { exclude: ['user.name'] } } })
      for (const said of hostile) await app.audit.withoutRequest.log(Object.defineProperties({ message: 'm', event: { action: 'a' } }, Object.getOwnPropertyDescriptors(said)))
      await app.audit.flush()
      const text = readFileSync(fileName, 'utf8')
      t.equal(text.trimEnd().split('\n').length, hostile.length)
      t.notMatch(text, /jane/)
    })
  }
})

test('what cannot be is refused at start, with its place and without the key', async (t) => {
  for (const [fields, message] of [
    [{ exclude: ['event.action'] }, /fields\.exclude\[0\]\.fields\[0\]: expected a field that a record can be without, got "event\.action"/],
    [{ hash: [{ fields: ['@timestamp'] }], hash_key: KEY }, /fields\.hash\[0\]\.fields\[0\]: .*every record has @timestamp/],
    [{ hash: ['user.name'] }, /fields\.hash: expected fields\.hash_key or fields\.hash_key_file beside it, got neither/],
    [{ hash: ['user.name'], hash_key: 'short-secret' }, /fields\.hash_key: expected a secret of 32 characters or more/],
    [{ exclude: [{ fields: ['user.name'], when: { users: ['/(/'] } }] }, /fields\.exclude\[0\]\.when\.users\[0\]: expected a regular expression/],
    [{ exclude: [7] }, /fields\.exclude\[0\]: expected a field such as/]
  ] as const) {
    await t.rejects(auditedApp(t, { section: { fields } }), { message })
  }
  const error: unknown = await auditedApp(t, { section: { fields: { hash: ['user.name'], hash_key: 'short-secret' } } }).catch((refused: unknown) => refused)
  t.notMatch(String(error), 'short-secret')
})

test('the key is not in audit_started or audit_stopped, in status(), in the application\'s log or in an error', async (t) => {
  const said: string[] = []
  const stream = { write (line: string) { said.push(line) } }
  const secret = 'hunter2-'.repeat(5)
  const keyFile = `${t.testdirName}/key`
  const before = (): void => { writeFileSync(keyFile, secret); writeFileSync(`${keyFile}-short`, 'hunter2') }
  const variable = 'AUDIT_TEST_HASH_KEY'
  process.env[variable] = secret
  t.teardown(() => { delete process.env[variable] })
  for (const [index, key] of [{ hash_key: secret }, { hash_key: reference(variable) }, { hash_key_file: keyFile }].entries()) {
    const fileName = `${t.testdirName}/${index}.log`
    const { app } = await auditedApp(t, { before, server: { logger: { level: 'trace', stream } }, section: { lifecycle_events: true, appender: { type: 'file', fileName, layout: { type: 'json' } }, fields: { hash: ['user.name'], ...key } } })
    await app.audit.withoutRequest.log(login)
    said.push(JSON.stringify(app.audit.status()))
    await app.close()
    said.push(readFileSync(fileName, 'utf8'))
    t.match(said.at(-1), hashValue('jane', secret))
    t.match(said.at(-1), /"audit_started".*\\"fields\\":.*\\"hash\\"/)
  }
  for (const key of [{ hash_key: 'hunter2' }, { hash_key: ['hunter2'] }, { hash_key: secret, hash_key_file: keyFile }, { hash_key: reference('NONE:hunter2') }, { hash_key_file: `${keyFile}-short` }, { hash_key: secret, hash_kee: secret }]) {
    const error: unknown = await auditedApp(t, { before, section: { fields: { hash: ['user.name'], ...key } } }).catch((refused: unknown) => refused)
    t.match(error, { code: 'AUDIT_ERR_CONFIG' })
    said.push(String((error as Error).stack))
  }
  t.notMatch(said.join('\n'), /hunter2/)
})

test('each rule counts, in its own place, the events that it has changed', async (t) => {
  const of = (...fields: string[]) => ({ fields })
  const all = lists({ exclude: [of('user.email'), of('labels.none')], hash: [of('user.name'), of('user.id'), of('user.none')], include: [of('user', 'client', 'trace')] })
  const tally = new Tally()
  const counts = tally.countsFor(countersOf(all))
  const change = compileFields([{ lists: all, counts }], KEY)!
  for (const more of [{ user: jane }, { user: { name: 'ann' }, further: 1 }, { user: undefined, further: undefined }]) {
    tally.begin()
    change(recordWith(more))
    tally.commit()
  }
  t.same(counts.read(), [1, 0, 2, 1, 0, 1])
})
