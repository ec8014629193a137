// Differences of what is written, through the whole wrapper: what is read before, what stands in
// the intention, and what does not hold a write up.
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'tap'
import type { Test } from 'tap'
import type { AuditEvent, Operations, RepositoryOptions } from '../../lib/contracts.js'
import { createRedaction } from '../../lib/http/redact.js'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import { crudOperations } from '../../lib/repository/crud.js'
import { differencesOf } from '../../lib/repository/difference-settings.js'
import { createNameOf } from '../../lib/repository/object-reference.js'
import { spacesOperations } from '../../lib/repository/spaces.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'
import { SavedObjectsClient } from '../support/saved-objects.js'

interface SetUp<T> { readonly audited: T, readonly logger: RecordingLogger, diffs (): unknown[] }

interface Wanted { readonly oldValues?: boolean, readonly types?: readonly string[], readonly names?: boolean, readonly timeout?: number }

/** An audited repository whose calls stand in the logger's story. */
function audit<T extends object> (t: Test, repository: T, options: RepositoryOptions = {}, { oldValues = true, types = ['dashboard', 'invoice', 'space', 'row'], names = false, timeout = 5000 }: Wanted = {}): SetUp<T> {
  const logger = createRecordingLogger(t, 5)
  const told = new Proxy(repository, {
    get (target, key) {
      const value: unknown = Reflect.get(target, key, target)
      return typeof value !== 'function' ? value : (...args: unknown[]) => { logger.story.push(`calls ${String(key)}`); return Reflect.apply(value, target, args) as unknown }
    }
  })
  const differences = differencesOf({ enabled: true, typesToInclude: [...types], fieldSizeLimit: '48kb', oldValues, fieldsToRedact: [] }, timeout, createRedaction)
  const settings = { unaudited_read_types: [], include_saved_object_names: true, nameOf: createNameOf({}), lookUp: names ? { types: ['change', 'deletion'] as const, timeout } : undefined, differences }
  const diffs = (): unknown[] => logger.events.map(({ kibana }) => kibana?.diff && [kibana.diff.ops.map(({ op, path, value, oldValue }) => [op, path, value, oldValue]), kibana.diff.noOps.map(({ path }) => path)])
  return { logger, diffs, audited: auditRepository(told, options, { logger: () => logger, settings, onFailure: ALWAYS_GO_ON }) }
}

async function client (): Promise<SavedObjectsClient> {
  const objects = new SavedObjectsClient()
  await objects.create('dashboard', { title: 'Sales', owner: 'ann' }, { id: '1' })
  await objects.create('dashboard', { title: 'Costs' }, { id: '2' })
  await objects.create('map', { title: 'Europe' }, { id: '3' })
  return objects
}

const one = { type: 'dashboard', id: '1' }
const two = { type: 'dashboard', id: '2' }
const map = { type: 'map', id: '3' }
const ONE_GONE = [[['remove', '/title', undefined, 'Sales'], ['remove', '/owner', undefined, 'ann']], []]
const RENAMED = [[['replace', '/title', 'New', 'Sales']], ['/owner']]

const WRITES: readonly (readonly [title: string, call: (objects: SavedObjectsClient) => Promise<unknown>, reads: string | null, diffs: readonly unknown[]])[] = [
  ['update', (objects) => objects.update('dashboard', '1', { title: 'New' }), 'get', [RENAMED]],
  ['update that does not merge', (objects) => (objects.update as (...args: unknown[]) => Promise<unknown>)('dashboard', '1', { title: 'New' }, { mergeAttributes: false }), 'get', [[[['replace', '/title', 'New', 'Sales'], ['remove', '/owner', undefined, 'ann']], []]]],
  ['bulkUpdate, of which one is included', (objects) => objects.bulkUpdate([{ ...one, attributes: { title: 'New' } }, { ...map, attributes: { title: 'Asia' } }]), 'get', [RENAMED, undefined]],
  ['bulkUpdate of one that is there and one that is not', (objects) => objects.bulkUpdate([{ ...one, attributes: { title: 'New' } }, { type: 'dashboard', id: '404', attributes: { title: 'x' } }]), 'bulkGet', [RENAMED, [[['add', '/title', 'x', undefined]], []]]],
  ['create', (objects) => objects.create('dashboard', { title: 'New' }), null, [[[['add', '/title', 'New', undefined]], []]]],
  ['bulkCreate', (objects) => objects.bulkCreate([{ type: 'dashboard', attributes: { a: 1 } }, { type: 'map', attributes: { a: 1 } }]), null, [[[['add', '/a', 1, undefined]], []], undefined]],
  ['create over what is there', (objects) => objects.create('dashboard', { title: 'New' }, { id: '1', overwrite: true } as { id: string }), 'get', [[[['replace', '/title', 'New', 'Sales'], ['remove', '/owner', undefined, 'ann']], []]]],
  ['delete', (objects) => objects.delete('dashboard', '1'), 'get', [ONE_GONE]],
  ['bulkDelete', (objects) => objects.bulkDelete([one, two, map]), 'bulkGet', [ONE_GONE, [[['remove', '/title', undefined, 'Costs']], []], undefined]],
  ['delete of a type that is not included', (objects) => objects.delete('map', '3'), null, [undefined]],
  ['updateObjectsSpaces, which changes no attributes', (objects) => objects.updateObjectsSpaces([one], ['marketing'], []), null, [undefined]]
]

