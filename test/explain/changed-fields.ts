import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { changedFields } from '../../lib/explain/changed-fields.js'
import { hashValue } from '../../lib/trail/fields/hash.js'

const KEY = 'k'.repeat(32)
const hash = (value: string): string => hashValue(value, KEY)
const record = (fields: object): AuditRecord => fields as AuditRecord

test('what is gone, what is a hash, and what reads differently', async t => {
  const before = record({ message: 'ann and 7', user: { name: 'ann', email: 'a@b', roles: ['x', 'y'] }, client: { ip: '::1' }, labels: { n: 7, gone: undefined } })
  const after = record({ message: 'changed', user: { name: hash('ann'), roles: [hash('x'), hash('y')] }, client: { ip: undefined, address: hash('::1') }, labels: { n: hash('7') } })
  t.same(changedFields(before, after, KEY), { removed: ['user.email'], hashed: ['user.name', 'user.roles', 'client.ip', 'labels.n'], changed: ['message'] })
  t.same(changedFields(before, before, KEY), { removed: [], hashed: [], changed: [] })
  t.same(changedFields(before, after, null).hashed, [], 'without a key there are no hashes')
})

test('a list that has lost an item reads differently', async t => {
  t.same(changedFields(record({ user: { roles: ['a', 'b'] } }), record({ user: { roles: ['a'] } }), null), { removed: [], hashed: [], changed: ['user.roles'] })
})
