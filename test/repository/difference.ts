import { test } from 'tap'
import type { AttributeChange } from '../../lib/contracts.js'
import { createRedaction } from '../../lib/http/redact.js'
import { createDifference, TOO_LARGE } from '../../lib/repository/difference.js'

const between = createDifference({ maxBytes: 100, redaction: createRedaction(['iban']), secretPaths: ['config.Uri'] })
const diff = (change: AttributeChange, before: unknown): unknown => between(change, before)?.diff

test('what is new, what is gone, what changes with both values, and what stays', async (t) => {
  const before = { title: 'Old', kept: { a: [1, 2] }, gone: true, same: null }
  t.same(diff({ attributes: { title: 'New', kept: { a: [1, 2] }, same: null, more: 1 } }, before), {
    format: 'json_patch_extended',
    ops: [{ op: 'replace', path: '/title', value: 'New', oldValue: 'Old' }, { op: 'remove', path: '/gone', oldValue: true }, { op: 'add', path: '/more', value: 1 }],
    noOps: [{ path: '/kept/a' }, { path: '/same' }]
  })
})

test('a partial change leaves the attributes that it does not name, and replaces those that it does as a whole', async (t) => {
  const before = { title: 'Old', vis: { a: 1, b: 2 } }
  t.same(diff({ attributes: { vis: { a: 1 }, title: undefined }, isPartial: true }, before), { format: 'json_patch_extended', ops: [{ op: 'remove', path: '/vis/b', oldValue: 2 }], noOps: [{ path: '/title' }, { path: '/vis/a' }] })
})

test('of what was not there all is new, of what is deleted all is gone', async (t) => {
  t.same(diff({ attributes: { a: 1 } }, null), { format: 'json_patch_extended', ops: [{ op: 'add', path: '/a', value: 1 }], noOps: [] })
  t.same(diff({}, { a: 1 }), { format: 'json_patch_extended', ops: [{ op: 'remove', path: '/a', oldValue: 1 }], noOps: [] })
})

test('where it is not known what was there, it is said what is written; of a deletion nothing', async (t) => {
  t.same(diff({ attributes: { a: { b: null } }, isPartial: true }, undefined), { format: 'json_patch_extended', ops: [{ op: 'replace', path: '/a/b', value: null }], noOps: [] })
  t.equal(diff({}, undefined), undefined)
})

test('secrets are hidden wherever they stand, and that they change is seen', async (t) => {
  const before = { password: 'old-1', api: { token: 'old-2', url: 'https://old' }, list: [{ secret: 'old-3', n: 1 }], json: '{"a":[{"apiKey":"old-4"}],"b":1}', text: 'password=old-5', iban: 'old-6', config: { uri: 'old-7', open: 1 } }
  const after = JSON.parse(JSON.stringify(before).replaceAll('old', 'new'))
  const told = JSON.stringify(diff({ attributes: after }, before))
  t.notMatch(told, /(?:old|new)-\d/)
  const { ops } = JSON.parse(told) as { ops: object[] }
  const hidden = (path: string): object => ({ op: 'replace', path, value: '[redacted]', oldValue: '[redacted]' })
  t.same(ops, [
    hidden('/password'), hidden('/api/token'), { op: 'replace', path: '/api/url', value: 'https://new', oldValue: 'https://old' },
    { op: 'replace', path: '/list', value: [{ secret: '[redacted]', n: 1 }], oldValue: [{ secret: '[redacted]', n: 1 }] },
    { op: 'replace', path: '/json', value: '{"a":[{"apiKey":"[redacted]"}],"b":1}', oldValue: '{"a":[{"apiKey":"[redacted]"}],"b":1}' },
    hidden('/text'), hidden('/iban'), hidden('/config/uri')
  ])
  const spaced = '{ "harmless": [1, 2] }'
  t.match(diff({ attributes: { json: spaced, odd: '[not json' } }, null), { ops: [{ value: spaced }, { value: '[not json' }] }, 'what holds no secret stays as it is')
})

test('a value above the limit is replaced by what Kibana writes, new or old; bytes count', async (t) => {
  const [fits, large, wide] = ['x'.repeat(98), 'x'.repeat(99), 'ä'.repeat(50)]
  t.match(diff({ attributes: { a: large, b: fits, c: wide, d: [fits, fits] } }, { a: fits, b: large }), {
    ops: [{ path: '/a', value: TOO_LARGE, oldValue: fits }, { path: '/b', value: fits, oldValue: TOO_LARGE }, { path: '/c', value: TOO_LARGE }, { path: '/d', value: TOO_LARGE }]
  })
  t.equal(TOO_LARGE, 'Value above fieldSizeLimit')
})

test('of very many fields a thousand are told, and how many are not', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, i]))
  const others = Object.fromEntries(Object.entries(many).map(([name, value]) => [name.replace('f', 'g'), value]))
  const { diff, leftOut } = between({ attributes: { ...many, ...others } }, many)!
  t.same([diff.ops.length, diff.noOps.length, leftOut], [1000, 1000, 400])
})