for (const [title, call, reads, expected] of WRITES) {
  test(`${title}: ${reads === null ? 'nothing is read' : 'one read'}, then the intention with the difference, then the write`, async (t) => {
    const { audited, logger, diffs } = audit(t, await client())
    await call(audited)
    const before = logger.story.slice(0, logger.story.findIndex((line) => line.startsWith('unknown')))
    t.same(before, reads === null ? [] : [`calls ${reads}`])
    t.equal(logger.story.filter((line) => line === 'acknowledged').length, 1)
    t.match(logger.story.at(-1), /^calls /, 'the write comes when the intention is acknowledged')
    t.same(diffs(), expected)
    t.notOk(logger.events.some(({ labels }) => labels !== undefined))
  })
}

test('without old values nothing is read: what is written is told, of a deletion nothing', async (t) => {
  const { audited, logger, diffs } = audit(t, await client(), {}, { oldValues: false })
  await audited.update('dashboard', '1', { title: 'New' })
  await audited.delete('dashboard', '1')
  t.same(diffs(), [[[['replace', '/title', 'New', undefined]], []], undefined])
  t.notOk(logger.story.some((line) => /calls (?:get|bulkGet)/.test(line)))
})

test('names and old values take one read together', async (t) => {
  const { audited, logger, diffs } = audit(t, await client(), {}, { names: true })
  await audited.bulkDelete([one, map])
  t.same(logger.story.filter((line) => line.startsWith('calls')), ['calls bulkGet', 'calls bulkDelete'])
  t.same([diffs(), logger.events.map(({ kibana }) => kibana?.saved_object?.name)], [[ONE_GONE, undefined], ['Sales', 'Europe']])
})

test('a read that fails, is refused or does not answer holds no write up: what is written is told, and why no more', async (t) => {
  const objects = {
    async get (_type: string, id: string) { if (id === 'slow') await pause(60_000, null, { ref: false }); throw Object.assign(new TypeError('broken'), id === 'gone' ? { statusCode: 404 } : { statusCode: 403 }) },
    async bulkGet () { return { saved_objects: [{ ...one, error: { statusCode: 403 } }, { ...two, error: { statusCode: 404 } }] } },
    async update (_type: string, _id: string, _attributes: object) { return 'done' },
    async bulkUpdate (_objects: readonly object[]) { return { saved_objects: [] } }
  }
  const { audited, logger, diffs } = audit(t, objects, {}, { timeout: 20 })
  for (const id of ['refused', 'slow', 'gone']) t.equal(await audited.update('dashboard', id, { a: 1 }), 'done')
  await audited.bulkUpdate([{ ...one, attributes: { a: 1 } }, { ...two, attributes: { a: 1 } }])
  const [unknown, known] = [[[['replace', '/a', 1, undefined]], []], [[['add', '/a', 1, undefined]], []]]
  t.same(diffs(), [unknown, unknown, known, unknown, known])
  t.same(logger.events.map(({ labels }) => labels?.audit_fault), ['current: TypeError: broken', 'current: Error: no answer in time', undefined, undefined, undefined])
})

