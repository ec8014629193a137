import { test } from 'tap'
import { isRemembered, remember } from '../../lib/repository/remembered.js'

test('a result is known again by itself, by its list, and by a copy around that list', async (t) => {
  const recorded = new WeakSet<object>()
  const page = { total: 1, saved_objects: [{ type: 'dashboard', id: '1' }] }
  t.notOk(isRemembered(recorded, page))
  remember(recorded, page)
  t.ok(isRemembered(recorded, page))
  t.ok(isRemembered(recorded, page.saved_objects))
  t.ok(isRemembered(recorded, { ...page, page: 2 }))
  t.notOk(isRemembered(recorded, { ...page, saved_objects: [...page.saved_objects] }), 'another list is another result')
})

test('what is no object is not remembered', async (t) => {
  const recorded = new WeakSet<object>()
  for (const result of [undefined, null, 'text', 7]) {
    remember(recorded, result)
    t.notOk(isRemembered(recorded, result))
  }
})
