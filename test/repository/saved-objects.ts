import { test } from 'tap'
import type { Test } from 'tap'
import type { AuditEvent, RepositoryOptions } from '../../lib/contracts.js'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import { savedObjectsOperations } from '../../lib/repository/saved-objects.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { blocking, createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'
import { SavedObjectsClient, type FindOptions } from '../support/saved-objects.js'

const SETTINGS = { unaudited_read_types: ['config', 'telemetry'], include_saved_object_names: true }

async function setUp (t: Test, options: RepositoryOptions = {}, settings = SETTINGS): Promise<{ client: SavedObjectsClient, audited: SavedObjectsClient, logger: RecordingLogger }> {
  const client = new SavedObjectsClient()
  await client.create('dashboard', { title: 'Sales' }, { id: '1' })
  await client.create('dashboard', { name: 'Stock' }, { id: '2' })
  await client.create('config', { title: 'Settings' }, { id: '8' })
  const logger = createRecordingLogger(t)
  return { client, logger, audited: auditRepository(client, options, { logger: () => logger, settings, onFailure: ALWAYS_GO_ON }) }
}

const one = { type: 'dashboard', id: '1' }
const two = { type: 'dashboard', id: '2' }
const missing = { type: 'dashboard', id: '404' }
const secret = { type: 'secret', id: '9' }
const about = (object: object, name?: string): object => ({ saved_object: { ...object, ...name !== undefined && { name } } })

