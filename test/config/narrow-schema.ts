import { test } from 'tap'
import type { JsonSchema } from '../../lib/config/json-schema.js'
import { narrowSchema } from '../../lib/config/narrow-schema.js'
import type { SettingNode } from '../../lib/config/setting-tree.js'

const place = { text: 'config', offset: 0 }
const node = (content: Record<string, SettingNode> | string): SettingNode =>
  ({ place, keyPlace: place, content: typeof content === 'string' ? { value: content, whole: false, faults: [] } : new Map(Object.entries(content)) })

const text: JsonSchema = { type: 'string' }
const inner: JsonSchema = { type: 'object', required: ['needed'], properties: { needed: text, other: text } }
const schema: JsonSchema = { type: 'object', additionalProperties: false, properties: { one: inner, two: inner, three: text } }

test('what is not written has no schema any more, but for what has to be written; every name stays', async t => {
  t.same(narrowSchema(schema, node({ one: node({ other: node('x') }), three: node('y') })), {
    type: 'object',
    additionalProperties: false,
    properties: { one: inner, two: {}, three: text }
  })
  t.same(narrowSchema(schema, node({ one: node({}) })).properties, { one: { ...inner, properties: { needed: text, other: {} } }, two: {}, three: {} })
})

test('something else in the place of an object is still no object', async t => {
  t.same(narrowSchema(schema, node('x')), { ...schema, properties: { one: {}, two: {}, three: {} } })
})

test('of branches, the one that is chosen says everything, and the others what they are chosen by', async t => {
  const branch = (name: string): JsonSchema => ({ properties: { type: { const: name }, size: text, other: text }, required: ['type', 'size'], additionalProperties: false })
  const branches: JsonSchema = { discriminator: { propertyName: 'type' }, oneOf: [branch('a'), branch('b')] }
  const [a, b] = ['a', 'b'].map(name => ({ properties: { type: { const: name } }, required: ['type'] }))
  t.same(narrowSchema(branches, node({ type: node('b') })).oneOf, [a, { ...branch('b'), properties: { ...branch('b').properties, other: {} } }])
  for (const wrong of [node({ type: node('c') }), node({}), node('x')]) t.same(narrowSchema(branches, wrong).oneOf, [a, b])
  const free: JsonSchema = { oneOf: [inner, schema] }
  t.same(narrowSchema(free, node({ one: node('x') })), free, 'what is not chosen by a word is held against all of it')
})

test('the items of a list, and what stands under names of its own, have what one of them has written', async t => {
  const list: JsonSchema = { type: 'array', items: schema }
  const items = { place, keyPlace: place, content: [node({ one: node({}) }), node({ three: node('y') })] }
  t.same(narrowSchema(list, items), { type: 'array', items: { ...schema, properties: { one: { ...inner, properties: { needed: text, other: {} } }, two: {}, three: text } } })
  t.same(narrowSchema(list, { ...items, content: [] }), { type: 'array', items: {} })
  const named: JsonSchema = { properties: { three: text }, additionalProperties: schema }
  t.same(narrowSchema(named, node({ three: node('y') })), { properties: { three: text }, additionalProperties: {} })
  t.same(narrowSchema(named, node({ mine: node({ three: node('y') }) })), { properties: { three: {} }, additionalProperties: { ...schema, properties: { one: {}, two: {}, three: text } } })
})
