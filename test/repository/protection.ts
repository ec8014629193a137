import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'tap'
import type { Test } from 'tap'
import type { AuditEvent, AuditUser, OnFailure, Operation, Operations, RepositoryOptions } from '../../lib/contracts.js'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import { crudOperations } from '../../lib/repository/crud.js'
import type { ProtectionRule } from '../../lib/repository/settings.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { blocking, createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'
import { SavedObjectsClient, type FindOptions } from '../support/saved-objects.js'

interface Wish {
  readonly refuse?: boolean
  readonly user?: RecordingLogger['user']
  readonly options?: RepositoryOptions
  readonly onFailure?: OnFailure
  readonly timeout?: number
  readonly rules?: readonly ProtectionRule[]
}

const jane: AuditUser = { name: 'jane', roles: ['editor'] }
const admin: AuditUser = { name: 'root', roles: ['viewer', 'admin'] }

const rulesWith = (refuse: boolean): ProtectionRule[] => [{ types: ['key', 'config'], roles: ['admin', 'owner'], refuse }, { types: ['key'], roles: ['viewer', 'editor'], refuse }]

/** An audited repository in which `key` and `config` are protected; its calls stand in the logger's story. */
function protect<T extends object> (t: Test, repository: T, { refuse = true, user = jane, options = {}, onFailure = ALWAYS_GO_ON, timeout = 5000, rules = rulesWith(refuse) }: Wish = {}): { audited: T, logger: RecordingLogger } {
  const logger = createRecordingLogger(t, 1)
  logger.user = user
  const told = new Proxy(repository, {
    get (target, key) {
      const value: unknown = Reflect.get(target, key, target)
      return typeof value !== 'function' ? value : (...args: unknown[]) => { logger.story.push(`calls ${String(key)}`); return Reflect.apply(value, target, args) as unknown }
    }
  })
  const settings = { unaudited_read_types: ['config'], include_saved_object_names: true, protection: { rules, timeout } }
  return { logger, audited: auditRepository(told, options, { logger: () => logger, settings, onFailure }) }
}

async function client (): Promise<SavedObjectsClient> {
  const objects = new SavedObjectsClient()
  for (const [type, id] of [['map', '1'], ['key', '9'], ['config', '8']] as const) await objects.create(type, { title: `${type} ${id}` }, { id })
  return objects
}

const attempts = ({ events }: RecordingLogger): AuditEvent[] => events.filter(({ event }) => event.action === 'protected_object_attempt')
const said = ({ events }: RecordingLogger): string[] => events.map(({ message }) => message)
const called = ({ story }: RecordingLogger): string[] => story.filter((line) => line.startsWith('calls '))

const map = { type: 'map', id: '1' }
const key = { type: 'key', id: '9' }

type Call = (objects: SavedObjectsClient) => Promise<unknown>

/** Every method of the client that takes types or ids: the call, its verb, and the protected objects in it. */
const CALLS: Readonly<Record<string, readonly [call: Call, verb: string, what?: readonly string[]]>> = {
  create: [(objects) => objects.create('key', {}, { id: '9' }), 'create'],
  bulkCreate: [(objects) => objects.bulkCreate([{ ...map, attributes: {} }, { ...key, attributes: {} }]), 'create'],
  get: [(objects) => objects.get('key', '9'), 'access'],
  bulkGet: [(objects) => objects.bulkGet([map, key, { type: 'config', id: '8' }]), 'access', ['key [id=9]', 'config [id=8]']],
  resolve: [(objects) => objects.resolve('key', '9'), 'resolve'],
  bulkResolve: [(objects) => objects.bulkResolve([map, key]), 'resolve'],
  find: [(objects) => objects.find({ type: ['map', 'key'] }), 'access', ['objects of type [key]']],
  update: [(objects) => objects.update('key', '9', {}), 'update'],
  bulkUpdate: [(objects) => objects.bulkUpdate([{ ...map, attributes: {} }, { ...key, attributes: {} }]), 'update'],
  incrementCounter: [(objects) => objects.incrementCounter('key', '9', ['views']), 'update'],
  delete: [(objects) => objects.delete('key', '9'), 'delete'],
  bulkDelete: [(objects) => objects.bulkDelete([map, key]), 'delete'],
  checkConflicts: [(objects) => objects.checkConflicts([map, key]), 'check conflicts of'],
  openPointInTimeForType: [(objects) => objects.openPointInTimeForType(['map', 'key']), 'open point-in-time', ['objects of type [key]']],
  createPointInTimeFinder: [async (objects) => { await objects.createPointInTimeFinder({ type: 'key' }).find().next() }, 'open point-in-time', ['objects of type [key]']],
  collectMultiNamespaceReferences: [(objects) => objects.collectMultiNamespaceReferences([map, key]), 'collect references and spaces of'],
  updateObjectsSpaces: [(objects) => objects.updateObjectsSpaces([map, key], ['sales'], []), 'update spaces of'],
  removeReferencesTo: [(objects) => objects.removeReferencesTo('key', '9'), 'remove references to'],
  changeOwnership: [(objects) => (objects as unknown as Later).changeOwnership([map, key], {}), 'update owner of'],
  changeAccessMode: [(objects) => (objects as unknown as Later).changeAccessMode([map, key], {}), 'update access mode of']
}

