import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { keptFor, matchedRules } from '../../lib/explain/rules.js'

const record = (event: object, more: object = {}): AuditRecord => ({ message: 'x', event: { action: 'x', ...event }, ...more }) as AuditRecord

test('of many rules, those that match are told, each with its place', async t => {
  const rules = [{ actions: ['y'] }, { outcomes: ['failure' as const] }, { actions: ['x'], outcomes: ['success' as const] }, { users: ['/^a/'] }]
  t.same(matchedRules(rules, record({ outcome: 'failure' }, { user: { name: 'ann' } }), position => `at ${position}`), [{ where: 'at 1', rule: rules[1] }, { where: 'at 3', rule: rules[3] }])
  t.same(matchedRules([], record({}), String), [])
})

test('a failure is kept for what it is, and only where a filter would have dropped it', async t => {
  const ignore = [{ actions: ['x'] }]
  const login = record({ category: ['authentication'], outcome: 'failure' })
  const refusal = record({ category: ['iam'], outcome: 'failure' })
  t.equal(keptFor({ ignore, include: [], allowed: [] }, login), 'authentication')
  t.equal(keptFor({ ignore, include: [], allowed: ['authorization'] }, login), 'authentication')
  t.equal(keptFor({ ignore, include: [], allowed: ['authentication'] }, login), null)
  t.equal(keptFor({ ignore, include: [], allowed: [] }, refusal), 'authorization')
  t.equal(keptFor({ ignore, include: [], allowed: ['authentication'] }, refusal), 'authorization')
  t.equal(keptFor({ ignore: [], include: [{ actions: ['y'] }], allowed: [] }, refusal), 'authorization')
  t.equal(keptFor({ ignore: [{ actions: ['y'] }], include: [], allowed: [] }, refusal), null, 'nothing would have dropped it')
  t.equal(keptFor({ ignore, include: [], allowed: [] }, record({ outcome: 'success' })), null, 'it is dropped')
})
