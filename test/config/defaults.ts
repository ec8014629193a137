import { test } from 'tap'
import { withDefaults } from '../../lib/config/defaults.js'

const schema = {
  type: 'object',
  properties: {
    flag: { type: 'boolean', default: true },
    none: { type: 'string' },
    list: { type: 'array', default: [], items: { type: 'object', properties: { a: { type: 'integer', default: 1 } } } },
    filled: { type: 'object', default: {}, properties: { inner: { type: 'string', default: 'x' } } },
    absent: { type: 'object', properties: { inner: { type: 'string', default: 'x' } } },
    named: { type: 'object', additionalProperties: { type: 'object', properties: { size: { type: 'string', default: '1mb' } } } },
    union: {
      type: 'object',
      default: { type: 'two' },
      oneOf: [
        { type: 'object', required: ['type'], properties: { type: { const: 'one' }, size: { type: 'integer', default: 1 } } },
        { type: 'object', required: ['type'], properties: { type: { const: 'two' }, count: { type: 'integer', default: 2 } } }
      ]
    },
    shortOrLong: { default: 'short', oneOf: [{ enum: ['short'] }, { type: 'object', properties: { depth: { type: 'integer', default: 3 } } }] }
  }
} as const

test('defaults are filled in at every level, what has none stays absent', async (t) => {
  t.same(withDefaults(schema, {}), { flag: true, list: [], filled: { inner: 'x' }, union: { type: 'two', count: 2 }, shortOrLong: 'short' })
  t.same(Object.keys(withDefaults(schema, { absent: {} }).absent ?? {}), ['inner'])
  t.same(withDefaults(schema, { named: { a: {}, b: { size: '2mb' } } }).named, { a: { size: '1mb' }, b: { size: '2mb' } })
  t.same(withDefaults(schema, { list: [{}, { a: 2 }] }).list, [{ a: 1 }, { a: 2 }])
})

test('what is written wins over the default, also when it is false, zero or null', async (t) => {
  t.match(withDefaults(schema, { flag: false, filled: { inner: '' }, list: [{ a: 0 }] }), { flag: false, filled: { inner: '' }, list: [{ a: 0 }] })
  t.equal(withDefaults({ type: 'object', properties: { a: { type: ['string', 'null'], default: 'x' } } } as const, { a: null }).a, null)
})

test('in a union the branch of the given type has its defaults filled in', async (t) => {
  t.same(withDefaults(schema, { union: { type: 'one' } }).union, { type: 'one', size: 1 })
  t.same(withDefaults(schema, { shortOrLong: {} }).shortOrLong, { depth: 3 })
})

test('the result is a frozen copy: neither the value nor the schema is touched or shared', async (t) => {
  const value = { list: [{}], union: { type: 'one' } }
  const before = JSON.stringify([schema, value])
  const settings = withDefaults(schema, value)
  t.equal(JSON.stringify([schema, value]), before)
  for (const part of [settings, settings.list, settings.list[0], settings.union, settings.filled]) t.equal(Object.isFrozen(part), true)
  t.equal(Object.isFrozen(schema.properties.filled.default), false)
  t.equal(Object.isFrozen(value.union), false)
})

test('the type knows which keys are always there', async (t) => {
  const settings = withDefaults(schema, {})
  // These assignments are the test: `tsc -p test` refuses them if a default were still optional.
  const flag: boolean = settings.flag
  const inner: string = settings.filled.inner
  const none: string | undefined = settings.none
  const size: number = settings.union.type === 'one' ? settings.union.size : settings.union.count
  t.same([flag, inner, none, size], [true, 'x', undefined, 2])
})