/** What newer clients have. */
interface Later { changeOwnership (objects: object[], options: object): Promise<unknown>, changeAccessMode (objects: object[], options: object): Promise<unknown> }
const later = async (objects: object[]): Promise<object> => ({ objects })
const withLater = async (): Promise<SavedObjectsClient> => Object.assign(await client(), { changeOwnership: later, changeAccessMode: later })
/** Neither takes a type or an id of an object: what they hand out is protected itself. */
const OTHERS = ['constructor', 'closePointInTime', 'asScopedToNamespace', 'size']

test('the table below has every method of the client', async (t) => {
  t.same(Object.getOwnPropertyNames(SavedObjectsClient.prototype).filter((name) => !OTHERS.includes(name) && !(name in CALLS)), [])
})

for (const [name, [call, verb, what = ['key [id=9]']]] of Object.entries(CALLS)) {
  test(`${name}: an attempt is recorded for each object, and refused before it runs`, async (t) => {
    const { audited, logger } = protect(t, await withLater())
    await t.rejects(call(audited), { code: 'AUDIT_ERR_PROTECTED', statusCode: 403 })
    t.same(attempts(logger).map(({ message }) => message), what.map((object) => `Failed attempt to ${verb} protected ${object}`))
    t.match(attempts(logger)[0], { event: { type: ['denied'], outcome: 'failure' }, error: { code: 'AUDIT_ERR_PROTECTED' } })
    t.same(called(logger).filter((line) => line !== 'calls createPointInTimeFinder'), [])
    t.notOk(logger.events.some(({ event }) => event.outcome !== 'failure'), 'and as a refusal of what was asked for')
    t.equal(logger.events.length > what.length, name !== 'checkConflicts')
    t.equal(logger.story.at(-1), 'acknowledged', 'before the caller knows')
  })

  test(`${name}: with refuse: false it is recorded and goes on`, async (t) => {
    const { audited, logger } = protect(t, await withLater(), { refuse: false })
    const [result, expected] = [await call(audited), await call(await withLater())]
    if (!name.includes('Point')) t.same(result, expected)
    const own = name === 'createPointInTimeFinder' ? attempts(logger).slice(0, 1) : attempts(logger)
    t.same(own.map(({ message }) => message.replace(/^User is \S+( point-in-time| (?:conflicts|references and spaces|spaces|owner|access mode) of| references to)? /, '')), what.map((object) => `protected ${object}`))
    t.match(own[0], { event: { type: ['allowed'], outcome: 'unknown' } })
  })

  test(`${name}: who has the roles is not asked for more`, async (t) => {
    const { audited, logger } = protect(t, await withLater(), { user: admin })
    const [result, expected] = [await call(audited), await call(await withLater())]
    if (!name.includes('Point')) t.same(result, expected)
    t.same(attempts(logger), [])
  })
}

test('all rules about a type have to be met', async (t) => {
  const { audited, logger } = protect(t, await client(), { user: { roles: ['owner'] } })
  await audited.get('config', '8')
  await t.rejects(audited.get('key', '9'), { code: 'AUDIT_ERR_PROTECTED' })
  t.equal(attempts(logger).length, 1)
})

test('what is not protected is as it was', async (t) => {
  const { audited, logger } = protect(t, await client())
  await audited.get('map', '1')
  await audited.delete('map', '1')
  const { id } = await audited.openPointInTimeForType('map')
  await audited.closePointInTime(id)
  t.same(attempts(logger), [])
  t.equal(called(logger).length, 4)
})

