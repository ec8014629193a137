import { test } from 'tap'
import { auditUserOf } from '../../lib/events/audit-user.js'

test('of a row of the users\' table, only what an event may have is taken', async t => {
  const row = { id: 42, name: 'jane', roles: ['editor', 7], password: 'hunter2', passwordHash: 'x', email: null, toJSON: () => 'all' }
  t.strictSame(auditUserOf(row as never), { id: '42', name: 'jane', roles: ['editor'] })
})
