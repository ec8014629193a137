import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'tap'
import type { Test } from 'tap'
import type { EventType, Operation, Operations, RepositoryOptions } from '../../lib/contracts.js'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import { crudOperations } from '../../lib/repository/crud.js'
import { createNameOf } from '../../lib/repository/object-reference.js'
import { spacesOperations } from '../../lib/repository/spaces.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'
import { SavedObjectsClient } from '../support/saved-objects.js'

interface SetUp<T> { readonly audited: T, readonly logger: RecordingLogger }

/** An audited repository whose calls stand in the logger's story. */
function audit<T extends object> (t: Test, repository: T, options: RepositoryOptions = {}, types: readonly EventType[] = ['deletion', 'change'], timeout = 5000): SetUp<T> {
  const logger = createRecordingLogger(t, 5)
  const told = new Proxy(repository, {
    get (target, key) {
      const value: unknown = Reflect.get(target, key, target)
      return typeof value !== 'function' ? value : (...args: unknown[]) => { logger.story.push(`calls ${String(key)}`); return Reflect.apply(value, target, args) as unknown }
    }
  })
  const settings = { unaudited_read_types: [], include_saved_object_names: true, nameOf: createNameOf({ report: 'label' }), lookUp: { types, timeout } }
  return { logger, audited: auditRepository(told, options, { logger: () => logger, settings, onFailure: ALWAYS_GO_ON }) }
}

async function client (): Promise<SavedObjectsClient> {
  const objects = new SavedObjectsClient()
  await objects.create('dashboard', { title: 'Sales' }, { id: '1' })
  await objects.create('report', { title: 'not this', label: 'Weekly' }, { id: '2' })
  return objects
}

const names = ({ events }: RecordingLogger): unknown[] => events.map(({ kibana }) => kibana?.saved_object?.name)
const one = { type: 'dashboard', id: '1' }
const two = { type: 'report', id: '2' }
const missing = { type: 'dashboard', id: '404' }

const WRITES: readonly (readonly [name: string, call: (objects: SavedObjectsClient) => Promise<unknown>, reads: string, names: readonly unknown[]])[] = [
  ['delete', (objects) => objects.delete('dashboard', '1'), 'get', ['Sales']],
  ['bulkDelete', (objects) => objects.bulkDelete([one, missing, two]), 'bulkGet', ['Sales', undefined, 'Weekly']],
  ['update', (objects) => objects.update('report', '2', { a: 1 }), 'get', ['Weekly']],
  ['bulkUpdate', (objects) => objects.bulkUpdate([{ ...one, attributes: { title: 'Said' } }, { ...two, attributes: {} }]), 'get', ['Said', 'Weekly']],
  ['incrementCounter', (objects) => objects.incrementCounter('dashboard', '1', ['views']), 'get', ['Sales']],
  ['updateObjectsSpaces', (objects) => objects.updateObjectsSpaces([one, two], ['marketing'], []), 'bulkGet', ['Sales', 'Weekly']],
  ['removeReferencesTo', (objects) => objects.removeReferencesTo('dashboard', '1'), 'get', ['Sales']]
]

for (const [method, call, reads, expected] of WRITES) {
  test(`${method}: one read, then the intention with the names, then the write`, async (t) => {
    const { audited, logger } = audit(t, await client())
    await call(audited)
    const intentions = logger.events.length
    t.same(logger.story, [`calls ${reads}`, ...logger.story.slice(1, intentions + 1), 'acknowledged', `calls ${method}`])
    t.same(names(logger), expected)
    t.notOk(logger.events.some(({ event }) => event.outcome !== 'unknown'), 'the read is none of the user')
  })
}

test('nothing is read where the name is known, where the settings do not say so, and for what is refused', async (t) => {
  const said = audit(t, await client())
  await said.audited.update('dashboard', '1', { title: 'Renamed' })
  await said.audited.create('dashboard', {})
  t.notOk(said.logger.story.some((line) => /calls (?:get|bulkGet)/.test(line)), 'the call says it, or there is none yet')
  const deletions = audit(t, await client(), {}, ['deletion'])
  await deletions.audited.update('dashboard', '1', {})
  t.same(deletions.logger.story, ['unknown saved_object_update dashboard:1', 'acknowledged', 'calls update'])
  const refused = audit(t, await client(), { authorize () { throw new RangeError('no') } })
  await t.rejects(refused.audited.delete('dashboard', '1'), RangeError)
  t.same(refused.logger.story, ['failure saved_object_delete dashboard:1', 'acknowledged'])
})

test('a read that fails, or does not answer, fails no write; the event says so', async (t) => {
  const objects = { async get (_type: string, id: string) { if (id === 'slow') await pause(60_000, null, { ref: false }); throw new TypeError('broken') }, async delete (_type: string, _id: string) { return 'deleted' } }
  const { audited, logger } = audit(t, objects, {}, ['deletion'], 20)
  t.equal(await audited.delete('dashboard', '1'), 'deleted')
  t.match(logger.events.at(-1), { event: { outcome: 'unknown' }, kibana: { saved_object: { type: 'dashboard', id: '1' } }, labels: { audit_fault: 'current: TypeError: broken' } })
  t.equal(await audited.delete('dashboard', 'slow'), 'deleted')
  t.equal(logger.events.at(-1)?.labels?.audit_fault, 'current: Error: no answer in time')
  const without = audit(t, { async delete (_type: string, _id: string) { return 'deleted' } })
  await without.audited.delete('dashboard', '1')
  t.match(without.logger.events[0]?.labels?.audit_fault, /^current: TypeError/)
})

