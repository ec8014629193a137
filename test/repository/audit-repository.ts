import { test } from 'tap'
import { auditRepository, type RepositoryContext } from '../../lib/repository/audit-repository.js'
import type { RepositoryOptions } from '../../lib/contracts.js'
import { savedObjectsOperations } from '../../lib/repository/saved-objects.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { blocking, createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'
import { SavedObjectsClient } from '../support/saved-objects.js'

const SETTINGS = { unaudited_read_types: ['config'], include_saved_object_names: true }

function contextOf (logger: RecordingLogger, settings = SETTINGS, onFailure = ALWAYS_GO_ON): RepositoryContext {
  return { logger: () => logger, settings, onFailure }
}

test('a repository is the same to whoever uses it', async (t) => {
  const client = new SavedObjectsClient()
  const audited = auditRepository(client, {}, contextOf(createRecordingLogger(t)))
  t.ok(audited instanceof SavedObjectsClient, 'instanceof')
  t.equal(audited.constructor, SavedObjectsClient)
  t.ok('create' in audited)
  t.notOk('nothing' in audited)
  await audited.create('dashboard', {}, { id: '1' })
  t.equal(audited.size, 1, 'a getter over a private field')
  t.same(await audited.checkConflicts([{ type: 'dashboard', id: '1' }]), { errors: [{ type: 'dashboard', id: '1' }] }, 'a method in no table')
  t.equal(audited.create, audited.create, 'methods are stable')
  t.equal(audited.create.length, client.create.length)
  const { get } = audited
  t.match(await get('dashboard', '1'), { id: '1' }, 'a method taken off the object')
})

test('what an audited method hands out is the wrapper where it is the repository itself', async (t) => {
  const repository = { get (): unknown { return repository }, async find (): Promise<unknown> { return repository }, async update (): Promise<unknown> { return repository } }
  for (const onFailure of [ALWAYS_GO_ON, blocking()]) {
    const audited = auditRepository(repository, {}, contextOf(createRecordingLogger(t), SETTINGS, onFailure))
    for (const method of ['get', 'find', 'update'] as const) t.equal(await audited[method](), audited, method)
  }
})

test('wrapping twice records once, in the latest scope', async (t) => {
  const forApp = createRecordingLogger(t)
  const forRequest = createRecordingLogger(t)
  const client = new SavedObjectsClient()
  const inside = auditRepository(client, {}, contextOf(forApp))
  await auditRepository(inside, {}, contextOf(forRequest)).create('dashboard', {}, { id: '1' })
  t.same(forApp.events, [])
  t.equal(forRequest.events.length, 1)
  await inside.get('dashboard', '1')
  t.equal(forApp.events.length, 1, 'the wrapper inside goes on as it was')
})

test('wrapping again keeps the table and every authorize of the wrapper inside', async (t) => {
  const logger = createRecordingLogger(t)
  const asked: string[] = []
  const options = (name: string, method: string): RepositoryOptions => ({
    authorize: () => { asked.push(name) },
    operations: { [method]: { action: `thing_${method}`, kind: 'write', type: 'change', verbs: ['changing', 'changed', 'change'] } }
  })
  const things = { one: () => 1, two: () => 2 }
  const inside = auditRepository(things, options('inside', 'one'), contextOf(logger))
  const outside = auditRepository(inside, options('outside', 'two'), contextOf(logger))
  await outside.one()
  await outside.two()
  t.same(asked, ['inside', 'outside', 'inside', 'outside'])
  t.same(logger.events.map(({ event }) => event.action), ['thing_one', 'thing_two'])
  await auditRepository(outside, {}, contextOf(logger)).one()
  t.equal(logger.events.length, 3, 'and without options')
})

test('a wrapper of another application has a log of its own, and both are kept', async (t) => {
  const here = createRecordingLogger(t)
  const there = createRecordingLogger(t)
  const inside = auditRepository(new SavedObjectsClient(), {}, contextOf(there, { ...SETTINGS }))
  await auditRepository(inside, {}, contextOf(here)).create('dashboard', {}, { id: '1' })
  t.same([here.events.length, there.events.length], [1, 1])
})

test('what somebody has put around a wrapper is not skipped', async (t) => {
  const context = contextOf(createRecordingLogger(t))
  const inside = auditRepository(new SavedObjectsClient(), {}, context)
  const get = async (): Promise<never> => { throw new Error('guarded') }
  const guards = [
    new Proxy(inside, { get: (target, key) => key === 'get' ? get : Reflect.get(target, key) as unknown }),
    Object.create(inside, { get: { value: get } }) as typeof inside
  ]
  for (const guard of guards) await t.rejects(auditRepository(guard, {}, context).get('dashboard', '1'), { message: 'guarded' })
})