// What each call records, to the letter.
const CALLS: readonly (readonly [name: string, call: (client: SavedObjectsClient) => Promise<unknown>, action: string, type: string, events: readonly object[]])[] = [
  ['create', (client) => client.create('dashboard', { title: 'New' }, { id: '3' }), 'saved_object_create', 'creation', [
    { message: 'User is creating dashboard [id=3]', outcome: 'unknown', kibana: about({ type: 'dashboard', id: '3' }, 'New') }
  ]],
  ['create, refused', (client) => client.create('secret', {}, { id: '9' }), 'saved_object_create', 'creation', [
    { message: 'User is creating secret [id=9]', outcome: 'unknown', kibana: about(secret) },
    { message: 'Failed attempt to create secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['bulkCreate', (client) => client.bulkCreate([{ ...one, attributes: { title: 'Again' } }, { ...secret, attributes: {} }]), 'saved_object_create', 'creation', [
    { message: 'User is creating dashboard [id=1]', outcome: 'unknown', kibana: about(one, 'Again') },
    { message: 'User is creating secret [id=9]', outcome: 'unknown', kibana: about(secret) },
    { message: 'Failed attempt to create secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['get', (client) => client.get('dashboard', '1'), 'saved_object_get', 'access', [
    { message: 'User has accessed dashboard [id=1]', outcome: 'success', kibana: about(one, 'Sales') }
  ]],
  ['get, refused', (client) => client.get('secret', '9'), 'saved_object_get', 'access', [
    { message: 'Failed attempt to access secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['get, not found', (client) => client.get('dashboard', '404'), 'saved_object_get', 'access', []],
  ['get, of the platform', (client) => client.get('config', '8'), 'saved_object_get', 'access', []],
  ['bulkGet', (client) => client.bulkGet([one, missing, secret, { type: 'config', id: '8' }, two]), 'saved_object_get', 'access', [
    { message: 'User has accessed dashboard [id=1]', outcome: 'success', kibana: about(one, 'Sales') },
    { message: 'User has accessed dashboard [id=2]', outcome: 'success', kibana: about(two, 'Stock') },
    { message: 'Failed attempt to access secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['resolve', (client) => client.resolve('dashboard', 'old-1'), 'saved_object_resolve', 'access', [
    { message: 'User has resolved dashboard [id=1]', outcome: 'success', kibana: about(one, 'Sales') }
  ]],
  ['resolve, refused', (client) => client.resolve('secret', '9'), 'saved_object_resolve', 'access', [
    { message: 'Failed attempt to resolve secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['bulkResolve', (client) => client.bulkResolve([two, missing, secret]), 'saved_object_resolve', 'access', [
    { message: 'User has resolved dashboard [id=2]', outcome: 'success', kibana: about(two, 'Stock') },
    { message: 'Failed attempt to resolve secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['find', (client) => client.find({ type: ['dashboard', 'config'] }), 'saved_object_find', 'access', [
    { message: 'User has accessed dashboard [id=1]', outcome: 'success', kibana: about(one, 'Sales') },
    { message: 'User has accessed dashboard [id=2]', outcome: 'success', kibana: about(two, 'Stock') }
  ]],
  ['find, nothing', (client) => client.find({ type: 'map' }), 'saved_object_find', 'access', []],
  ['find, refused', (client) => client.find({ type: 'secret' }), 'saved_object_find', 'access', [
    { message: 'Failed attempt to access saved objects', outcome: 'failure', error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['update', (client) => client.update('dashboard', '1', { title: 'Renamed' }), 'saved_object_update', 'change', [
    { message: 'User is updating dashboard [id=1]', outcome: 'unknown', kibana: about(one, 'Renamed') }
  ]],
  ['update of the platform: a write is always recorded', (client) => client.update('config', '8', {}), 'saved_object_update', 'change', [
    { message: 'User is updating config [id=8]', outcome: 'unknown', kibana: about({ type: 'config', id: '8' }) }
  ]],
  ['bulkUpdate', (client) => client.bulkUpdate([{ ...one, attributes: {} }, { ...secret, attributes: {} }]), 'saved_object_update', 'change', [
    { message: 'User is updating dashboard [id=1]', outcome: 'unknown', kibana: about(one) },
    { message: 'User is updating secret [id=9]', outcome: 'unknown', kibana: about(secret) },
    { message: 'Failed attempt to update secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['incrementCounter', (client) => client.incrementCounter('dashboard', '1', ['views']), 'saved_object_update', 'change', [
    { message: 'User is updating dashboard [id=1]', outcome: 'unknown', kibana: about(one) }
  ]],
  ['delete', (client) => client.delete('dashboard', '2'), 'saved_object_delete', 'deletion', [
    { message: 'User is deleting dashboard [id=2]', outcome: 'unknown', kibana: about(two) }
  ]],
  ['bulkDelete', (client) => client.bulkDelete([one, secret]), 'saved_object_delete', 'deletion', [
    { message: 'User is deleting dashboard [id=1]', outcome: 'unknown', kibana: about(one) },
    { message: 'User is deleting secret [id=9]', outcome: 'unknown', kibana: about(secret) },
    { message: 'Failed attempt to delete secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['checkConflicts', (client) => client.checkConflicts([one]), '', '', []],
  ['openPointInTimeForType', (client) => client.openPointInTimeForType('dashboard'), 'saved_object_open_point_in_time', 'creation', [
    { message: 'User is opening point-in-time saved objects', outcome: 'unknown' }
  ]],
  ['closePointInTime', (client) => client.closePointInTime('p'), 'saved_object_close_point_in_time', 'deletion', [
    { message: 'User is closing point-in-time saved objects', outcome: 'unknown' }
  ]],
  ['collectMultiNamespaceReferences', (client) => client.collectMultiNamespaceReferences([one, missing]), 'saved_object_collect_multinamespace_references', 'access', [
    { message: 'User has collected references and spaces of dashboard [id=1]', outcome: 'success', kibana: about(one) }
  ]],
  ['collectMultiNamespaceReferences, refused', (client) => client.collectMultiNamespaceReferences([one, secret]), 'saved_object_collect_multinamespace_references', 'access', [
    { message: 'Failed attempt to collect references and spaces of dashboard [id=1]', outcome: 'failure', kibana: about(one), error: { code: 'Forbidden', message: 'Unable to touch secret' } },
    { message: 'Failed attempt to collect references and spaces of secret [id=9]', outcome: 'failure', kibana: about(secret), error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['updateObjectsSpaces', (client) => client.updateObjectsSpaces([one, secret], ['marketing'], []), 'saved_object_update_objects_spaces', 'change', [
    { message: 'User is updating spaces of dashboard [id=1]', outcome: 'unknown', kibana: { ...about(one), add_to_spaces: ['marketing'] } },
    { message: 'User is updating spaces of secret [id=9]', outcome: 'unknown', kibana: { ...about(secret), add_to_spaces: ['marketing'] } },
    { message: 'Failed attempt to update spaces of secret [id=9]', outcome: 'failure', kibana: { ...about(secret), add_to_spaces: ['marketing'] }, error: { code: 'Forbidden', message: 'Unable to touch secret' } }
  ]],
  ['removeReferencesTo', (client) => client.removeReferencesTo('dashboard', '1'), 'saved_object_remove_references', 'change', [
    { message: 'User is removing references to dashboard [id=1]', outcome: 'unknown', kibana: about(one) }
  ]]
]

for (const [name, call, action, type, events] of CALLS) {
  test(`${name} records what the reference says`, async (t) => {
    const { client, audited, logger } = await setUp(t)
    const [result, expected] = [await call(audited).catch(thrown), await call((await setUp(t)).client).catch(thrown)]
    if (!name.includes('Point')) t.same(result, expected, 'and returns what the client returns')
    t.same(logger.events, events.map(({ outcome, ...event }: { outcome?: string }) => ({ ...event, event: { action, category: ['database'], type: [type], outcome } })))
    t.ok(client.size > 0)
  })
}

const thrown = (error: unknown): unknown => ({ thrown: (error as Error).message })

test('an id is made before the intention, and passed on', async (t) => {
  const { client, audited, logger } = await setUp(t)
  const attributes = Object.freeze({ title: 'New' })
  const { id } = await audited.create('dashboard', attributes)
  t.match(id, /^[\da-f-]{36}$/)
  t.equal(logger.events[0]?.kibana?.saved_object?.id, id)
  const objects = Object.freeze([Object.freeze({ type: 'map', attributes }), Object.freeze({ type: 'map', id: 'given', attributes })])
  const created = await audited.bulkCreate(objects)
  t.same(logger.events.slice(1).map(({ kibana }) => kibana?.saved_object?.id), created.saved_objects.map((object) => object.id))
  t.equal(created.saved_objects[1]?.id, 'given')
  t.match(await client.get('map', created.saved_objects[0]?.id ?? ''), { attributes })
  const numbered = auditRepository(client, { operations: savedObjectsOperations({ newId: () => 'n-1' }) }, { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON })
  t.equal((await numbered.create('map', {}, {})).id, 'n-1')
})

test('what is recorded is what runs, whatever the caller does to its list meanwhile', async (t) => {
  const { client, logger } = await setUp(t)
  const audited = auditRepository(client, { authorize: () => new Promise(setImmediate) }, { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON })
  let asked = 0
  const shifting = { type: 'dashboard', get id () { return String(++asked) } }
  const objects: { type: string, id: string }[] = [{ ...two }, shifting]
  const deleting = audited.bulkDelete(objects)
  objects[0] = { type: 'config', id: '8' }
  t.same((await deleting).statuses.map(({ id, success }) => [id, success]), [['2', true], ['1', true]])
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object), [two, one])
  t.ok(await client.get('config', '8'))
  const spaces = ['marketing']
  const sharing = audited.updateObjectsSpaces([{ type: 'config', id: '8' }], spaces, [])
  spaces[0] = '*'
  t.match(await sharing, { objects: [{ spaces: ['default', 'marketing'] }] })
  t.same(logger.events.at(-1)?.kibana?.add_to_spaces, ['marketing'])
})

test('an own __proto__ of an object that is created without an id stays a property', async (t) => {
  const { logger } = await setUp(t)
  const client = { async bulkCreate (objects: object[]) { return { saved_objects: objects } } }
  const { saved_objects: [made] } = await auditRepository(client, {}, { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON })
    .bulkCreate([JSON.parse('{"type":"map","attributes":{},"__proto__":{"id":"forged"}}') as object])
  t.equal(Object.getPrototypeOf(made), Object.prototype)
  t.equal(logger.events[0]?.kibana?.saved_object?.id, (made as { id: string }).id)
})

test('names are left out where the settings say so', async (t) => {
  const { audited, logger } = await setUp(t, {}, { unaudited_read_types: [], include_saved_object_names: false })
  await audited.update('dashboard', '1', { title: 'secret plans' })
  await audited.find({ type: ['dashboard', 'config'] })
  t.notMatch(JSON.stringify(logger.events), /plans|Stock|Settings|name/)
  t.equal(logger.events.length, 4, 'and no type is unaudited where the list is empty')
})

test('odd calls and odd results do not lose the record', async (t) => {
  const { logger } = await setUp(t)
  const odd = { async bulkCreate (objects: unknown) { return objects }, async find () { return null }, async bulkGet () { return { saved_objects: [null, { type: '__proto__', id: 'a\nb' }, { type: 'x', error: { statusCode: 404 } }] } }, async create () { return 1 } }
  const audited: Record<string, (...args: unknown[]) => Promise<unknown>> = auditRepository(odd, {}, { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON })
  t.equal(await audited.bulkCreate?.(null), null)
  t.match(logger.events.at(-1), { event: { outcome: 'unknown' }, labels: { audit_fault: /prepare: TypeError: expected a list of objects, got null; requested/ } })
  t.equal(await audited.find?.({}), null)
  t.match(logger.events.at(-1), { event: { outcome: 'success' }, labels: { audit_fault: /returned: TypeError: expected a list of objects, got undefined/ } })
  await audited.bulkGet?.([])
  t.same(logger.events.at(-1)?.kibana, { saved_object: { type: '__proto__', id: 'a\nb' } })
  await audited.create?.()
  t.match(logger.events.at(-1), { kibana: { saved_object: { type: 'undefined' } } })
  class Row { readonly #id = 'r'; type = 'row'; get id (): string { return this.#id } }
  t.match(await audited.bulkCreate?.([new Row(), 7]), [{ id: 'r' }, 7], 'an instance is passed on as it is')
})

const story = (events: readonly AuditEvent[]): string[] => events.map(({ event, kibana }) => [event.action.slice(13), kibana?.saved_object?.id].filter(Boolean).join(' '))
const PAGED = ['open_point_in_time', 'find 1', 'find 2', 'close_point_in_time']

test('a finder reads through the audited client', async (t) => {
  const { audited, logger } = await setUp(t)
  const finder = audited.createPointInTimeFinder({ type: 'dashboard', perPage: 1 })
  for await (const page of finder.find()) t.ok(page.saved_objects.length <= 1)
  await finder.close()
  t.same(story(logger.events), PAGED)
  logger.events.length = 0
  for await (const page of audited.createPointInTimeFinder({ type: 'dashboard', perPage: 1 }, { client: audited }).find()) t.ok(page)
  t.same(story(logger.events), PAGED, 'also when it is given as the client')
})

test('a finder is followed when the client that it is given is not audited', async (t) => {
  const { audited, client, logger } = await setUp(t)
  for await (const page of audited.createPointInTimeFinder({ type: 'dashboard', perPage: 1 }, { client }).find()) t.ok(page)
  t.same(story(logger.events), PAGED)
  const stranger = { find: client.find.bind(client), openPointInTimeForType: client.openPointInTimeForType.bind(client), closePointInTime: client.closePointInTime.bind(client) }
  logger.events.length = 0
  for await (const page of audited.createPointInTimeFinder({ type: 'dashboard', perPage: 1 }, { client: stranger }).find()) t.ok(page)
  t.same(story(logger.events), PAGED)
})

test('with an authorize, too, a finder gives a generator: next, return and for await', async (t) => {
  const { client, logger } = await setUp(t)
  let refusal: Error | null = null
  const guarded = auditRepository(client, { authorize () { if (refusal !== null) throw refusal } }, { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON })
  const pages = guarded.createPointInTimeFinder({ type: 'dashboard', perPage: 1 }).find()
  t.match(await pages.next(), { done: false, value: { saved_objects: [{ id: '1' }] } })
  t.match(await pages.return(undefined), { done: true })
  t.match(await pages.next(), { done: true })
  refusal = Object.assign(new Error('no'), { statusCode: 403 })
  guarded.createPointInTimeFinder({ type: 'dashboard' }).find()
  await t.rejects(guarded.createPointInTimeFinder({ type: 'dashboard' }).find().next(), refusal, 'whoever asks for an item is told')
})

test('a finder asks for the permissions of its own repository, whichever wrapper it is given as the client', async (t) => {
  const { audited, client, logger } = await setUp(t)
  const asked: string[] = []
  const guarded = auditRepository(client, { authorize: ({ method }) => { asked.push(method) } }, { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON })
  for await (const page of guarded.createPointInTimeFinder({ type: 'dashboard' }, { client: audited }).find()) t.ok(page)
  t.same(asked, ['find', 'openPointInTimeForType', 'find'])
})

test('the pages of a finder that reads past the audited client are recorded, and need permission', async (t) => {
  const { client, logger } = await setUp(t)
  const past = {
    createPointInTimeFinder: (options: FindOptions) => client.createPointInTimeFinder(options),
    find: client.find.bind(client)
  }
  const context = { logger: () => logger, settings: SETTINGS, onFailure: ALWAYS_GO_ON }
  for await (const page of auditRepository(past, {}, context).createPointInTimeFinder({ type: 'dashboard', perPage: 1 }).find()) t.ok(page)
  t.same(story(logger.events), ['find 1', 'find 2'])
  logger.events.length = 0
  const copying = { find: past.find, createPointInTimeFinder: (_options: FindOptions, { client }: { client?: typeof past } = {}) => ({ async * find () { yield { ...await client?.find({ type: 'dashboard' }) } } }) }
  for await (const page of auditRepository(copying, {}, context).createPointInTimeFinder({ type: 'dashboard' }).find()) t.ok(page)
  t.same(story(logger.events), ['find 1', 'find 2'], 'a copy of a page that has been recorded is not recorded again')
  logger.events.length = 0
  const guarded = auditRepository(past, {
    authorize: ({ method, args }) => {
      t.same([method, args[0]], ['find', { type: 'dashboard' }])
      throw new Error('no')
    }
  }, context)
  await t.rejects(async () => { for await (const page of guarded.createPointInTimeFinder({ type: 'dashboard' }).find()) t.fail(page) }, { message: 'no' })
  t.match(logger.events, [{ message: 'Failed attempt to access saved objects', event: { outcome: 'failure' } }])
})

test('a refusal that a finder meets is recorded once', async (t) => {
  const { audited, logger } = await setUp(t)
  const finder = audited.createPointInTimeFinder({ type: 'secret' })
  await t.rejects(async () => { for await (const page of finder.find()) t.fail(page) }, { name: 'Forbidden' })
  t.same(logger.events.map(({ event }) => `${event.outcome} ${event.action}`), ['unknown saved_object_open_point_in_time', 'failure saved_object_open_point_in_time'])
})

test('authorize is asked about every method that records, but not about giving back a point in time', async (t) => {
  const asked: unknown[] = []
  const { audited, logger } = await setUp(t, { authorize: ({ method, objects }) => { asked.push([method, objects]); throw new RangeError('never') } })
  await audited.closePointInTime('p')
  t.same(asked, [])
  await t.rejects(audited.bulkCreate([{ ...one, attributes: {} }, { type: 'map', attributes: {} }]), { message: 'never' })
  t.equal(logger.events.length, 3)
  t.same(logger.events.slice(1).map(({ event, error }) => [event.outcome, error?.code]), [['failure', 'RangeError'], ['failure', 'RangeError']])
  t.match(asked, [['bulkCreate', [one, { type: 'map', id: /^[\da-f-]{36}$/ }]]], 'with the ids that the objects would get')
  await t.rejects(audited.find({ type: 'dashboard' }))
  t.equal(logger.events.at(-1)?.message, 'Failed attempt to access saved objects')
})

test('checkConflicts is the method itself, and nobody is asked about it, as long as nothing is protected', async (t) => {
  const { logger } = await setUp(t)
  const synchronous = { checkConflicts: (objects: readonly unknown[]) => objects.length }
  const audited = auditRepository(synchronous, { authorize () { throw new Error('no') } }, { logger: () => logger, settings: SETTINGS, onFailure: blocking() })
  t.equal(audited.checkConflicts([one, two]), 2)
  t.same(logger.events, [])
})
