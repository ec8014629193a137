// `explain()` held against what an application with the same settings writes, for many random rules
// and events; and the reasons that it gives.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import { createExplain } from '../lib/explain.js'
import audit, { type AuditConfig, type AuditEvent, type AuditStatus, explain, type Explanation, hashValue } from '../lib/index.js'

const KEY = 'k'.repeat(32)

/** Numbers that look random and are the same in each run (mulberry32). */
function createRandom (seed: number) {
  function next (): number {
    seed = (seed + 0x6D2B79F5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  const one = <T>(values: readonly T[]): T => values[below(values.length)]!
  const some = <T>(values: readonly T[], most: number): T[] => [...new Set(Array.from({ length: 1 + below(most) }, () => one(values)))]
  return { below, one, some, chance: (part: number) => next() < part }
}
type Random = ReturnType<typeof createRandom>

const ACTIONS = ['http_request', 'user_login', 'saved_object_get', 'saved_object_update', 'report']
const CATEGORIES = ['web', 'authentication', 'database', 'iam'] as const
const TYPES = ['access', 'change', 'deletion'] as const
const OUTCOMES = ['success', 'failure', 'unknown'] as const
const USERS = ['ann', 'bob', 'svc-1', 'svc-2']
const PATHS = ['/health', '/api/a', '/api/b']

function ruleOf ({ below, one, some }: Random): object {
  const keys = [
    { actions: some(ACTIONS, 2) }, { categories: some(CATEGORIES, 3) }, { types: some(TYPES, 2) }, { outcomes: some(OUTCOMES, 2) }, { spaces: [one(['default', 'sales'])] },
    { users: [one([...USERS, '/^svc-/', '!/^a/'])] }, { saved_object_types: [one(['dashboard', 'config'])] }, { paths: [one([...PATHS, '/^.api/'])] }
  ]
  return Object.assign({}, ...Array.from({ length: 1 + below(2) }, () => one(keys))) as object
}

const rulesOf = (random: Random, part: number): object[] => random.chance(part) ? Array.from({ length: 1 + random.below(2) }, () => ruleOf(random)) : []

function eventOf ({ chance, one, some }: Random, number: number): AuditEvent {
  const user = one(USERS)
  return {
    message: `Number ${number} of ${user}`,
    event: { action: one(ACTIONS), ...chance(0.8) && { category: some(CATEGORIES, 2) }, ...chance(0.7) && { type: some(TYPES, 2) }, ...chance(0.8) && { outcome: chance(0.4) ? 'failure' : one(OUTCOMES) } },
    ...chance(0.7) && { user: { name: user, email: `${user}@example.org`, roles: ['editor', user] } },
    ...chance(0.5) && { kibana: { space_id: one(['default', 'sales']), saved_object: { type: one(['dashboard', 'config']), id: `o-${number}` } } },
    ...chance(0.5) && { url: { path: one(PATHS) } },
    ...chance(0.2) && { error: { code: 'Forbidden', message: `${user} may not` } },
    ...chance(0.2) && { client: { ip: '203.0.113.9' } },
    ...chance(0.1) && { labels: { half: '\ud800', text: 'ä\n"' } }
  }
}

function settingsOf (random: Random, folder: string): AuditConfig {
  const appender = (name: string): object => ({
    type: 'file',
    fileName: join(folder, `${name}.log`),
    layout: random.chance(0.3) ? { type: 'pattern', pattern: '%message %meta' } : { type: 'json' },
    ...name !== 'only' && { durability: random.one(['none', 'write']), ignore_filters: rulesOf(random, 0.4) },
    ...name !== 'only' && random.chance(0.4) && { fields: { exclude: random.some(['user.email', 'client'], 1), hash: random.some(['user.name', 'user.roles'], 1) } }
  })
  const policies = [{ type: 'meta', mode: 'remove', properties: [{ path: 'user.name' }] }, { type: 'meta', properties: [{ path: 'user.email', value: 'rewritten' }] }]
  const names = ['a', 'b', 'c']
  const hasSeveral = random.chance(0.7)
  const isRewritten = random.chance(0.8)
  return {
    enabled: true,
    lifecycle_events: false,
    ignore_filters: rulesOf(random, 0.6),
    include_filters: rulesOf(random, 0.3),
    allow_silencing_failures: random.chance(0.3) ? random.some(['authentication', 'authorization'] as const, 2) : [],
    fields: { hash_key: KEY, ...random.chance(0.5) && { exclude: random.some(['user.email', 'client', 'kibana.saved_object.id'], 2), hash: random.some(['user.name', 'user.roles', 'client.ip'], 2) } },
    ...hasSeveral
      ? {
          appenders: { ...Object.fromEntries(names.map(name => [name, appender(name)])), ...isRewritten && { before: { type: 'rewrite', appenders: ['a'], policy: random.one(policies) } } },
          routes: Array.from({ length: random.below(3) }, () => ({ match: ruleOf(random), appenders: random.some(isRewritten ? ['b', 'before'] : names, 2) })),
          route_mode: random.one(['first', 'all'] as const),
          ...random.chance(0.4) && { fallback: random.one(names) }
        }
      : { appender: appender('only') }
  } as AuditConfig
}

/** Without what no two runs share. */
const timeless = (line: string): string => line.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T').replace(/"id":"[0-9a-f]{8}-[0-9a-f-]{27}"/, '"id":"I"').replaceAll(/"pid":\d+/g, '"pid":0')

test('what is explained is what an application writes, whatever the rules and the events', async t => {
  const random = createRandom(4711)
  const counts = { recorded: 0, dropped: 0, kept: 0, elsewhere: 0, hashed: 0, rewritten: 0 }
  for (let round = 0; round < 10; round++) {
    const folder = t.testdir()
    const config = settingsOf(random, folder)
    const events = Array.from({ length: 14 }, (_, number) => eventOf(random, number))
    const app = Fastify()
    await app.register(audit, { config })
    await app.audit.withoutRequest.logAll(events)
    await app.close()
    const explanations = await Promise.all(events.map(createExplain(config)))
    const names = Object.keys((config as { appenders?: object }).appenders ?? { only: 0 }).filter(name => name !== 'before')
    assertCounts(t, app.audit.status(), explanations, JSON.stringify(config))
    for (const [index, name] of names.entries()) {
      const written = readFileSync(join(folder, `${name}.log`), 'utf8').split('\n').slice(0, -1).map(timeless)
      const explained = explanations.flatMap(({ appenders }) => appenders[index]!.line === null ? [] : [timeless(appenders[index]!.line)])
      if (JSON.stringify(written) !== JSON.stringify(explained)) t.same(explained, written, `round ${round}, ${name}: ${JSON.stringify(config)}`)
    }
    for (const explanation of explanations) assertReasons(t, explanation, JSON.stringify(config))
    counts.recorded += explanations.filter(({ recorded }) => recorded).length
    counts.dropped += explanations.filter(({ recorded }) => !recorded).length
    counts.kept += explanations.filter(({ keptFor }) => keptFor !== null).length
    counts.elsewhere += explanations.filter(({ recorded, appenders }) => recorded && appenders.some(({ takes }) => !takes)).length
    counts.rewritten += explanations.filter(({ appenders }) => appenders.some(({ rewrites, changed, removed }) => rewrites.length > 0 && changed.length + removed.length > 0)).length
    counts.hashed += explanations.filter(({ appenders }) => appenders.some(({ hashed }) => hashed.length > 0)).length
  }
  for (const [what, count] of Object.entries(counts)) t.ok(count > 2, `${what}: ${count}`)
})

/** What status() counts of the rules is what they are explained to have done. */
function assertCounts (t: Test, { ignored, rules, appenders }: AuditStatus, explanations: readonly Explanation[], config: string): void {
  const dropped = explanations.filter(({ recorded, ignoredBy, includedBy, keptFor }) => !recorded && keptFor === null && (ignoredBy.length > 0 || includedBy?.length === 0))
  const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0)
  const assertSame = (counted: number, explained: number): void => { if (counted !== explained) t.equal(counted, explained, config) }
  assertSame(sum(rules.ignore_filters) + rules.include_filters, dropped.length)
  assertSame(ignored, explanations.filter(({ recorded }) => !recorded).length)
  for (const [name, { rules: { fields } }] of Object.entries(appenders)) {
    const own = explanations.flatMap(({ appenders }) => appenders.find(one => one.name === name)!.fields.filter(({ where }) => where.includes(`appenders.${name}.`)))
    assertSame(sum(fields.exclude), own.filter(({ where }) => where.includes('exclude')).length)
    assertSame(sum(fields.hash), own.filter(({ where }) => where.includes('hash')).length)
  }
}

/** The reasons lead to the very fate that the trail has told. */
function assertReasons (t: Test, { recorded, ignoredBy, includedBy, keptFor, appenders }: Explanation, config: string): void {
  const isDropped = (ignoredBy.length > 0 || includedBy?.length === 0) && keptFor === null
  const isTold = appenders.every(({ takes, because }) => because !== ' drops it' && (!takes || !isDropped))
  if (isDropped && recorded) t.fail(`dropped, and yet recorded: ${config}`)
  if (recorded !== appenders.some(({ takes }) => takes) || !isTold) t.fail(`the appenders tell something else: ${config}`)
  for (const { takes, line, removed, hashed } of appenders) {
    if (takes !== (line !== null)) t.fail('a line for each appender that has the event')
    for (const path of [...removed, ...hashed]) if (!['user.email', 'client.ip', 'client.address', 'kibana.saved_object.id', 'user.name', 'user.roles'].includes(path)) t.fail(path)
  }
}

const login = (outcome: 'success' | 'failure'): AuditEvent => ({ message: 'User [ann] is logging in', event: { action: 'user_login', category: ['authentication'], outcome }, user: { name: 'ann', email: 'ann@example.org' } })

test('the rule that drops an event is named by its place', async t => {
  const file = join(t.testdir({ 'audit.yml': 'xpack.security.audit:\n  enabled: true\n  ignore_filters:\n    - actions: [http_request]\n    - users: [bob, ann]\n' }), 'audit.yml')
  const { recorded, because, ignoredBy, kind, appenders } = await explain(login('success'), file)
  t.equal(recorded, false)
  t.equal(kind, 'authentication')
  t.match(because, /audit\.yml:5:\d xpack\.security\.audit\.ignore_filters\[1\] drops it$/)
  t.match(ignoredBy, [{ where: /ignore_filters\[1\]$/, rule: { users: ['bob', 'ann'] } }])
  t.match(appenders, [{ name: 'default', type: 'rolling-file', takes: false, because, line: null }])
})

test('a failure that no filter may silence is told as such, and no longer when a setting allows it', async t => {
  const config: AuditConfig = { enabled: true, ignore_filters: [{ users: ['ann'] }] }
  t.match(await explain(login('failure'), config), { recorded: true, keptFor: 'authentication', because: /ignore_filters\[0\] would drop it, but it is a failure of authentication/ })
  t.match(await explain(login('failure'), { ...config, allow_silencing_failures: ['authentication'] }), { recorded: false, keptFor: null })
  const refused: AuditEvent = { ...login('failure'), event: { action: 'role_get', category: ['iam'], outcome: 'failure' } }
  t.match(await explain(refused, { enabled: true, include_filters: [{ users: ['bob'] }] }), { recorded: true, keptFor: 'authorization', because: /include_filters would drop it/, includedBy: [] })
})

test('include_filters: the rule that wants an event, and that none does', async t => {
  const config: AuditConfig = { enabled: true, include_filters: [{ users: ['ann'] }] }
  t.match(await explain(login('success'), config), { recorded: true, because: /include_filters\[0\] wants it, and no rule drops it/, includedBy: [{ rule: { users: ['ann'] } }] })
  t.match(await explain({ message: 'x', event: { action: 'x' } }, config), { recorded: false, because: /no rule of config xpack\.security\.audit\.include_filters matches it/ })
})

test('what fields does, and to which sentences', async t => {
  const { appenders } = await explain(login('success'), { enabled: true, fields: { exclude: ['user.email'], hash: ['user.name'], hash_key: KEY } } as AuditConfig)
  t.match(appenders, [{ removed: ['user.email'], hashed: ['user.name'], changed: ['message'], takes: true, because: 'it is the only appender', durability: 'write', onFailure: 'continue' }])
  t.match(JSON.parse(appenders[0]!.line!), { message: `User [${hashValue('ann', KEY)}] is logging in`, user: { name: hashValue('ann', KEY) } })
  t.notMatch(JSON.stringify(appenders), KEY)
})

test('fields of an appender and rewrites are told with their places', async t => {
  const policy = { type: 'meta', mode: 'remove', properties: [{ path: 'user.name' }] }
  const config = {
    enabled: true,
    fields: { exclude: ['user.full_name', 'user.email'], hash_key: KEY },
    appenders: { main: { type: 'console', fields: { include: ['user'], hash: [{ fields: ['user.name'], when: { actions: ['other'] } }, 'user.name'] } }, behind: { type: 'console' }, bare: { type: 'rewrite', appenders: ['behind'], policy } }
  } as unknown as AuditConfig
  const { appenders: [main, behind] } = await explain({ ...login('success'), url: { path: '/a' } }, config)
  t.same(main!.fields.map(({ where }) => where), ['config xpack.security.audit.fields.exclude[1]', 'config xpack.security.audit.appenders.main.fields.hash[1]', 'config xpack.security.audit.appenders.main.fields.include'])
  t.match(main, { rewrites: [], hashed: ['user.name'], because: 'no route matches it, so that it goes to all appenders' })
  t.match(behind, { fields: [{ where: /fields\.exclude\[1\]$/ }], rewrites: [{ where: 'config xpack.security.audit.appenders.bare', rule: policy }], removed: ['user.name', 'user.email'], because: 'no route matches it, so that it goes to all appenders, through "bare"' })
})

test('an event of the lifecycle is kept for what it shows', async t => {
  const started: AuditEvent = { message: 'The audit log has been started', event: { action: 'audit_started', category: ['process'], type: ['start'], outcome: 'success' } }
  t.match(await explain(started, { enabled: true, ignore_filters: [{ outcomes: ['success'] }] }), { recorded: true, keptFor: 'lifecycle', because: /ignore_filters\[0\] would drop it, but it shows when the log was kept, which only a rule of ignore_filters that names audit_started drops$/ })
  t.match(await explain(started, { enabled: true, ignore_filters: [{ actions: ['audit_started'] }] }), { recorded: false, keptFor: null })
  t.match(await explain(started, { enabled: true }), { recorded: true, keptFor: null, because: 'no rule drops it' })
})

test('an event that would be lost on its way is told as lost', async t => {
  const faulty = createExplain({ enabled: true, ignore_filters: [{ actions: ['other'] }] }, () => () => { throw new Error('no layout can do this') })
  const { recorded, because, appenders } = await faulty(login('success'))
  t.equal(recorded, false)
  t.equal(because, 'an event cannot be written: no layout can do this')
  t.match(appenders, [{ takes: false, line: null, because }])
  t.match(await faulty({ message: 'x', event: { action: 'other' } }), { recorded: false, because: /ignore_filters\[0\] drops it/ }, 'what is dropped is not lost')
})

test('the process is that of the line, and nobody else\'s', async t => {
  const pidOf = async (event: AuditEvent): Promise<unknown> => JSON.parse((await explain(event, { enabled: true })).appenders[0]!.line!).process.pid
  t.equal(await pidOf({ ...login('success'), process: { pid: 4711 } }), 4711)
  for (const process of [undefined, null, 'x', { pid: '7' }, { pid: 1.5 }]) t.equal(await pidOf({ ...login('success'), process }), 0)
})

test('each appender tells its own: route, filter, fallback, durability, policy', async t => {
  const config = {
    enabled: true,
    on_failure: { authentication: 'block' },
    appenders: { main: { type: 'console', ignore_filters: [{ users: ['ann'] }] }, logins: { type: 'console', durability: 'fsync', on_failure: 'continue' }, spare: { type: 'console' } },
    routes: [{ match: { outcomes: ['failure'] }, appenders: ['logins'] }],
    fallback: 'spare'
  } as unknown as AuditConfig
  t.match((await explain(login('success'), config)).appenders, [
    { name: 'main', takes: false, because: /appenders\.main\.ignore_filters\[0\] drops it/, onFailure: 'block' },
    { name: 'logins', takes: true, because: 'no route matches it, so that it goes to all appenders but the fallback', durability: 'fsync', onFailure: 'continue' },
    { name: 'spare', takes: false, because: /it is the fallback/ }
  ])
  t.match((await explain(login('failure'), config)).appenders, [
    { takes: false, because: /routes\[0\] sends it elsewhere/ }, { takes: true, because: /routes\[0\] sends it here/, routes: [{ rule: { outcomes: ['failure'] } }] }, { takes: false, because: /routes\[0\] sends it elsewhere/ }
  ])
})

test('a line of a log is explained as it stands, with its time', async t => {
  const folder = t.testdir()
  const config: AuditConfig = { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: join(folder, 'audit.log'), layout: { type: 'json' } } }
  const app = Fastify()
  await app.register(audit, { config, user: () => ({ name: 'ann' }), session: () => 's-1', space: () => 'sales' })
  app.get('/a', async () => ({}))
  await app.inject('/a?b=c')
  await app.close()
  const line = JSON.parse(readFileSync(join(folder, 'audit.log'), 'utf8')) as AuditEvent
  const { appenders } = await explain(line, config)
  t.same(JSON.parse(appenders[0]!.line!), line)
})

test('what cannot be recorded as it is, or at all, is told', async t => {
  const { appenders } = await explain({ ...login('success'), user: 'ann' as never }, { enabled: true })
  t.match(JSON.parse(appenders[0]!.line!), { labels: { audit_fault: /user/ } })
  t.match(await explain(login('success'), { enabled: false }), { recorded: false, because: /^auditing is disabled: config/, appenders: [] })
  for (const no of [null, [], 'x', 7]) await t.rejects(explain(no as never, { enabled: true }), { code: 'AUDIT_ERR_OPTION', message: /^explain: expected an event as an object/ })
  await t.rejects(explain(login('success'), { enabld: true } as never), { code: 'AUDIT_ERR_CONFIG' })
})
