import { test } from 'tap'
import { NOT_PLAIN } from '../../lib/layouts/quote.js'
import { hasOnly, isPlainObject, MAX_DEPTH, objectJson, valueJson } from '../../lib/layouts/value.js'

const thrownBy = (value: unknown): unknown => {
  try { valueJson(value, 0) } catch (thrown) { return thrown }
  return undefined
}

test('plain values are written as JSON.stringify writes them', async t => {
  const values: unknown[] = ['text', '', 0, -1.5e-7, 1e21, true, false, null, [], {}, [1, 'two', [null]], { a: { b: [{ c: '"' }] }, 'odd "key"\n': 1 }, { gone: undefined, kept: 1 }, Object.assign(Object.create(null), { bare: 1 })]
  for (const value of values) t.equal(valueJson(value, 0), JSON.stringify(value))
})

test('whatever is not plain is refused', async t => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  let deep: unknown = 1
  for (let i = 0; i <= MAX_DEPTH; i++) deep = { deep }
  for (const value of [undefined, NaN, Infinity, 1n, Symbol('s'), () => {}, new Date(), new Map(), Buffer.from('x'), new (class Thing {})(), circle, deep, [undefined], JSON.parse('{"__proto__":1}'), { '\ud800': 1 }]) {
    t.equal(thrownBy(value), NOT_PLAIN)
  }
  t.throws(() => objectJson({ get a () { throw new Error('no') } }, 0), { message: 'no' }, 'what a getter throws comes through')
})

test('one field of a name, or none, is told from more', async t => {
  for (const object of [undefined, {}, { a: 1 }, { a: undefined }]) t.ok(hasOnly('a', object))
  for (const object of [{ b: 1 }, { a: 1, b: undefined }]) t.notOk(hasOnly('a', object))
})

test('an object is plain when it has no class', async t => {
  for (const value of [{}, Object.create(null)]) t.ok(isPlainObject(value))
  for (const value of [null, undefined, 1, 'text', [], new Date(), new (class Thing {})()]) t.notOk(isPlainObject(value))
})