test('an authorize that answers false refuses also when another one is asked after it', async (t) => {
  const context = contextOf(createRecordingLogger(t))
  const inside = auditRepository(new SavedObjectsClient(), { authorize: () => false as unknown as void }, context)
  await t.rejects(auditRepository(inside, { authorize () {} }, context).create('dashboard', {}), { code: 'AUDIT_ERR_OPTION', message: /^authorize: expected an error to be thrown/ })
})

test('nobody gets at the repository behind the wrapper', async (t) => {
  const logger = createRecordingLogger(t)
  const client = Object.assign(new SavedObjectsClient(), { itself () { return this }, async later () { return this } })
  Object.defineProperty(client, 'default', { get () { return this as unknown } })
  const audited = auditRepository(client, {}, contextOf(logger))
  t.equal(audited.itself(), audited, 'a method that returns the object returns the wrapper')
  t.equal(await audited.later(), audited)
  t.equal(Reflect.get(audited, 'default'), audited, 'a property that holds it')
  const seen: PropertyKey[] = []
  auditRepository(new Proxy(audited, { get (target, key) { seen.push(key); return Reflect.get(target, key) as unknown } }), {}, contextOf(logger))
  t.same(seen, [], 'no question can be overheard')
  t.notOk(Reflect.ownKeys(audited).some((key) => typeof key === 'symbol'))
  const own = Object.getOwnPropertyDescriptor(Object.assign(audited, { get: client.get.bind(client) }), 'get')
  await t.rejects((own?.value as typeof client.get)('secret', '1'))
  t.equal(logger.events.at(-1)?.event.outcome, 'failure', 'a descriptor does not lead past the audit')
})

test('a frozen repository, and one whose properties change', async (t) => {
  const logger = createRecordingLogger(t)
  const frozen = auditRepository(Object.freeze({ async get (type: string, id: string) { return { type, id } } }), {}, contextOf(logger))
  t.same(await frozen.get('dashboard', '1'), { type: 'dashboard', id: '1' })
  const changing = { size: 1, async get (type: string, id: string): Promise<object> { return { type, id } } }
  const audited = auditRepository(changing, {}, contextOf(logger))
  await audited.get('dashboard', '2')
  audited.size = 2
  t.equal(changing.size, 2, 'a property is set on the repository itself')
  audited.get = async () => ({ other: true })
  t.same(await audited.get('dashboard', '3'), { other: true })
  t.same(Object.keys(audited), ['size', 'get'])
  delete (audited as Partial<typeof audited>).get
  t.notOk('get' in changing)
  t.equal(logger.events.length, 3)
  t.throws(() => Object.freeze(audited), TypeError)
})

test('calls inside the repository are not recorded', async (t) => {
  const logger = createRecordingLogger(t)
  const audited = auditRepository(new SavedObjectsClient(), {}, contextOf(logger))
  await audited.create('dashboard', { views: 1 }, { id: '1' })
  await audited.incrementCounter('dashboard', '1', ['views'])
  t.same(logger.events.map(({ event }) => event.action), ['saved_object_create', 'saved_object_update'])
})

test('the logger is found at the call', async (t) => {
  const loggers = [createRecordingLogger(t), createRecordingLogger(t)] as const
  let current = 0
  const audited = auditRepository(new SavedObjectsClient(), {}, { ...contextOf(loggers[0]), logger: () => loggers[current === 0 ? 0 : 1] })
  await audited.create('dashboard', {})
  current = 1
  await audited.create('dashboard', {})
  t.same(loggers.map(({ events }) => events.length), [1, 1])
})

test('a transaction is audited where it is handed on, a tenant where it is handed out', async (t) => {
  const logger = createRecordingLogger(t)
  class Invoices {
    readonly #tenant: string
    constructor (tenant: string) { this.#tenant = tenant }
    async void (id: string): Promise<string> { return `${this.#tenant}/${id}` }
    async transaction<T> (work: (invoices: Invoices) => Promise<T>): Promise<T> { return await work(new Invoices('in transaction')) }
    forTenant (tenant: string): Invoices { return new Invoices(tenant) }
    async forTenantLater (tenant: string): Promise<Invoices> { return new Invoices(tenant) }
  }
  const audited = auditRepository(new Invoices('main'), {
    operations: {
      void: { action: 'invoice_void', kind: 'write', type: 'change', verbs: ['voiding', 'voided', 'void'], requested: ([id]) => [{ type: 'invoice', id: String(id) }] },
      transaction: { kind: 'handover', handOn: ([work], auditing) => [(invoices: object) => (work as (invoices: object) => unknown)(auditing(invoices))] },
      forTenant: { kind: 'handover', returns: 'same' },
      forTenantLater: { kind: 'handover', returns: 'same' }
    }
  }, contextOf(logger))
  t.equal(await audited.transaction((invoices) => invoices.void('1')), 'in transaction/1')
  t.equal(await audited.forTenant('a').void('2'), 'a/2')
  t.equal(await audited.forTenant('a').forTenant('b').void('3'), 'b/3')
  t.equal(await (await audited.forTenantLater('c')).void('4'), 'c/4')
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object?.id), ['1', '2', '3', '4'])
})

