import { EcsFlat } from '@elastic/ecs'
import { test, type Test } from 'tap'
import { EVENT_CATEGORIES, EVENT_OUTCOMES, EVENT_TYPES, ONLY_CATEGORY, ONLY_TYPE } from '../../lib/events/ecs-values.js'
import { assertEcs, ecsFaults } from '../support/ecs.js'

const record = {
  '@timestamp': '2026-01-31T12:00:00.000Z',
  message: 'User is updating dashboard [id=1]',
  ecs: { version: '9.4.0' },
  event: { action: 'saved_object_update', category: ['database'], type: ['change'], outcome: 'unknown' },
  user: { id: '7', name: 'jane', roles: ['editor'] },
  kibana: { space_id: 'default', saved_object: { type: 'dashboard', id: '1' }, add_to_spaces: ['a'] },
  client: { ip: '::1' },
  http: { request: { method: 'get', headers: { 'x-forwarded-for': '10.0.0.1' } }, response: { status_code: 403 } },
  url: { path: '/', port: 443 },
  process: { pid: 1 },
  labels: { audit_fault: 'cut', attempt: 1, last: true }
}

test('a record as Kibana writes it has no faults', async (t) => {
  t.same(ecsFaults(record), [])
  assertEcs(t, record)
})

test('every kind of fault is found and named by its path', async (t) => {
  const faults: [fault: string, change: Record<string, unknown>][] = [
    ['colour is not an ECS field', { colour: 'red' }],
    ['user.shoe is not an ECS field', { user: { shoe: 42 } }],
    ['kibana.colour is not an ECS field', { kibana: { colour: 'red' } }],
    ['client.ip must be of type ip: "localhost"', { client: { ip: 'localhost' } }],
    ['url.port must be of type long: "443"', { url: { port: '443' } }],
    ['process.pid must be of type long: 1.5', { process: { pid: 1.5 } }],
    ['@timestamp must be of type date: "yesterday"', { '@timestamp': 'yesterday' }],
    ['@timestamp must be of type date: "2026-13-01T00:00:00Z"', { '@timestamp': '2026-13-01T00:00:00Z' }],
    ['message must be of type match_only_text: null', { message: null }],
    ['user.roles must be an array: "editor"', { user: { roles: 'editor' } }],
    ['user.name must not be an array: ["jane"]', { user: { name: ['jane'] } }],
    ['kibana.add_to_spaces must be an array: "a"', { kibana: { add_to_spaces: 'a' } }],
    ['event.outcome may not be "maybe"', { event: { outcome: 'maybe' } }],
    ['event.category may not be "databases"', { event: { category: ['databases'] } }],
    ['event.type may not be "updates"', { event: { type: ['updates'] } }],
    ['event.type "change" is not expected in event.category ["web"]', { event: { category: ['web'], type: ['change'] } }],
    ['labels.list must be a string, a number or a boolean', { labels: { list: [] } }],
    ['labels must be of type object: "x"', { labels: 'x' }],
    ['ecs.version is required', { ecs: {} }],
    ['@timestamp is required', { '@timestamp': undefined }]
  ]
  for (const [fault, change] of faults) t.same(ecsFaults({ ...record, ...change }), [fault], fault)
})

test('the types that Kibana gives database events are accepted beside those of ECS', async (t) => {
  for (const type of ['creation', 'deletion', 'access', 'change']) {
    t.same(ecsFaults({ ...record, event: { category: ['database'], type: [type] } }), [], type)
  }
  t.match(ecsFaults({ ...record, event: { category: ['database'], type: ['start'] } }), [/not expected/])
})

test('a fault fails the test that asserts', async (t) => {
  const calls: string[] = []
  const recorder: Pick<Test, 'pass' | 'fail'> = {
    pass: () => calls.push('pass') > 0,
    fail: (...[message]) => calls.push(String(message)) > 0
  }
  assertEcs(recorder, { ...record, colour: 'red' })
  assertEcs(recorder, record)
  t.same(calls, ['colour is not an ECS field', 'pass'])
})

test('the lists of values are those that ECS permits', async (t) => {
  const permitted = (field: 'event.category' | 'event.type' | 'event.outcome'): string[] => EcsFlat[field].allowed_values.map(({ name }) => name).sort()
  t.same([...EVENT_CATEGORIES].sort(), permitted('event.category'))
  t.same([...EVENT_TYPES].sort(), permitted('event.type'))
  t.same([...EVENT_OUTCOMES].sort(), permitted('event.outcome'))
})

test('the list of one value is the same frozen one every time', async (t) => {
  for (const category of EVENT_CATEGORIES) t.same(ONLY_CATEGORY[category], [category])
  for (const type of EVENT_TYPES) t.same(ONLY_TYPE[type], [type])
  t.ok([ONLY_CATEGORY, ONLY_TYPE, ...Object.values(ONLY_CATEGORY), ...Object.values(ONLY_TYPE)].every(Object.isFrozen))
})
