import { EcsFlat } from '@elastic/ecs'
import { test } from 'tap'
import type { Operations } from '../../lib/contracts.js'
import { checkOperations, shown } from '../../lib/repository/operations.js'
import { savedObjectsOperations } from '../../lib/repository/saved-objects.js'

const good = { action: 'invoice_archive', kind: 'write', type: 'change', verbs: ['archiving', 'archived', 'archive'] } as const

function faultsOf (operations: unknown): string[] {
  try {
    checkOperations(operations as Operations)
    return []
  } catch (error) {
    if ((error as { code?: string }).code !== 'AUDIT_ERR_OPTION') throw error
    return (error as Error).message.split('\n')
  }
}

test('good tables pass', (t) => {
  t.same(faultsOf(savedObjectsOperations()), [])
  t.same(faultsOf({ archive: { ...good, category: 'file', noun: 'invoices', authorize: false, requested: () => [] } }), [])
  t.same(faultsOf({ a: { kind: 'handover' }, b: { kind: 'handover', returns: 'same', handOn: () => [] }, c: { kind: 'handover', returns: { d: good } } }), [])
  t.end()
})

test('every type and category of ECS passes', (t) => {
  const values = (field: 'event.type' | 'event.category'): string[] => EcsFlat[field].allowed_values.map(({ name }) => name)
  for (const type of values('event.type')) t.same(faultsOf({ it: { ...good, type } }), [], type)
  for (const category of values('event.category')) t.same(faultsOf({ it: { ...good, category } }), [], category)
  t.end()
})

test('a fault says where, what was expected and what came; all of them are told', (t) => {
  t.same(faultsOf({ archive: { ...good, kind: 'wirte', verbs: ['archiving', 'archived'], requested: 'id' }, other: null }), [
    'operations.archive.kind: expected "read", "write" or "handover", got "wirte"',
    'operations.archive.verbs: expected three verbs such as ["archiving", "archived", "archive"], got a list of 2',
    'operations.archive.requested: expected a function, got "id"',
    'operations.other: expected an operation, got null'
  ])
  t.match(faultsOf({ it: { ...good, type: 'read' } }), [/^operations\.it\.type: expected one of access, admin, .*, got "read"$/])
  t.match(faultsOf({ it: { ...good, category: 'databases' } }), [/^operations\.it\.category: expected one of api, .*, got "databases"$/])
  t.match(faultsOf({ it: { ...good, action: 'archive invoice\n' } }), [/^operations\.it\.action: expected a verb such as "invoice_archive", got "archive invoice\\n"$/])
  t.match(faultsOf({ it: { ...good, noun: ' ', authorize: 'never' } }), ['operations.it.authorize: expected true or false, got "never"', 'operations.it.noun: expected a text, got " "'].sort().reverse())
  t.match(faultsOf({ it: { ...good, verb: 'archive' } }), [/^operations\.it: expected one of action, .*, got "verb"$/])
  t.same(faultsOf({ it: { kind: 'handover', handOn: 1, returns: { find: 2 }, prepare: () => [] } }), [
    'operations.it.handOn: expected a function, got 1',
    'operations.it.returns.find: expected an operation, got 2',
    'operations.it: expected one of kind, handOn, returns, got "prepare"'
  ])
  t.same(faultsOf([good]), ['operations: expected a table of method names, got a list of 1'])
  t.same(['x', () => {}, [1], {}, undefined].map(shown), ['"x"', 'a function', 'a list of 1', 'an object', 'undefined'])
  t.end()
})
