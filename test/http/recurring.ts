import { test } from 'tap'
import { createRecurring } from '../../lib/http/recurring.js'

test('equal answers give the same object, which holds ECS fields and nothing else', async t => {
  const { userOf } = createRecurring()
  const row = { id: 'u1', name: 'jdoe', roles: ['editor'], password: 'secret' }
  const user = userOf(row)
  t.strictSame({ ...user }, { id: 'u1', name: 'jdoe', roles: ['editor'] })
  t.equal(userOf({ ...row, roles: ['editor'], password: 'another' }), user)
})

test('an answer that differs in anything gives another user, also when the application changes its own object', async t => {
  const { userOf } = createRecurring()
  const row: Record<string, unknown> & { roles: string[] } = { id: 'u1', name: 'jdoe', roles: ['editor'] }
  const user = userOf(row)
  row.roles.push('admin')
  t.strictSame(userOf(row).roles, ['editor', 'admin'])
  t.strictSame(user.roles, ['editor'], 'what was handed out stays')
  for (const [name, value] of Object.entries({ name: 'other', full_name: 'J', email: 'e', domain: 'd', hash: 'h', roles: undefined })) {
    const other = userOf({ ...row, [name]: value }) as Record<string, unknown>
    t.same(other[name], value, name)
  }
})

test('what is no text is asked for its text each time', async t => {
  const { userOf } = createRecurring()
  let text = 'one'
  const id = { toString: () => text }
  t.equal(userOf({ id, name: 'a' }).id, 'one')
  text = 'two'
  t.equal(userOf({ id, name: 'a' }).id, 'two')
  const name = { toString: () => text }
  t.equal(userOf({ id: 'x', name }).name, 'two')
  text = 'three'
  t.equal(userOf({ id: 'x', name }).name, 'three')
})

test('spaces and sessions, addresses and headers that recur are the same objects', async t => {
  const { kibanaOf, clientOf, forwardedFor } = createRecurring()
  t.equal(kibanaOf('default', 's1'), kibanaOf('default', 's1'))
  t.same(kibanaOf('other', 's1'), { space_id: 'other', session_id: 's1' })
  t.same(kibanaOf('s1', undefined), { space_id: 's1', session_id: undefined })
  t.same(clientOf('203.0.113.9'), { ip: '203.0.113.9' })
  t.same(clientOf('unix:socket'), { address: 'unix:socket' })
  t.equal(clientOf('203.0.113.9'), clientOf('203.0.113.9'))
  t.same(forwardedFor('a, b'), { request: { headers: { 'x-forwarded-for': 'a, b' } } })
  t.equal(forwardedFor('a'), forwardedFor('a'))
})

test('the memory is bounded, whatever senders make up', async t => {
  const { forwardedFor } = createRecurring()
  const first = forwardedFor('first')
  for (let i = 0; i < 5000; i++) forwardedFor(`made up ${i}`)
  t.not(forwardedFor('first'), first, 'it has been forgotten')
  const long = 'x'.repeat(10_000)
  t.not(forwardedFor(long), forwardedFor(long), 'and what is long is not kept at all')
})
