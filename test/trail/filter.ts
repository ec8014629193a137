import { Ajv } from 'ajv'
import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { compileFilters, ignoreFilterFaults, ignoreFiltersSchema, type IgnoreFilter } from '../../lib/trail/filter.js'

const record: AuditRecord = {
  '@timestamp': '2026-01-31T12:00:00.000Z',
  message: 'User has accessed dashboard [id=1]',
  event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'saved_object_get', category: ['database'], type: ['access'], outcome: 'success' },
  user: { name: 'jane' },
  kibana: { space_id: 'default', saved_object: { type: 'dashboard', id: '1' } },
  url: { path: '/api/dashboards/1' },
  ecs: { version: '9.4.0' },
  log: { level: 'info', logger: 'audit' },
  process: { pid: 1 }
}

function isIgnored (rules: readonly IgnoreFilter[], changes: object = {}): boolean {
  return compileFilters(rules)({ ...record, ...changes })
}

test('without rules nothing is ignored', async (t) => {
  t.equal(isIgnored([]), false)
})

test('each key looks at its own field', async (t) => {
  const rules: [matching: IgnoreFilter, other: IgnoreFilter][] = [
    [{ actions: ['saved_object_get'] }, { actions: ['saved_object_find'] }],
    [{ categories: ['database'] }, { categories: ['web'] }],
    [{ types: ['access'] }, { types: ['change'] }],
    [{ outcomes: ['success'] }, { outcomes: ['failure', 'unknown'] }],
    [{ spaces: ['default'] }, { spaces: ['marketing'] }],
    [{ users: ['jane'] }, { users: ['jan', 'janet'] }],
    [{ saved_object_types: ['lens', 'dashboard'] }, { saved_object_types: ['lens'] }],
    [{ paths: ['/api/dashboards/1'] }, { paths: ['/api/dashboards'] }]
  ]
  for (const [matching, other] of rules) {
    t.equal(isIgnored([matching]), true, JSON.stringify(matching))
    t.equal(isIgnored([other]), false, JSON.stringify(other))
    t.equal(isIgnored([other, matching]), true, 'one matching rule suffices')
  }
})

test('a rule drops an event only when every key that it names matches', async (t) => {
  t.equal(isIgnored([{ actions: ['saved_object_get'], users: ['jane'], spaces: ['default'] }]), true)
  t.equal(isIgnored([{ actions: ['saved_object_get'], users: ['jane'], spaces: ['marketing'] }]), false)
})

test('a field that is a list matches when each of its values is in the rule', async (t) => {
  const event = { action: 'user_group_add', category: ['iam', 'authentication'], type: ['group', 'change'] }
  t.equal(isIgnored([{ categories: ['iam'] }], { event }), false)
  t.equal(isIgnored([{ categories: ['authentication', 'iam', 'web'] }], { event }), true)
  t.equal(isIgnored([{ types: ['change'] }], { event }), false)
  t.equal(isIgnored([{ types: ['change', 'group'] }], { event }), true)
  t.equal(isIgnored([{ categories: ['iam'], types: ['change'] }], { event: { ...event, category: 'iam', type: 'change' } }), true, 'one value instead of a list')
  t.equal(isIgnored([{ categories: ['iam'] }], { event: { ...event, category: [] } }), false, 'an empty list is no match')
})

test('login and logout stand for user_login and user_logout too', async (t) => {
  for (const name of ['login', 'logout']) {
    for (const action of [name, `user_${name}`]) t.equal(isIgnored([{ actions: [name] }], { event: { action } }), true, action)
    t.equal(isIgnored([{ actions: [`user_${name}`] }], { event: { action: name } }), false, 'but not the other way round')
  }
  t.equal(isIgnored([{ actions: ['login'] }], { event: { action: 'user_logout' } }), false)
})

test('users and paths may be literal, patterns or negated patterns', async (t) => {
  t.equal(isIgnored([{ users: ['/^ja/'] }]), true)
  t.equal(isIgnored([{ users: ['!/^ja/'] }]), false)
  t.equal(isIgnored([{ paths: ['/^\\/api\\//'] }]), true)
  t.equal(isIgnored([{ paths: ['!/^\\/api\\//'] }]), false)
})

test('an event without a user is not dropped by any rule about users', async (t) => {
  for (const users of [['jane'], ['/.*/'], ['!/^svc-/'], ['/^$/']]) {
    for (const user of [undefined, null, {}, { name: undefined }, { name: '' }, { name: 7 }, { name: ['jane'] }]) {
      t.equal(isIgnored([{ users }], { user }), false, `${users} and ${JSON.stringify(user)}`)
    }
  }
})

test('an empty rule and an empty list, which settings cannot hold, drop nothing', async (t) => {
  t.equal(isIgnored([{}]), false)
  for (const key of Object.keys(ignoreFiltersSchema.items.properties)) t.equal(isIgnored([{ [key]: [] }]), false, key)
})

