import { test } from 'tap'
import type { Operation } from '../../lib/contracts.js'
import { changedCall, describeCall } from '../../lib/repository/described-call.js'

const SETTINGS = { unaudited_read_types: ['config'], include_saved_object_names: true }
const read: Operation = { action: 'thing_get', kind: 'read', type: 'access', verbs: ['accessing', 'accessed', 'access'] }
const thing = { type: 'thing', id: '1', name: 'One' }
const config = { type: 'config', id: '2' }

test('what a table says of objects is taken as it is where it is sound', (t) => {
  const call = describeCall({ ...read, requested: () => [thing], prepare: (args) => [...args, 'more'] }, ['first'], SETTINGS)
  t.same(call.args, ['first', 'more'])
  t.same(call.requested, [thing])
  t.same(call.events('success')(thing), {
    message: 'User has accessed thing [id=1]',
    event: { action: 'thing_get', category: ['database'], type: ['access'], outcome: 'success' },
    kibana: { saved_object: thing }
  })
  t.same(describeCall(read, [], { ...SETTINGS, include_saved_object_names: false }).events('success')(thing).kibana, { saved_object: { type: 'thing', id: '1' } })
  t.end()
})

test('the arguments of the caller are never the ones that are passed on', (t) => {
  const args = ['first']
  t.not(describeCall(read, args, SETTINGS).args, args)
  t.end()
})

test('reads of unaudited types are left out, unless they are refused; writes are not', (t) => {
  const refused = (): { object: typeof config, error: { code: string, message: string } }[] => [{ object: config, error: { code: 'Forbidden', message: 'no' } }]
  const ofRead = describeCall({ ...read, requested: () => [config, thing], returned: () => [config], refused }, [], SETTINGS)
  t.same([ofRead.all, ofRead.attempted, ofRead.returned({}), ofRead.refused({})], [[thing], [config, thing], [], refused()])
  t.same(ofRead.requested, [config, thing], 'authorize is asked about all of them')
  t.same(describeCall({ ...read, requested: () => [config] }, [], SETTINGS).all, [], 'and that is not an event without an object')
  const ofWrite = describeCall({ ...read, kind: 'write', type: 'change', requested: () => [config], refused }, [], SETTINGS)
  t.same([ofWrite.all, ofWrite.refused({})], [[config], refused()])
  t.end()
})

test('one odd object does not take the others with it', (t) => {
  const objects = [null, { id: 7 }, { type: 5, id: 8n, name: 9 }, thing]
  t.same(describeCall({ ...read, requested: () => objects as never }, [], SETTINGS).requested, [
    { type: 'unknown' }, { type: 'unknown', id: '7' }, { type: '5', id: '8' }, thing
  ])
  const call = describeCall({ ...read, refused: () => [null, { object: thing, error: new TypeError('no') }] as never }, [], SETTINGS)
  t.same(call.refused({}), [
    { object: { type: 'unknown' }, error: { code: 'Error', message: 'undefined' } },
    { object: thing, error: { code: 'TypeError', message: 'no' } }
  ])
  t.end()
})

test('a fault of the table is told by every event that follows it', (t) => {
  const call = describeCall({ ...read, requested: () => { throw new RangeError('a') }, fields: () => { throw new URIError('b') }, refused: () => JSON.parse('{') as never }, [], SETTINGS)
  t.equal(call.events('success')().labels?.audit_fault, 'requested: RangeError: a; fields: URIError: b')
  t.same(call.refused({}), [undefined])
  for (let item = 0; item < 3; item++) t.same(call.refused({}), [undefined], 'and again')
  t.equal(call.refusal(undefined).labels?.audit_fault?.toString().match(/refused/g)?.length, 1, 'told once, however many items')
  t.match(call.refusal(undefined), { event: { outcome: 'unknown' }, labels: { audit_fault: /; refused: SyntaxError: / } })
  t.end()
})

test('a call that reads differently is otherwise the same, and their faults are told by both', (t) => {
  const call = describeCall({ ...read, requested: () => [thing], refused: () => JSON.parse('{') as never }, ['first'], SETTINGS)
  const changed = changedCall(call, { all: [config] })
  t.same([changed.all, call.all, changed.args, changed.attempted], [[config], [thing], ['first'], [thing]])
  t.same(changed.returned({}), [config], 'what it does not change reads what it does')
  changed.refused({})
  for (const { labels } of [call.refusal(undefined), changed.refusal(undefined)]) t.match(labels, { audit_fault: /^refused: SyntaxError: / })
  t.end()
})
