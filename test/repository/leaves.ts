import { test } from 'tap'
import { attributeFields, leavesOf } from '../../lib/repository/leaves.js'

const values = (attributes: object): object => Object.fromEntries([...leavesOf(attributes as Record<string, unknown>)].map(([path, { value }]) => [path, value]))

test('each field stands by its JSON Pointer; lists and empty objects are fields', async (t) => {
  t.same(values({ title: 'Sales', vis: { state: { on: true, none: null } }, 'a.b': 1, 'a/b~c': 2, tags: ['x', { y: 1 }], empty: {}, gone: undefined, run: () => 1 }), {
    '/title': 'Sales', '/vis/state/on': true, '/vis/state/none': null, '/a.b': 1, '/a~1b~0c': 2, '/tags': ['x', { y: 1 }], '/empty': {}
  })
  t.same(leavesOf({ a: { b: 1 } }).get('/a/b'), { names: ['a', 'b'], value: 1, json: '1' })
})

test('whatever an application keeps in a field is what a line can hold', async (t) => {
  class Money {
    readonly amount = 5
    readonly #currency = 'EUR'
    get currency (): string { return this.#currency }
  }
  const hostile = { get bad (): never { throw new Error('no') } }
  t.same(values({
    date: new Date(0), big: 12n, not: NaN, bytes: Buffer.from('abc'), map: new Map([['k', 'v']]), set: new Set([1, 2]), pattern: /x/, money: new Money(), lone: '\ud800', list: [undefined, () => 1, NaN, 1n, new Date(0), /y/, Buffer.from('a')], hostile
  }), {
    '/date': '1970-01-01T00:00:00.000Z', '/big': '12', '/not': 'NaN', '/bytes': 'YWJj', '/map/k': 'v', '/set': [1, 2], '/pattern': '/x/', '/money/amount': 5, '/lone': '\ufffd', '/list': [null, null, 'NaN', '1', '1970-01-01T00:00:00.000Z', '/y/', 'YQ=='], '/hostile/bad': '[cannot be read]'
  })
  t.same(values({ list: [[[[[[['deep']]]]]], { ['__proto__']: { a: 1 }, b: 2 }] }), { '/list': [[[[[['[too deep]']]]]], { b: 2 }] })
})

test('cycles come to an end, and so does what is deep or wide', async (t) => {
  const circle: Record<string, unknown> = { name: 'circle', within: { again: null }, list: [] }
  Object.assign(circle, { self: circle, within: { again: circle }, list: [circle] })
  t.same(values(circle), { '/name': 'circle', '/within/again': '[circular]', '/list': ['[circular]'], '/self': '[circular]' })
  let deep: Record<string, unknown> = { end: 1 }
  for (let i = 0; i < 50; i++) deep = { d: deep }
  t.same(values(deep), { ['/d'.repeat(32)]: '[too deep]' })
  t.equal(leavesOf(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`f${i}`, i]))).size, 10_000)
})

test('attributes are taken in whatever they come; what is not set is absent', async (t) => {
  class Document { toJSON (): object { return { a: 1, b: undefined } } }
  t.same(attributeFields(new Document()), { a: 1 })
  t.same([attributeFields(null), attributeFields(undefined), attributeFields('text'), attributeFields([1])], [{}, {}, {}, {}])
  t.same(attributeFields(new Map([['a', null]])), { a: null })
})
