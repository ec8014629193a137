import { test } from 'tap'
import { nameIn } from '../../lib/repository/object-reference.js'
import { copies, copyOf, hasId, intact, items, list, listIn, refusedItems, referTo, resolvedObjects, withId } from '../../lib/repository/items.js'

const nameOf = (_type: unknown, attributes: unknown): string | undefined => nameIn(attributes)
const forbidden = { type: 'map', id: '2', error: { statusCode: 403, error: 'Forbidden', message: 'no' } }
const missing = { type: 'map', id: '3', error: { statusCode: 404 } }

test('items are found in lists, whatever else stands there', async (t) => {
  t.same(items([{ id: '1' }, null, 7, 'x']), [{ id: '1' }])
  t.same(listIn({ statuses: [{ id: '1' }] }, 'statuses'), [{ id: '1' }])
  for (const none of [null, undefined, {}, 'text', new Set()]) t.throws(() => items(none), TypeError)
  t.throws(() => listIn(null, 'statuses'), { message: 'expected a list of objects, got undefined' })
  t.same(resolvedObjects({ resolved_objects: [{ saved_object: { id: '1' } }, { id: '2' }] }), [{ id: '1' }, { id: '2' }])
})

test('those without an error are intact; those with 401 or 403 were refused', async (t) => {
  t.same(intact([{ id: '1' }, { id: '2', error: null }, forbidden, missing]).map(({ id }) => id), ['1', '2'])
  t.same(refusedItems([{ id: '1' }, forbidden, missing], nameOf), [{ object: { type: 'map', id: '2' }, error: { code: 'Forbidden', message: 'no' } }])
  t.same([{ type: 'map', id: '1', attributes: { title: 'Europe' } }].map(referTo(nameOf)), [{ type: 'map', id: '1', name: 'Europe' }])
})

test('what is copied is the list and its items, and nothing is changed', async (t) => {
  const given = Object.freeze([Object.freeze({ id: '1' }), 7])
  const copied = copies(given, (item) => withId(item, 'new'))
  t.same([copied, given], [[{ id: 'new' }, 7], [{ id: '1' }, 7]])
  t.throws(() => copies({}, (item) => item), TypeError)
  t.same([hasId({ id: 0 }), hasId({ id: null }), hasId({})], [true, false, false])
  t.not(copyOf(given), given)
  t.same([copyOf(given), copyOf('*'), list(given), list('*')], [given, '*', given, []])
})