test('a search of all types does not hand out what is protected', async (t) => {
  const objects = await client()
  const all = Object.assign(objects, { find: async (_options: object) => ({ saved_objects: [await objects.get('map', '1'), await objects.get('config', '8'), await objects.get('key', '9')], total: 3, page: 1, per_page: 20 }) })
  const refused = protect(t, all as unknown as SavedObjectsClient)
  await t.rejects(refused.audited.find({} as FindOptions), { code: 'AUDIT_ERR_PROTECTED' })
  t.same(said(refused.logger), ['Failed attempt to access protected config [id=8]', 'Failed attempt to access protected key [id=9]', 'Failed attempt to access saved objects'], 'also of a type whose reads are not recorded')
  const seen = protect(t, all as unknown as SavedObjectsClient, { refuse: false })
  t.equal((await seen.audited.find({} as FindOptions)).saved_objects.length, 3)
  t.same(said(seen.logger), ['User has accessed protected config [id=8]', 'User has accessed protected key [id=9]', 'User has accessed map [id=1]', 'User has accessed key [id=9]'])
  t.match(attempts(seen.logger)[0], { event: { type: ['allowed'], outcome: 'success' } })
})

test('types are found wherever a search names them', async (t) => {
  for (const options of [{ type: 'map', hasReference: key }, { type: 'map', hasNoReference: [map, key] }, { type: 'map', typeToNamespacesMap: new Map([['key', ['default']]]) }]) {
    const { audited, logger } = protect(t, await client())
    await t.rejects(audited.find(options as unknown as FindOptions), { code: 'AUDIT_ERR_PROTECTED' })
    t.same(called(logger), [])
  }
})

test('references to what is protected are not handed out', async (t) => {
  const objects = { async collectMultiNamespaceReferences (_objects: object[]) { return { objects: [{ ...map, spaces: ['default'] }, { ...key, spaces: ['default'] }] } } }
  const { audited, logger } = protect(t, objects)
  await t.rejects(audited.collectMultiNamespaceReferences([map]), { code: 'AUDIT_ERR_PROTECTED' })
  t.equal(said(logger)[0], 'Failed attempt to collect references and spaces of protected key [id=9]')
})

test('an alias does not lead around', async (t) => {
  const objects = { async resolve (_type: string, _id: string) { return { saved_object: { ...key, attributes: {} }, outcome: 'aliasMatch' } } }
  const { audited } = protect(t, objects)
  await t.rejects(audited.resolve('map', '1'), { code: 'AUDIT_ERR_PROTECTED' })
})

test('a finder that reads past the audited client hands out no page with something protected', async (t) => {
  const objects = await client()
  const past = { createPointInTimeFinder: (options: FindOptions) => objects.createPointInTimeFinder(options) }
  const { audited, logger } = protect(t, past)
  await t.rejects(async () => { for await (const page of audited.createPointInTimeFinder({ type: 'key' }).find()) t.fail(page) }, { code: 'AUDIT_ERR_PROTECTED' })
  t.equal(attempts(logger).length, 1)
  const seen = protect(t, await client(), { refuse: false })
  for await (const page of seen.audited.createPointInTimeFinder({ type: ['map', 'key'] }).find()) t.equal(page.saved_objects.length, 2)
  t.same(attempts(seen.logger).map(({ message }) => message), ['User is opening point-in-time protected objects of type [key]', 'User is accessing protected objects of type [key]'], 'once for each call')
})

test('of what hands out its items one by one, nothing protected is handed out', async (t) => {
  const operations = crudOperations({ type: 'map', methods: { all: 'find', cursor: 'find' } })
  const find = { ...operations.find as Operation, touches: undefined }
  const typed: Operations = { all: { ...find, returned: (object) => [object as typeof key] }, cursor: find }
  const objects = { async * all () { yield map; yield key; yield map }, cursor: () => ({ [Symbol.asyncIterator]: async function * () {}, async toArray () { return [key] } }) }
  const { audited, logger } = protect(t, objects, { options: { operations: typed } })
  const taken: unknown[] = []
  await t.rejects(async () => { for await (const object of audited.all()) taken.push(object) }, { code: 'AUDIT_ERR_PROTECTED' })
  t.same(taken, [map])
  t.equal(said(logger)[1], 'Failed attempt to access protected key [id=9]')
  const cursor = await (audited.cursor() as unknown as Promise<ReturnType<typeof objects.cursor>>)
  await t.rejects(cursor.toArray(), { code: 'AUDIT_ERR_PROTECTED' })
  t.match(attempts(logger).at(-1)?.message, /^Failed attempt to access protected saved objects/)
})

