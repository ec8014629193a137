import { test } from 'tap'
import { createNameOf, idText, isThenable, nameIn, objectReference, referenceKey } from '../../lib/repository/object-reference.js'

class ObjectId {
  toString (): string { return '64b7' }
}

test('an id is a text, whatever the database has for one', (t) => {
  t.same(['a', 7, 7n, new ObjectId(), Uint8Array.of(1, 255)].map(idText), ['a', '7', '7', '64b7', '01ff'])
  t.same([{ tenant: 'a', number: 1 }, ['a', 1], Object.assign(Object.create(null) as object, { a: 1 })].map(idText), ['{"tenant":"a","number":1}', '["a",1]', '{"a":1}'])
  t.same([undefined, null].map(idText), [undefined, undefined])
  t.end()
})

test('a name is a name, else a title, that is a text', (t) => {
  t.same([{ title: 'a', name: 'b' }, { title: 'a', name: '' }, { title: 'a', name: 7 }, { name: 'b' }, { title: 7 }, null, 'title'].map(nameIn), ['b', 'a', 'a', 'b', undefined, undefined, undefined])
  t.end()
})

test('a type may have another attribute for its name; what lacks it is called by the usual ones', (t) => {
  const nameOf = createNameOf({ person: 'fullName', constructor: 'made' })
  const person = { fullName: 'Jane Doe', name: 'jane' }
  t.same([nameOf('person', person), nameOf('person', { name: 'jane' }), nameOf('person', { ...person, fullName: 7 }), nameOf('person', null)], ['Jane Doe', 'jane', 'jane', undefined])
  t.same([nameOf('robot', person), nameOf('constructor', { made: 'up' }), nameOf('__proto__', person), nameOf(undefined, person)], ['jane', 'up', 'jane', 'jane'])
  t.equal(createNameOf({})('person', person), 'jane')
  t.end()
})

test('a reference holds what is known', (t) => {
  t.same(objectReference('a', '1', 'One'), { type: 'a', id: '1', name: 'One' })
  t.same(Object.keys(objectReference('a', undefined, 'One')), ['type', 'name'])
  t.same(Object.keys(objectReference('a', '1')), ['type', 'id'])
  t.same(Object.keys(objectReference('__proto__')), ['type'])
  t.same(objectReference(undefined, 1), { type: 'undefined', id: '1' })
  t.end()
})

test('objects are told apart by type and id, whatever these hold', (t) => {
  const keys = [{ type: 'a', id: '1' }, { type: 'a1', id: '' }, { type: 'a' }, { type: 'a:', id: '1' }, { type: '1:a1' }, { type: ':a' }].map(referenceKey)
  t.equal(new Set(keys).size, 6)
  t.equal(referenceKey({ type: 'a', id: '1', name: 'One' }), keys[0])
  t.end()
})

test('what can be awaited is told from what cannot', (t) => {
  const thenable = Object.fromEntries([['then', () => {}]])
  t.same([Promise.resolve(), thenable, { then: 1 }, null, 7].map(isThenable), [true, true, false, false, false])
  t.end()
})