test('what is not permitted is not read, and has no difference; what the repository refuses has it in its intention', async (t) => {
  const refused = audit(t, await client(), { authorize () { throw new RangeError('no') } })
  await t.rejects(refused.audited.update('dashboard', '1', { title: 'New' }), RangeError)
  t.same([refused.logger.story, refused.diffs()], [['failure saved_object_update dashboard:1', 'acknowledged'], [undefined]])
  const { audited, logger, diffs } = audit(t, Object.assign(await client(), { async update () { throw Object.assign(new Error('no'), { statusCode: 403 }) } }) as unknown as SavedObjectsClient)
  await t.rejects(audited.update('dashboard', '1', { title: 'New' }))
  t.same([logger.events.map(({ event }) => event.outcome), diffs()], [['unknown', 'failure'], [RENAMED, undefined]])
})

test('attributes that cannot be looked at stop neither the write nor its record', async (t) => {
  const hostile = new Proxy({}, { ownKeys () { throw new RangeError('not mine') } })
  const { audited, logger } = audit(t, await client(), {}, { oldValues: false })
  await audited.create('dashboard', { nested: hostile })
  t.match(logger.events[0], { event: { outcome: 'unknown' }, labels: { audit_fault: 'diff: RangeError: not mine' } })
  t.equal(logger.events[0]?.kibana?.diff, undefined)
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`f${i}`, i]))
  await audited.create('dashboard', many)
  t.match(logger.events[1]?.labels, { audit_truncated: 'kibana.diff (500 fields)' })
})

test('crudOperations and spacesOperations tell what they write, and read what there was', async (t) => {
  const rows: Record<string, object> = { 1: { id: 1, total: 5, paid: false }, odd: { id: 2 } }
  const invoices = { async findById (id: string) { return rows[id] }, async update (_id: unknown, _patch: object) {}, async replace (_invoice: object) {}, async create (_invoice: object) {}, async remove (_id: unknown) {}, async deleteMany (_ids: readonly unknown[]) {} }
  const { audited, diffs } = audit(t, invoices, { operations: crudOperations({ type: 'invoice' }) })
  await audited.update(1, { total: 7 })
  await audited.replace({ id: 1, total: 5 })
  await audited.create({ total: 1 })
  await audited.remove(1)
  await audited.update('odd', { total: 7 })
  await audited.deleteMany([1, 2])
  t.same(diffs(), [
    [[['replace', '/total', 7, 5]], ['/id', '/paid']], [[['remove', '/paid', undefined, false]], ['/id', '/total']], [[['add', '/total', 1, undefined]], []],
    [[['remove', '/id', undefined, 1], ['remove', '/total', undefined, 5], ['remove', '/paid', undefined, false]], []],
    [[['replace', '/total', 7, undefined]], []], undefined, undefined
  ], 'another object is not believed, lists are not read one by one')
  const spaces = audit(t, { async get (id: string) { return { id, name: 'Marketing' } }, async update (_id: string, _space: object) {}, async delete (_id: string) {}, async create (_space: object) {} }, { operations: spacesOperations() })
  await spaces.audited.update('marketing', { id: 'marketing', name: 'Sales' })
  await spaces.audited.delete('marketing')
  await spaces.audited.create({ id: 'sales' })
  t.same(spaces.diffs(), [[[['replace', '/name', 'Sales', 'Marketing']], ['/id']], [[['remove', '/id', undefined, 'marketing'], ['remove', '/name', undefined, 'Marketing']], []], [[['add', '/id', 'sales', undefined]], []]])
})

test('a table of one\'s own says what it writes and reads; one that does not fit its objects is a fault', async (t) => {
  const row = { action: 'row_write', kind: 'write', type: 'change', verbs: ['writing', 'written', 'write'], requested: ([id]: readonly unknown[]) => [{ type: 'row', id: String(id) }] } as const
  const operations: Operations = {
    write: { ...row, changes: ([, value]) => [{ attributes: { value } }], current: async (_repository, objects) => objects.map((object) => ({ ...object, attributes: { value: 1 } })) },
    wrong: { ...row, changes: () => [{}, {}] },
    silent: { ...row, changes: () => [undefined] }
  }
  const { audited, logger, diffs } = audit(t, { async write (_id: string, _value: number) {}, async wrong (_id: string) {}, async silent (_id: string) {} }, { operations })
  await audited.write('7', 2)
  await audited.wrong('7')
  await audited.silent('7')
  t.same(diffs(), [[[['replace', '/value', 2, 1]], []], undefined, undefined])
  t.same(logger.events.map(({ labels }: AuditEvent) => labels?.audit_fault), [undefined, 'changes: TypeError: expected 1 changes, as many as objects, got 2', undefined])
})