test('a call whose objects cannot be told is one that may touch them', async (t) => {
  const { audited, logger } = protect(t, await client())
  await t.rejects(audited.bulkDelete(new Set([key]) as unknown as typeof key[]), { code: 'AUDIT_ERR_PROTECTED' })
  t.same([said(logger)[0], called(logger)], ['Failed attempt to delete protected saved objects', []])
  const odd = protect(t, { async find () { return { hits: [key] } } })
  await t.rejects((odd.audited.find as (options: object) => Promise<unknown>)({ type: 'map' }), { code: 'AUDIT_ERR_PROTECTED' })
})

test('who acts may be found out later; who cannot be found out has no role', async (t) => {
  const late = protect(t, await client(), { user: pause(10, admin) })
  t.match(await late.audited.get('key', '9'), key)
  for (const userOf of [() => undefined, () => ({}), () => Promise.reject(new Error('no directory')), () => new Promise<never>(() => {})]) {
    const { audited, logger } = protect(t, await client(), { timeout: 20 })
    logger.actingUser = userOf
    await t.rejects(audited.get('key', '9'), { code: 'AUDIT_ERR_PROTECTED' })
    t.equal(attempts(logger).length, 1)
  }
})

test('a list that is changed while the user is found out is not the one that is used', async (t) => {
  const { audited, logger } = protect(t, await client(), { user: pause(10, jane) })
  const objects = [{ ...map }]
  const deleting = audited.bulkDelete(objects)
  objects[0] = { ...key }
  t.same((await deleting).statuses.map(({ id }) => id), ['1'])
  t.same(attempts(logger), [])
})

test('an attempt that cannot be recorded does not go on, where on_failure says so; a refusal stays a refusal', async (t) => {
  const seen = protect(t, await client(), { refuse: false, onFailure: blocking({ reads: 'continue' }) })
  seen.logger.isBroken = true
  await t.rejects(seen.audited.get('key', '9'), { code: 'AUDIT_ERR_BLOCKED', statusCode: 503 })
  t.same(called(seen.logger), [])
  const refused = protect(t, await client(), { onFailure: blocking() })
  refused.logger.isBroken = true
  await t.rejects(refused.audited.get('key', '9'), { code: 'AUDIT_ERR_PROTECTED', statusCode: 403 })
})

test('a repository of one kind of object is protected by its type; authorize is asked after', async (t) => {
  const asked: string[] = []
  const keys = { async list () { return [] }, async remove (_id: string) {}, now (_id: string) { return { id: '9' } }, count: () => 7 }
  const options: RepositoryOptions = { operations: crudOperations({ type: 'key', methods: { now: 'get' } }), authorize: ({ method }) => { asked.push(method) } }
  const { audited, logger } = protect(t, keys, { options })
  await t.rejects(audited.list(), { code: 'AUDIT_ERR_PROTECTED' })
  await t.rejects(audited.remove('9'), { code: 'AUDIT_ERR_PROTECTED' })
  t.same([asked, called(logger)], [[], []])
  t.match(attempts(logger).map(({ event }) => event.reason), ['key_find', 'key_delete'])
  const permitted = protect(t, keys, { options, user: admin })
  await permitted.audited.remove('9')
  t.same(asked, ['remove'])
  t.same(await permitted.audited.now('9'), { id: '9' }, 'a synchronous read has to wait for the user')
  t.equal(audited.count(), 7, 'what is in no table is not known')
})

test('what a rule that only records protects goes on, whatever another rule refuses', async (t) => {
  const rules = [{ types: ['key'], roles: ['admin'], refuse: true }, { types: ['config'], roles: ['admin'], refuse: false }]
  const { audited, logger } = protect(t, await client(), { rules })
  t.match(await audited.get('config', '8'), { id: '8' })
  await t.rejects(audited.bulkGet([{ type: 'config', id: '8' }, key]), { code: 'AUDIT_ERR_PROTECTED' })
  t.same(attempts(logger).map(({ message }) => message), ['User is accessing protected config [id=8]', 'Failed attempt to access protected config [id=8]', 'Failed attempt to access protected key [id=9]'])
})
