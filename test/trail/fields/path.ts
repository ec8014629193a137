import { test } from 'tap'
import { assertPlain, changeAt, compilePath, pathFault } from '../../../lib/trail/fields/path.js'

const gone = (object: object, path: string) => JSON.parse(JSON.stringify(changeAt(object, compilePath(path), () => undefined)))

test('a copy is made of what lies on the way, and of nothing else', async (t) => {
  const object = { a: { b: 1 }, c: { d: 2 } }
  const changed = changeAt(object, compilePath('a.b'), () => 3) as typeof object
  t.same([object.a.b, changed.a.b], [1, 3])
  t.equal(changed.c, object.c)
  for (const path of ['a.x', 'x', 'a.b.c', 'toString', 'constructor.name']) t.equal(changeAt(object, compilePath(path), () => 0), object, path)
})

test('dotted names and the items of lists are found', async (t) => {
  t.same(gone({ 'a.b': 1, a: { b: 1, 'b.c': 2, d: [{ e: 1, f: 2 }] } }, 'a.b'), { a: { 'b.c': 2, d: [{ e: 1, f: 2 }] } })
  t.same(gone({ a: { 'b.c': 2 } }, 'a.b.c'), { a: {} })
  t.same(gone({ 'a.b.c.d': 1, 'a.b': { 'c.d': 1, c: { d: 1 } }, a: { 'b.c': { d: 1 }, b: { c: { d: 1, e: 2 } } } }, 'a.b.c.d'), { 'a.b': { c: {} }, a: { 'b.c': {}, b: { c: { e: 2 } } } }, 'however it is cut')
  t.same(gone({ a: [{ e: 1, f: 2 }, 'x'] }, 'a.e'), { a: [{ f: 2 }, 'x'] })
})

test('what writes itself is not guessed at', async (t) => {
  for (const object of [new Map([['b', 1]]), { b: 1, toJSON: () => ({ b: 1 }) }, new (class { b = 1 })(), new Date(0)]) {
    t.throws(() => changeAt({ a: object }, compilePath('a.b'), () => 0))
    t.throws(() => assertPlain(object))
  }
})

test('what every event needs, and what is no path, is refused', async (t) => {
  for (const path of ['', 'a.', '.a', 'a.__proto__', 'event', 'event.outcome', 'event.category', 'message', 'log.level', 'process.pid', 'ecs']) t.type(pathFault(path), 'string', path)
  for (const path of ['event.reason', 'user', 'user.name', 'messages', 'constructor']) t.equal(pathFault(path), null, path)
})
