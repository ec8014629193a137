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

test('something else in the place of an object is held against all of it, and so are branches', async t => {
  t.equal(narrowSchema(schema, node('x')), schema)
  const branches: JsonSchema = { oneOf: [inner, schema] }
  t.equal(narrowSchema(branches, node({ one: node('x') })), branches)
})