test('an object that is not there is no fault', async (t) => {
  const { audited, logger } = audit(t, await client())
  await t.rejects(audited.delete('dashboard', '404'), { message: /not found/ })
  t.same([logger.events[0]?.labels, ...names(logger)], [undefined, undefined])
})

test('what the repository refuses has the names too', async (t) => {
  const objects = Object.assign(await client(), {
    async delete () { throw Object.assign(new Error('no'), { statusCode: 403 }) },
    async bulkDelete () { return { statuses: [{ ...two, success: false, error: { statusCode: 403, error: 'Forbidden', message: 'no' } }] } }
  })
  const { audited, logger } = audit(t, objects as unknown as SavedObjectsClient)
  await t.rejects(audited.delete('dashboard', '1'))
  await audited.bulkDelete([one, two])
  t.same(logger.events.map(({ event }, index) => [event.outcome, names(logger)[index]]), [['unknown', 'Sales'], ['failure', 'Sales'], ['unknown', 'Sales'], ['unknown', 'Weekly'], ['failure', 'Weekly']])
})

test('the namespace that the call names is the one that is read in', async (t) => {
  const asked: unknown[] = []
  const { audited } = audit(t, { async get (...args: unknown[]) { asked.push(args) }, async delete (..._args: unknown[]) {} })
  await audited.delete('dashboard', '1', { namespace: 'sales' })
  await audited.delete('dashboard', '1', { refresh: true })
  t.same(asked, [['dashboard', '1', { namespace: 'sales' }], ['dashboard', '1']])
})

test('crudOperations reads by the method that gets one object; another object is not believed', async (t) => {
  const rows: Record<string, object> = { 1: { id: 1, name: 'First' }, odd: { id: 2, name: 'Second' } }
  const invoices = { async findById (id: string) { return rows[id] }, async remove (_id: unknown) {}, async save (_invoice: object) {}, async deleteMany (_ids: readonly unknown[]) {} }
  const { audited, logger } = audit(t, invoices, { operations: crudOperations({ type: 'invoice' }) })
  await audited.remove(1)
  await audited.remove('odd')
  await audited.remove('gone')
  await audited.save({ id: '1', total: 7 })
  await audited.deleteMany([1, 'odd'])
  t.same(names(logger), ['First', undefined, undefined, 'First', undefined, undefined])
  t.equal(logger.story.filter((line) => line === 'calls findById').length, 4, 'lists are not read one by one')
  t.notOk(logger.events.some(({ labels }) => labels !== undefined))
  const prisma = audit(t, { async findUnique ({ where }: { where: { id: number } }) { return { id: where.id, title: 'Seven' } }, async delete (_which: object) {} }, { operations: crudOperations({ type: 'invoice' }) })
  await prisma.audited.delete({ where: { id: 7 } })
  const blind = audit(t, { async delete (_id: string) {} }, { operations: crudOperations({ type: 'invoice' }) })
  await blind.audited.delete('1')
  t.same([names(prisma.logger), names(blind.logger), blind.logger.events[0]?.labels], [['Seven'], [undefined], undefined])
})

test('a space is read by its id, and a table of one\'s own says how', async (t) => {
  const spaces = audit(t, { async get (id: string) { return { id, name: 'Marketing' } }, async delete (_id: string) {}, async updateObjectsSpaces () {} }, { operations: spacesOperations() })
  await spaces.audited.delete('marketing')
  t.same(names(spaces.logger), ['Marketing'])
  const operation: Operation = {
    action: 'row_drop',
    kind: 'write',
    type: 'deletion',
    verbs: ['dropping', 'dropped', 'drop'],
    requested: ([id]) => [{ type: 'row', id: String(id) }],
    current: async (repository, objects) => objects.map((object) => ({ ...object, name: String(repository.peek?.(object.id)) }))
  }
  const operations: Operations = { drop: operation, forget: { ...operation, current: undefined } }
  const own = audit(t, { peek: (id: string) => `row ${id}`, async drop (_id: string) {}, async forget (_id: string) {} }, { operations })
  await own.audited.drop('7')
  await own.audited.forget('7')
  t.same(names(own.logger), ['row 7', undefined])
})

test('thousands are read once', async (t) => {
  const ids = Array.from({ length: 5000 }, (_, id) => ({ type: id % 2 === 0 ? 'a' : 'a1', id: String(id) }))
  let reads = 0
  const objects = { async bulkGet (asked: typeof ids) { reads++; return { saved_objects: asked.map((object) => ({ ...object, attributes: { title: object.type + object.id } })).reverse() } }, async bulkDelete (_objects: typeof ids) { return { statuses: [] } } }
  const { audited, logger } = audit(t, objects)
  await audited.bulkDelete(ids)
  t.same(names(logger), ids.map(({ type, id }) => type + id), 'each has its own, in whatever order they come')
  t.equal(reads, 1)
})