test('what cannot be audited is told when it is wrapped', async (t) => {
  const context = contextOf(createRecordingLogger(t))
  t.throws(() => auditRepository((() => {}) as object, {}, context), { code: 'AUDIT_ERR_OPTION', message: 'repository: expected an object with methods, got a function' })
  t.throws(() => auditRepository({}, 'no' as never, context), { code: 'AUDIT_ERR_OPTION', message: 'options: expected an object, got "no"' })
  t.throws(() => auditRepository({}, { authorise () {} } as never, context), { code: 'AUDIT_ERR_OPTION', message: 'options: expected one of operations, authorize, got "authorise"' })
  t.throws(() => auditRepository({}, { authorize: 'no' as never }, context), { code: 'AUDIT_ERR_OPTION', message: 'authorize: expected a function, got "no"' })
  t.throws(() => auditRepository({}, { operations: { get: { kind: 'red' } as never } }, context), { code: 'AUDIT_ERR_OPTION', message: /operations\.get\.kind: expected .*, got "red"/ })
})

const BLOCKED = { code: 'AUDIT_ERR_BLOCKED' }

test('with block, what a finder hands out was acknowledged, whether it reads through the audited client or past it', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const client = new SavedObjectsClient()
  await client.create('dashboard', {}, { id: '1' })
  const audited = auditRepository(client, {}, contextOf(logger, SETTINGS, blocking()))
  for await (const page of audited.createPointInTimeFinder({ type: 'dashboard' }).find()) logger.story.push(`out ${page.saved_objects.length}`)
  t.same(logger.story, [
    'unknown saved_object_open_point_in_time', 'acknowledged', 'success saved_object_find dashboard:1', 'acknowledged', 'out 1',
    'unknown saved_object_close_point_in_time', 'acknowledged'
  ])
  const taken: unknown[] = []
  const past = { createPointInTimeFinder: () => ({ async * find () { yield await client.find({ type: 'dashboard' }) } }) }
  const pastAudited = auditRepository(past, {}, contextOf(logger, SETTINGS, blocking()))
  logger.isBroken = true
  await t.rejects(async () => { for await (const page of audited.createPointInTimeFinder({ type: 'dashboard' }).find()) taken.push(page) }, BLOCKED)
  await t.rejects(async () => { for await (const page of pastAudited.createPointInTimeFinder().find()) taken.push(page) }, BLOCKED)
  const readsOnly = auditRepository(client, {}, contextOf(logger, SETTINGS, blocking({ writes: 'continue' })))
  await t.rejects(async () => { for await (const page of readsOnly.createPointInTimeFinder({ type: 'dashboard' }).find()) taken.push(page) }, BLOCKED)
  t.same(taken, [])
})

test('with block, what is handed on and handed out is held up as well, and so is each of two layers', async (t) => {
  const logger = createRecordingLogger(t)
  const context = contextOf(logger, SETTINGS, blocking())
  const client = new SavedObjectsClient()
  const tenants = { asScopedToNamespace: () => client, async transaction (work: (inside: SavedObjectsClient) => unknown) { return await work(client) } }
  const audited = auditRepository(tenants, {
    operations: {
      ...savedObjectsOperations(),
      transaction: { kind: 'handover', handOn: ([work], itself) => [(inside: object) => (work as (inside: object) => unknown)(itself(inside))] }
    }
  }, context)
  logger.isBroken = true
  await t.rejects(audited.asScopedToNamespace().create('dashboard', {}), BLOCKED)
  await t.rejects(audited.transaction((inside) => inside.create('dashboard', {})), BLOCKED)

  const working = createRecordingLogger(t)
  const own = contextOf(working, SETTINGS, blocking())
  const ofTheApp = auditRepository(client, {}, own)
  const ofTheRequest = auditRepository(ofTheApp, {}, { ...own, logger: () => logger })
  await t.rejects(ofTheRequest.create('dashboard', {}), BLOCKED, 'the layer of the request stands for both')
  const here = auditRepository(auditRepository(client, {}, contextOf(logger, { ...SETTINGS }, blocking())), {}, contextOf(working, { ...SETTINGS }))
  await t.rejects(here.create('dashboard', {}), BLOCKED, 'that of another application holds up by its own policy')
  t.equal(client.size, 0, 'nothing was made')
})
