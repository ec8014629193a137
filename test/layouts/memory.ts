import { test } from 'tap'
import { recurring, remembered } from '../../lib/layouts/memory.js'

test('what is marked is written once, anything else each time', async t => {
  let written = 0
  const write = ({ name }: { name: string }): string => { written++; return name }
  const user = recurring({ name: 'a' })
  t.equal(remembered(user, write), 'a')
  t.equal(remembered(user, write), 'a')
  t.equal(written, 1)
  const other = Object.freeze({ name: 'b' })
  t.equal(remembered(other, write), 'b')
  t.equal(remembered(other, write), 'b')
  t.equal(written, 3)
})

test('nobody sees the mark, and no copy has it', async t => {
  const user = recurring({ name: 'a' })
  remembered(user, ({ name }) => name)
  t.same(user, { name: 'a' })
  t.equal(JSON.stringify(user), '{"name":"a"}')
  t.equal(remembered({ ...user, name: 'b' }, ({ name }) => name), 'b')
  t.equal(remembered(Object.assign({}, user, { name: 'c' }), ({ name }) => name), 'c')
})
