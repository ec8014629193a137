import { test } from 'tap'
import { messageOf, plainEvent, plainText } from '../../lib/layouts/plain.js'
import { MAX_STRING_LENGTH } from '../../lib/layouts/quote.js'
import { valueJson } from '../../lib/layouts/value.js'

const event = { action: 'test', outcome: 'unknown' } as const

/** The copy, after it has been shown that it can be written. */
function plain (value: unknown): Record<string, unknown> {
  const copy = plainEvent(value)
  return JSON.parse(valueJson(copy, 0))
}

test('a plain event is copied as it is, without a mark', async t => {
  const said = { message: 'm', event, kibana: { saved_object: { type: 'a', id: '1' } }, labels: { a: 1 }, tags: ['x', 'y'] }
  t.same(plain(said), said)
  t.not(plainEvent(said), said)
  t.same(plain({ message: 'm', event, at: new Date(0), absent: null, gone: undefined, empty: {}, bare: Object.create(null) }), { message: 'm', event, at: '1970-01-01T00:00:00.000Z', empty: {}, bare: {} }, 'dates are text, null is absent: no fault')
})

test('of a difference null is a value', async t => {
  const diff = { format: 'json_patch_extended', ops: [{ op: 'replace', path: '/a', value: null, oldValue: [null, 1] }], noOps: [] }
  t.same(plain({ message: 'm', event, kibana: { diff, space_id: null } }), { message: 'm', event, kibana: { diff } })
})

test('of a difference null is a value', async t => {
  const diff = { format: 'json_patch_extended', ops: [{ op: 'replace', path: '/a', value: null, oldValue: [null, 1] }], noOps: [] }
  t.same(plain({ message: 'm', event, kibana: { diff, space_id: null } }), { message: 'm', event, kibana: { diff } })
})

test('what cannot be kept is named in labels.audit_fault and everything else is kept', async t => {
  const circle: Record<string, unknown> = { name: 'circle' }
  circle.self = circle
  const cases: [unknown, unknown, RegExp][] = [
    [circle, { name: 'circle' }, /odd\.self: a circular reference/],
    [12345678901234567890n, '12345678901234567890', /odd: a bigint/],
    [{ get bad () { throw new Error('getter says no') }, good: 1 }, { good: 1 }, /odd\.bad: cannot be read \(getter says no\)/],
    ['\ud800', '\ufffd', /odd: holds lone surrogates/],
    [NaN, undefined, /odd: NaN is not a number in JSON/],
    [() => {}, undefined, /odd: a function cannot be written/],
    [Symbol('s'), undefined, /odd: a symbol cannot be written/],
    [JSON.parse('{"__proto__":{"admin":true},"a":1}'), { a: 1 }, /odd\.__proto__: is left out/],
    [/x/, undefined, /odd: a RegExp cannot be written/],
    [new WeakMap(), undefined, /odd: a WeakMap cannot be written/],
    [new WeakSet(), undefined, /odd: a WeakSet cannot be written/],
    [Promise.resolve(1), undefined, /odd: a Promise cannot be written/],
    [new ArrayBuffer(3), undefined, /odd: a ArrayBuffer cannot be written/],
    [new (class Secretive { readonly #x = 1; get x (): number { return this.#x } })(), undefined, /odd: a Secretive cannot be written/],
    [new (class {})(), undefined, /odd: a nameless class cannot be written/],
    [new Date(NaN), undefined, /odd: a Date has nothing to say/],
    [{ inner: [new Date(NaN)] }, { inner: [] }, /odd\.inner\[0\]: a Date has nothing to say/],
    [Buffer.alloc(3), undefined, /odd: 3 bytes of binary data/],
    [{ toJSON () { throw new Error('toJSON says no') } }, undefined, /odd: cannot be read \(toJSON says no\)/],
    [new Proxy({}, { ownKeys () { throw new Error('proxy says no') } }), undefined, /odd: cannot be read \(proxy says no\)/],
    [Array.from({ length: 50_000 }, (_, i) => i), undefined, /more than 20000 values/]
  ]
  for (const [odd, kept, fault] of cases) {
    const copy = plain({ message: 'm', event, odd })
    t.match((copy.labels as { audit_fault: string }).audit_fault, fault)
    if (!Array.isArray(odd)) t.same(copy.odd, kept)
    t.same(copy.event, event)
  }
  t.equal(Object.hasOwn(Object.prototype, 'admin'), false)
})

test('a text that is too long for an index is cut and named in labels.audit_truncated', async t => {
  const labels = { audit_truncated: 'before', mine: 1 }
  t.same(plain({ message: 'm', event, odd: 'x'.repeat(10_000_000) }), { message: 'm', event, odd: 'x'.repeat(MAX_STRING_LENGTH), labels: { audit_truncated: 'odd (10000000 bytes)' } })
  t.same(plain({ message: 'm', event, odd: { list: ['é'.repeat(40_000), 1n] }, labels }).labels, { audit_truncated: 'before, odd.list[0] (80000 bytes)', mine: 1, audit_fault: 'odd.list[1]: a bigint, written as text' })
})

test('a cycle through arrays and depth without end come to an end', async t => {
  const list: unknown[] = []
  list.push([list])
  const endless: object = new Proxy({}, { get: (_, key) => key === 'toJSON' ? undefined : endless, ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) })
  t.match(plain({ message: 'm', event, list }).labels, { audit_fault: /circular/ })
  t.match(plain({ message: 'm', event, endless }).labels, { audit_fault: /circular|deeper/ })
})

test('known classes are written in a way that says what they hold', async t => {
  const copy = plain({ message: 'm', event, map: new Map([['k', 1]]), set: new Set(['v']), error: new TypeError('t'), thing: new (class Thing { a = 1 })() })
  t.match(copy, { map: { k: 1 }, set: ['v'], error: { type: 'TypeError', message: 't' }, thing: { a: 1 } })
})

test('what is not an event at all still becomes one', async t => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  for (const nothing of [undefined, null, 5, 'text', [], {}, { message: 7, event: 'x' }, { message: 'm', event: null }, { event: [] }, () => {}, Symbol('s'), revoked.proxy]) {
    const copy = plain(nothing)
    t.type(copy.message, 'string')
    t.type((copy.event as { action: unknown }).action, 'string')
    t.match(copy.labels, { audit_fault: /expected a string/ })
  }
  t.equal(plain('text').message, 'text')
})

test('faults are told within bounds', async t => {
  const odd = Object.fromEntries(Array.from({ length: 100 }, (_, i) => ['k'.repeat(500) + i, 1n]))
  const { audit_fault: fault } = plain({ message: 'm', event, odd, labels: { mine: 'kept' } }).labels as { audit_fault: string, mine: string }
  t.ok(fault.length <= 1000)
  t.equal(plain({ message: 'm', event, odd, labels: { mine: 'kept' } }).labels && (plain({ message: 'm', event, odd: 1n, labels: { mine: 'kept' } }).labels as { mine: string }).mine, 'kept')
})

test('text is well-formed and bounded, and a message is found in whatever is thrown', async t => {
  t.equal(plainText('\udc00ok'), '\ufffdok')
  t.equal(messageOf(new Error('e')), 'e')
  t.equal(messageOf('text'), 'text')
  t.equal(messageOf({ toString () { throw new Error('no') } }), 'something that has no message was thrown')
})
