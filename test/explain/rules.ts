import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { changingRules, keptFor, matchedRules } from '../../lib/explain/rules.js'

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

test('what shows when the log was kept is kept, unless a rule names it', async t => {
  const started = record({ action: 'audit_started', outcome: 'success' })
  t.equal(keptFor({ ignore: [{ outcomes: ['success'] }], include: [], allowed: [] }, started), 'lifecycle')
  t.equal(keptFor({ ignore: [], include: [{ actions: ['x'] }], allowed: [] }, started), 'lifecycle')
  t.equal(keptFor({ ignore: [{ actions: ['audit_started'] }], include: [], allowed: [] }, started), null)
  t.equal(keptFor({ ignore: [{ actions: ['y'] }], include: [], allowed: [] }, started), null)
})

test('the rules of fields that change an event: of several for one field the first, and none that finds nothing', async t => {
  const where = (name: string) => (...place: (string | number)[]): string => [name, ...place].join(' ')
  const rule = (...fields: string[]): { fields: string[] } => ({ fields })
  const said = record({}, { user: { name: 'ann', id: '1' }, labels: { a: 'b' } })
  const section = { include: [], exclude: [rule('user.email'), rule('user.id')], hash: [rule('user.name')] }
  const own = { include: [rule('user')], exclude: [rule('user.id')], hash: [rule('user')] }
  t.same(changingRules([{ lists: section, where: where('section') }, { lists: own, where: where('own') }], said, 'k'.repeat(32)).map(({ where }) => where), ['section exclude 1', 'own hash 0', 'own include'])
  t.same(changingRules([{ lists: { include: [], exclude: [], hash: [] }, where: where('none') }], said, null), [])
})
