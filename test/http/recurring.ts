import { test } from 'tap'
import { createRecurring } from '../../lib/http/recurring.js'

test('equal answers are one object, others are others', async t => {
  const { userOf, kibanaOf, clientOf, forwardedFor } = createRecurring()
  const user = { id: 'u1', name: 'jdoe', roles: ['a', 'b'], password: 'secret' }
  const first = userOf(user)
  t.same(first, { id: 'u1', name: 'jdoe', roles: ['a', 'b'] })
  t.equal(userOf({ ...user, roles: [...user.roles] }), first)
  for (const other of [{ id: 'u2' }, { name: 'other' }, { name: undefined }, { name: null }, { roles: ['a'] }, { roles: ['a', 'c'] }, { roles: undefined }, { roles: 'a' }, { email: 'e' }, { full_name: 'f' }, { domain: 'd' }, { hash: 'h' }]) {
    const answer = { ...user, ...other }
    const { password, roles, ...texts } = answer
    const expected = JSON.parse(JSON.stringify({ ...texts, ...Array.isArray(roles) && { roles } }, (_, value: unknown) => value ?? undefined))
    t.strictSame(userOf(answer), expected)
    t.strictSame(userOf(answer), expected)
    t.strictSame(userOf(user), first)
  }
  t.equal(kibanaOf('s', 'x'), kibanaOf('s', 'x'))
  t.same([kibanaOf('s', undefined), kibanaOf('x', 's'), kibanaOf(undefined, 's'), kibanaOf('t', 's')], [{ space_id: 's' }, { space_id: 'x', session_id: 's' }, { session_id: 's' }, { space_id: 't', session_id: 's' }])
  t.equal(clientOf('::1'), clientOf('::1'))
  t.same([clientOf('10.0.0.1'), clientOf('unknown')], [{ ip: '10.0.0.1' }, { address: 'unknown' }])
  t.equal(forwardedFor('a'), forwardedFor('a'))
  t.same(forwardedFor('b, \ud800'), { request: { headers: { 'x-forwarded-for': 'b, \ufffd' } } })
})

test('a user whom the application changes is another user from then on', async t => {
  const { userOf } = createRecurring()
  const user = { id: 'u1', name: 'jdoe', roles: ['a'] }
  const before = userOf(user)
  user.roles[0] = 'b'
  user.name = 'other'
  t.same(userOf(user), { id: 'u1', name: 'other', roles: ['b'] })
  t.same(before, { id: 'u1', name: 'jdoe', roles: ['a'] })
})

test('what only looks the same is asked again: ids and roles that are no text', async t => {
  const { userOf } = createRecurring()
  let text = 'a'
  const changing = { toString: () => text }
  const user = { id: 'u1', name: changing, roles: ['r', changing] }
  t.same(userOf(user), { id: 'u1', name: 'a', roles: ['r', 'a'] })
  text = 'b'
  t.same(userOf(user), { id: 'u1', name: 'b', roles: ['r', 'b'] })
  t.same(userOf({ id: 7 }), { id: '7' })
  t.same(userOf({ roles: [] }), { roles: [] })
  let reads = 0
  const getter = { id: 'u2', get name () { return `read ${++reads}` } }
  t.same([userOf(getter), userOf(getter)], [{ id: 'u2', name: 'read 1' }, { id: 'u2', name: 'read 3' }], 'what is recorded is what was read last, and read once')
})

test('the memory stays small: of many users, and of long texts', async t => {
  const { clientOf, userOf } = createRecurring()
  const first = clientOf('10.0.0.1')
  for (let i = 0; i < 5000; i++) clientOf(`10.1.${i >> 8}.${i & 255}`)
  t.not(clientOf('10.0.0.1'), first)
  const long = { id: 'x'.repeat(300) }
  t.not(userOf(long), userOf(long))
  t.same(userOf(long), long)
})