test('a record that cannot be read is kept', async (t) => {
  const ignored = compileFilters([{ users: ['jane'] }])
  t.equal(ignored({ ...record, user: { get name (): string { throw new Error('no') } } }), false)
})

test('a faulty pattern is refused, with its place and the cause', async (t) => {
  const rules = [{ users: ['jane'] }, { users: ['jane', '/(/'], paths: ['!/(?=x)/', '/health'] }]
  t.match(ignoreFilterFaults(rules), [
    { path: [1, 'users', 1], message: /^expected a regular expression \(RE2\) between slashes such as "\/\^svc-\/", got "\/\(\/": .*missing closing \)/ },
    { path: [1, 'paths', 0], message: /got "!\/\(\?=x\)\/": / }
  ])
  t.equal(ignoreFilterFaults(rules).length, 2)
  t.throws(() => compileFilters(rules), {
    code: 'AUDIT_ERR_OPTION',
    message: /^ignore_filters\[1\]\.users\[1\]: expected a regular expression .* got "\/\(\/"/,
    cause: { name: 'RE2JSSyntaxException' }
  })
})

test('a path that could be meant as a pattern is a fault of its own', async (t) => {
  t.match(ignoreFilterFaults([{ paths: ['/health', '/api/'] }]), [{ path: [0, 'paths', 1], message: /could be either/ }])
  t.equal(ignoreFilterFaults([{ users: ['/admin/'] }]).length, 0, 'names do not begin with a slash')
})

test('the schema refuses empty rules, empty lists, unknown keys and values that ECS does not permit', async (t) => {
  const validate = new Ajv({ allErrors: true }).compile(ignoreFiltersSchema)
  t.ok(validate([]))
  t.ok(validate([{ actions: ['http_request'], categories: ['web'], types: ['access'], outcomes: ['unknown'], spaces: ['a'], users: ['/b/'], saved_object_types: ['c'], paths: ['/d'] }]))
  for (const rule of [{}, { actions: [] }, { users: [''] }, { action: ['a'] }, { categories: ['databases'] }, { types: ['create'] }, { outcomes: ['ok'] }, { spaces: 'default' }]) {
    t.notOk(validate([rule]), JSON.stringify(rule))
  }
})

test('whatever a rule says, it never matches an event that lacks a field that it names', async (t) => {
  const random = mulberry32(20260131)
  const oneOf = <V>(values: readonly V[]): V => values[Math.floor(random() * values.length)] as V
  const values: { readonly [K in keyof IgnoreFilter]-?: IgnoreFilter[K][] } = {
    actions: [['saved_object_get'], ['login', 'saved_object_get']],
    categories: [['database'], ['database', 'web']],
    types: [['access'], ['access', 'change']],
    outcomes: [['success'], ['success', 'unknown', 'failure']],
    spaces: [['default'], ['default', '']],
    users: [['jane'], ['/./'], ['!/^x/'], ['/.*/', '!/y/', 'jane']],
    saved_object_types: [['dashboard'], ['lens', 'dashboard']],
    paths: [['/api/dashboards/1'], ['/.*/'], ['!/^\\/x/']]
  }
  const lacking: Readonly<Record<keyof IgnoreFilter, () => object>> = {
    actions: () => ({ event: { ...record.event, action: oneOf([undefined, '']) } }),
    categories: () => ({ event: { ...record.event, category: oneOf([undefined, [], '', null]) } }),
    types: () => ({ event: { ...record.event, type: oneOf([undefined, [], '', null]) } }),
    outcomes: () => ({ event: { ...record.event, outcome: oneOf([undefined, null]) } }),
    spaces: () => ({ kibana: oneOf([undefined, null, {}, { ...record.kibana, space_id: undefined }]) }),
    users: () => ({ user: oneOf([undefined, null, {}, { id: '7' }, { name: '' }]) }),
    saved_object_types: () => ({ kibana: oneOf([undefined, {}, { space_id: 'default', saved_object: undefined }, { saved_object: {} }]) }),
    paths: () => ({ url: oneOf([undefined, null, {}, { domain: 'x' }, { path: '' }]) })
  }
  const keys = Object.keys(values) as (keyof IgnoreFilter)[]
  let matched = 0
  let held = true
  for (let round = 0; round < 2000; round++) {
    const named = keys.filter(() => random() < 0.4)
    const rule: IgnoreFilter = Object.fromEntries(named.map(key => [key, oneOf<unknown>(values[key])]))
    const ignored = compileFilters([rule])
    if (named.length === 0) continue
    if (ignored(record)) matched++
    const absent = oneOf(named)
    const event = { ...record, ...lacking[absent]() }
    if (ignored(event)) {
      held = false
      t.fail(`${JSON.stringify(rule)} matched without ${absent}: ${JSON.stringify(event)}`)
    }
  }
  t.ok(held)
  t.ok(matched > 1500, 'the rules do match the whole event, so the property is not empty')
})

function mulberry32 (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
