import { test } from 'tap'
import { recurring, remembered } from '../../lib/layouts/memory.js'

test('what recurs is written once, and nobody else sees that it is remembered', async t => {
  let writes = 0
  const write = ({ id }: { id: string }): string => { writes++; return `"${id}"` }
  const user = recurring({ id: 'u1' })
  t.equal(remembered(user, write), '"u1"')
  t.equal(remembered(user, write), '"u1"')
  t.equal(writes, 1)
  t.strictSame(Object.entries(user), [['id', 'u1']])
  t.equal(remembered({ ...user, id: 'u2' }, write), '"u2"', 'a copy is another object')
})

test('what is not marked is written each time: it may have changed', async t => {
  const user = { id: 'u1' }
  t.equal(remembered(user, ({ id }) => id), 'u1')
  user.id = 'u2'
  t.equal(remembered(user, ({ id }) => id), 'u2')
})
