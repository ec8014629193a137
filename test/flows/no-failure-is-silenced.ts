// No filter, exclusion, rewrite or route keeps a failed authentication or authorization out of the
// log, unless `allow_silencing_failures` names it; and status() counts what each rule has dropped.
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { userLoginEvent } from '../../lib/index.js'
import { auditedApp, readEvents, type WrittenEvent } from '../support/audited-app.js'

const MINE = { type: 'session', name: 'mine' }
const everything = [{ outcomes: ['failure', 'success', 'unknown'] }]

/** Says a failed login and a refused read, and beside them a login and a read that succeed. */
async function sayFour (t: Test, section: Record<string, unknown>): Promise<{ events: WrittenEvent[], rules: object, status: ReturnType<Awaited<ReturnType<typeof auditedApp>>['app']['audit']['status']> }> {
  const { app, file } = await auditedApp(t, { section: { ...section, ...section.appenders !== undefined && { appenders: filesIn(t, section.appenders as object) } } })
  const { withoutRequest } = app.audit
  await withoutRequest.log(userLoginEvent({ provider: MINE, user: { name: 'jane' } }))
  await withoutRequest.log(userLoginEvent({ provider: MINE, error: new Error('wrong password') }))
  const reads = withoutRequest.repository({ get: async (_type: string, id: string) => { if (id === 'secret') throw Object.assign(new Error('may not'), { statusCode: 403 }); return { type: 'report', id } } })
  await reads.get('report', 'open')
  await t.rejects(reads.get('report', 'secret'))
  await app.audit.flush()
  const status = app.audit.status()
  const files = section.appenders === undefined ? [file] : Object.keys(section.appenders as object).map(name => join(t.testdirName, `${name}.log`))
  return { events: files.flatMap(name => readEventsIfThere(t, name)), rules: status.rules, status }
}

const filesIn = (t: Test, appenders: object): object =>
  Object.fromEntries(Object.entries(appenders).map(([name, config]: [string, object]) => [name, 'type' in config ? config : { type: 'file', fileName: join(t.testdirName, `${name}.log`), ...config }]))

function readEventsIfThere (t: Test, file: string): WrittenEvent[] {
  try {
    return readEvents(t, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const failures = (events: readonly WrittenEvent[]): string[] => events.filter(({ event }) => event.outcome === 'failure').map(({ event }) => event.action).sort()
const BOTH = ['saved_object_get', 'user_login']

test('a filter: of the section or of an appender, to ignore or to include', async t => {
  const ignored = await sayFour(t, { ignore_filters: [{ actions: ['nothing'] }, ...everything] })
  t.same(failures(ignored.events), BOTH)
  t.equal(ignored.events.length, 2)
  t.match(ignored.rules, { ignore_filters: [0, 2], include_filters: 0 })
  const included = await sayFour(t, { include_filters: [{ actions: ['nothing'] }] })
  t.same(failures(included.events), BOTH)
  t.match(included.rules, { ignore_filters: [], include_filters: 2 })
  const own = await sayFour(t, { appenders: { a: { ignore_filters: everything }, b: { ignore_filters: [{ users: ['jane'] }, ...everything] } } })
  t.same(failures(own.events), [...BOTH, ...BOTH].sort())
  t.match(own.status, { ignored: 2, appenders: { a: { rules: { ignore_filters: [2] } }, b: { rules: { ignore_filters: [1, 1] } } } })
})

test('a type whose reads are not recorded: one that is refused is', async t => {
  const { events } = await sayFour(t, { saved_objects: { unaudited_read_types: ['report'] } })
  t.same(failures(events), BOTH)
  t.equal(events.length, 3, 'and the one that succeeds is not')
})

test('an exclusion or a rewrite: what says that it failed stays, also for the filter behind it', async t => {
  const exclude = ['user', 'kibana', 'error', 'trace', 'event.type', 'labels', 'client']
  const excluded = await sayFour(t, { fields: { exclude }, ignore_filters: everything })
  t.same(failures(excluded.events), BOTH)
  t.same(excluded.events.map(({ error }) => error), [undefined, undefined])
  t.match(excluded.rules, { ignore_filters: [2], fields: { include: 0, exclude: [0, 2, 2, 0, 1, 0, 0] } })
  const kept = await sayFour(t, { fields: { include: ['trace.id'] }, ignore_filters: everything })
  t.same(failures(kept.events), BOTH)
  t.match(kept.rules, { fields: { include: 2 } })
  const rewritten = await sayFour(t, {
    appenders: { a: { ignore_filters: everything }, bare: { type: 'rewrite', appenders: ['a'], policy: { type: 'meta', mode: 'remove', properties: exclude.map(path => ({ path })) } } }
  })
  t.same(failures(rewritten.events), BOTH)
  t.same(rewritten.events.map(({ error }) => error), [undefined, undefined])
  for (const path of ['event.outcome', 'event.category', 'event.action', 'event']) {
    await t.rejects(sayFour(t, { fields: { exclude: [path] } }), { code: 'AUDIT_ERR_CONFIG' }, path)
    await t.rejects(sayFour(t, { appenders: { a: {}, bare: { type: 'rewrite', appenders: ['a'], policy: { type: 'meta', mode: 'update', properties: [{ path, value: 'success' }] } } } }), { code: 'AUDIT_ERR_CONFIG' }, path)
  }
})

test('a route: whatever it matches, an appender has it', async t => {
  for (const mode of ['first', 'all']) {
    const routed = await sayFour(t, {
      route_mode: mode,
      appenders: { a: {}, b: { ignore_filters: everything }, spare: {} },
      fallback: 'spare',
      routes: [{ match: { actions: ['nothing'] }, appenders: ['a'] }, { match: { outcomes: ['failure', 'success'] }, appenders: ['b'] }]
    })
    t.same(failures(routed.events), BOTH)
    t.equal(routed.events.length, 2)
    t.match(routed.status, { ignored: 2, rules: { routes: [0, 4], unrouted: 0 }, appenders: { a: { written: 0 }, b: { written: 2, rules: { ignore_filters: [2] } } } })
  }
})

test('a setting lets them go by name, each for itself, and the rule counts them', async t => {
  for (const [allowed, left, dropped] of [[['authentication'], ['saved_object_get'], 3], [['authorization'], ['user_login'], 3], [['authentication', 'authorization'], [], 4]] as const) {
    const { events, rules } = await sayFour(t, { ignore_filters: everything, allow_silencing_failures: allowed })
    t.same(failures(events), left)
    t.match(rules, { ignore_filters: [dropped] })
    const own = await sayFour(t, { appenders: { a: { ignore_filters: everything } }, allow_silencing_failures: allowed })
    t.same(failures(own.events), left, 'also the filters of an appender')
  }
})
