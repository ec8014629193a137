import { test } from 'tap'
import { createChanges, isRecord, manyIn } from '../../lib/repository/crud-changes.js'

const isOne = ({ id }: Record<PropertyKey, unknown>): boolean => id !== undefined
const { creation, update, replacement, deletion } = createChanges(isOne)

test('what is written is found in the shapes that repositories know, and not guessed', async (t) => {
  const data = { title: 'New' }
  for (const [title, args] of [
    ['an id and the fields', ['1', data]], ['an id that is an object', [new Date(0), data]], ['what is to be changed, and where', [{ where: { id: 1 }, data }]], ['the fields under data', [{ data }]]
  ] as const) {
    t.same(update(args), [{ attributes: data, isPartial: true }], title)
    t.same(replacement(args), [{ attributes: data }], title)
  }
  t.same(update([{ id: 1, title: 'New' }]), [{ attributes: { id: 1, title: 'New' }, isPartial: true }], 'an object')
  t.same(update([{ id: 1, data: 'x' }]), [{ attributes: { id: 1, data: 'x' }, isPartial: true }], 'an object with a field of that name')
  for (const [title, args] of [
    ['operators', ['1', { $set: data }]], ['two objects', [{ id: 1 }, data]], ['values and where', [data, { where: { id: 1 } }]], ['where alone', [{ where: { id: 1 } }]], ['an id alone', ['1']], ['no object', ['1', 'text']]
  ] as const) t.same(update(args), [undefined], title)
  t.same([update([]), update([null, data])], [[], []])
})

test('each of a list, in its order', async (t) => {
  t.same(update([[{ id: 1, a: 1 }, 'x']]), [{ attributes: { id: 1, a: 1 }, isPartial: true }, undefined])
  t.same(update([['1', '2'], { a: 1 }]), [{ attributes: { a: 1 }, isPartial: true }, { attributes: { a: 1 }, isPartial: true }])
  t.same(creation([{ data: [{ a: 1 }, { a: 2 }] }]), [{ attributes: { a: 1 }, isNew: true }, { attributes: { a: 2 }, isNew: true }])
  t.same(deletion([['1', '2']]), [{}, {}])
  t.same(manyIn({ id: 1, data: [1] }, isOne), { id: 1, data: [1] }, 'what has an id is one object')
})

test('of what is created options are not its fields', async (t) => {
  t.same(creation([{ a: 1 }, { transaction: {} }]), [{ attributes: { a: 1 }, isNew: true }])
  t.same([isRecord({}), isRecord(Object.create(null)), isRecord([]), isRecord(new Date()), isRecord(Buffer.from(''))], [true, true, false, false, false])
})
