import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'tap'
import type { Test } from 'tap'
import { auditRepository, type RepositoryContext } from '../../lib/repository/audit-repository.js'
import type { AuthorizeCall, OnFailure, Operation, Operations, RepositoryOptions } from '../../lib/contracts.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { blocking, createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'

const write: Operation = {
  action: 'thing_put',
  kind: 'write',
  type: 'change',
  verbs: ['putting', 'put', 'put'],
  noun: 'things',
  requested: (ids) => ids.map((id) => ({ type: 'thing', id: String(id) }))
}
const read: Operation = { ...write, action: 'thing_get', kind: 'read', type: 'access', verbs: ['accessing', 'accessed', 'access'] }

function audit<T extends object> (logger: RecordingLogger, repository: T, operations: Operations, options: RepositoryOptions = {}, onFailure: OnFailure = ALWAYS_GO_ON): T {
  const context: RepositoryContext = { logger: () => logger, settings: { unaudited_read_types: ['config'], include_saved_object_names: true }, onFailure }
  return auditRepository(repository, { ...options, operations }, context)
}

const refusal = (statusCode: number): Error => Object.assign(new Error('not yours'), { name: 'Forbidden', statusCode })

test('a write begins when its intention is acknowledged, and not before', async (t) => {
  const logger = createRecordingLogger(t, 30)
  const things = audit(logger, { async put (..._ids: number[]) { logger.story.push('written'); return 'done' } }, { put: write })
  t.equal(await things.put(1, 2), 'done')
  t.same(logger.story, ['unknown thing_put thing:1', 'unknown thing_put thing:2', 'acknowledged', 'written'])
  t.equal(logger.events[0]?.message, 'User is putting thing [id=1]')
})

test('a write that answers synchronously waits as well, and becomes a promise', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const things = audit(logger, { put (_id: number) { logger.story.push('written'); return 7 } }, { put: write })
  const result: unknown = things.put(1)
  t.type(result, Promise)
  t.same(logger.story, ['unknown thing_put thing:1'])
  t.equal(await result, 7)
  t.same(logger.story, ['unknown thing_put thing:1', 'acknowledged', 'written'])
})

test('a write goes on when its intention could not be written: the trail has counted that', async (t) => {
  const logger = createRecordingLogger(t)
  logger.isBroken = true
  const things = audit(logger, { async put (_id: number) { return 'done' }, async get (_id: number) { return {} } }, { put: write, get: read })
  t.equal(await things.put(1), 'done')
  t.same(await things.get(1), {})
})

test('a write that fails leaves its intention, and only that', async (t) => {
  const logger = createRecordingLogger(t)
  const thrown = new Error('no space')
  const things = audit(logger, { async put (_id: number) { throw thrown } }, { put: write })
  t.equal(await things.put(1).catch((error: unknown) => error), thrown)
  t.same(logger.story, ['unknown thing_put thing:1', 'acknowledged'])
})

for (const statusCode of [401, 403]) {
  test(`a ${statusCode} of the repository is a failure for each object, and reaches the caller untouched`, async (t) => {
    const logger = createRecordingLogger(t, 5)
    const thrown = refusal(statusCode)
    const things = audit(logger, {
      async put (..._ids: number[]) { throw thrown },
      async get (..._ids: number[]) { throw thrown },
      now (..._ids: number[]) { throw thrown }
    }, { put: write, get: read, now: read })
    t.equal(await things.put(1, 2).catch((error: unknown) => error), thrown)
    t.same(logger.story.slice(3), ['failure thing_put thing:1', 'failure thing_put thing:2', 'acknowledged'], 'acknowledged before it is thrown')
    t.match(logger.events[2], { message: 'Failed attempt to put thing [id=1]', error: { code: 'Forbidden', message: 'not yours' } })
    logger.story.length = 0
    t.equal(await things.get(1, 2).catch((error: unknown) => error), thrown)
    t.same(logger.story, ['failure thing_get thing:1', 'failure thing_get thing:2', 'acknowledged'])
    logger.story.length = 0
    t.throws(() => things.now(3), thrown)
    t.same(logger.story, ['failure thing_get thing:3'])
  })
}

test('a read that fails for another reason has accessed nothing', async (t) => {
  const logger = createRecordingLogger(t)
  const things = audit(logger, { async get () { throw new Error('offline') }, now () { throw new Error('offline') } }, { get: read, now: read })
  await t.rejects(things.get(), { message: 'offline' })
  t.throws(() => things.now(), { message: 'offline' })
  t.same(logger.events, [])
})

test('a read is said before the caller has the data', async (t) => {
  const logger = createRecordingLogger(t, 20)
  const things = audit(logger, { async get (_id: number) { logger.story.push('read'); return {} }, now (_id: number) { return 5 } }, { get: read, now: read })
  await things.get(1)
  t.same(logger.story, ['read', 'success thing_get thing:1'])
  t.equal(things.now(2), 5, 'a synchronous read stays synchronous')
  t.equal(logger.story.at(-1), 'success thing_get thing:2')
})

test('authorize refuses before anything runs', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const thrown = new TypeError('no')
  const asked: AuthorizeCall[] = []
  const repository = { async put (..._ids: number[]) { logger.story.push('written') }, get (_id: number) { logger.story.push('read') }, free () { logger.story.push('free') } }
  const things = audit(logger, repository, { put: write, get: read, free: { ...write, authorize: false } }, {
    authorize: async (call) => {
      asked.push(call)
      await pause(1)
      throw thrown
    }
  })
  t.equal(await things.put(1, 2).catch((error: unknown) => error), thrown)
  t.same(logger.story, ['failure thing_put thing:1', 'failure thing_put thing:2', 'acknowledged'])
  t.match(logger.events[0], { error: { code: 'TypeError', message: 'no' } })
  t.same(asked, [{ method: 'put', action: 'thing_put', objects: [{ type: 'thing', id: '1' }, { type: 'thing', id: '2' }], args: [1, 2] }])
  logger.story.length = 0
  await t.rejects((things.get as (id: number) => unknown as (id: number) => Promise<void>)(3), thrown)
  t.same(logger.story, ['failure thing_get thing:3', 'acknowledged'])
  await things.free()
  t.equal(logger.story.at(-1), 'free', 'never asked about')
})

test('an authorize that answers false instead of throwing refuses loudly', async (t) => {
  const logger = createRecordingLogger(t)
  const things = audit(logger, { async put (_id: number) { return 'done' } }, { put: write }, { authorize: () => false as unknown as void })
  await t.rejects(things.put(1), { code: 'AUDIT_ERR_OPTION', message: 'authorize: expected an error to be thrown to refuse thing_put, got false' })
  t.same(logger.events.map(({ event }) => event.outcome), ['failure'])
})

test('an authorize that permits lets the same happen as without', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const things = audit(logger, {
    async put (_id: number) { logger.story.push('written') },
    async * all () { yield 1; yield 2 },
    async same () { return this }
  }, { put: write, all: { ...read, returned: (id) => [{ type: 'thing', id: String(id) }] }, same: read }, { authorize: async () => { logger.story.push('asked') } })
  await things.put(1)
  t.same(logger.story, ['asked', 'unknown thing_put thing:1', 'acknowledged', 'written'])
  logger.story.length = 0
  const taken: number[] = []
  for await (const item of things.all()) taken.push(item)
  t.same(taken, [1, 2], 'also over what has to wait')
  t.same(logger.story.filter((line) => line !== 'acknowledged'), ['asked', 'success thing_get thing:1', 'success thing_get thing:2'])
  t.equal(await things.same(), things)
})

test('a bulk of thousands is said in stretches, in order, all acknowledged before the write', async (t) => {
  const logger = createRecordingLogger(t, 2)
  const ids = Array.from({ length: 10_000 }, (_, id) => id)
  const things = audit(logger, {
    async put (..._ids: number[]) { logger.story.push('written') },
    async get () { return ids }
  }, { put: write, get: { ...read, returned: (found) => (found as number[]).map((id) => ({ type: 'thing', id: String(id) })) } })
  let turns = 0
  const turning = setInterval(() => { turns++ }, 0)
  t.teardown(() => { clearInterval(turning) })
  await things.put(...ids)
  t.ok(Math.max(...logger.sizes) <= 500)
  t.ok(turns >= 5, 'the event loop went on')
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object?.id), ids.map(String))
  t.equal(logger.story.at(-1), 'written')
  t.equal(logger.story.filter((line) => line === 'acknowledged').length, logger.sizes.length)
  logger.events.length = 0
  await things.get()
  t.equal(logger.events.length, 10_000, 'all said before the data are handed over')
})

test('items of a bulk result that were refused are failures', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const refused: Operation['refused'] = () => [{ object: { type: 'thing', id: '2' }, error: { code: 'Forbidden', message: 'no' } }]
  const things = audit(logger, { async put (..._ids: number[]) { return 'partly' }, async get () { return 'partly' } }, { put: { ...write, refused }, get: { ...read, refused, returned: () => [] } })
  t.equal(await things.put(1, 2), 'partly')
  t.same(logger.story.slice(2), ['acknowledged', 'failure thing_put thing:2', 'acknowledged'])
  await things.get()
  t.match(logger.events.at(-1), { event: { outcome: 'failure' }, error: { code: 'Forbidden', message: 'no' } })
})

const fails = (): never => { throw new RangeError('odd') }

test('a table that fails stops neither the operation nor the record', async (t) => {
  await fault(t, { ...write, requested: fails }, 'unknown', 'requested: RangeError: odd')
  await fault(t, { ...write, requested: () => null as never }, 'unknown', 'requested: TypeError: expected a list, got null')
  await fault(t, { ...write, requested: undefined, fields: fails }, 'unknown', 'fields: RangeError: odd')
  await fault(t, { ...write, requested: undefined, prepare: fails }, 'unknown', 'prepare: RangeError: odd')
  await fault(t, { ...read, returned: fails }, 'success', 'returned: RangeError: odd')
  await fault(t, { ...read, returned: () => 7 as never }, 'success', 'returned: TypeError: expected a list, got number')
  const logger = createRecordingLogger(t)
  await audit(logger, { async it (_id: number) { return 'done' } }, { it: { ...write, refused: fails } }).it(1)
  t.match(logger.events[1], { event: { outcome: 'unknown' }, labels: { audit_fault: 'refused: RangeError: odd' } })
})

async function fault (t: Test, operation: Operation, outcome: string, says: string): Promise<void> {
  const logger = createRecordingLogger(t)
  t.equal(await audit(logger, { async it (id: number) { return `done ${id}` } }, { it: operation }).it(1), 'done 1')
  t.equal(logger.events.length, 1)
  t.match(logger.events[0], { event: { outcome }, labels: { audit_fault: says } })
  t.equal(logger.events[0]?.kibana?.saved_object, undefined)
}

test('an operation without objects is one event without an object', async (t) => {
  const logger = createRecordingLogger(t)
  const things = audit(logger, { async put () {}, async get () { return [] }, async find () { return [] } }, {
    put: { ...write, requested: undefined },
    get: { ...read, requested: undefined },
    find: { ...read, requested: undefined, returned: () => [] }
  })
  await things.put()
  await things.get()
  await things.find()
  t.same(logger.story.filter((line) => line !== 'acknowledged'), ['unknown thing_put', 'success thing_get'])
  t.equal(logger.events[0]?.message, 'User is putting things')
})

const BLOCKED = { code: 'AUDIT_ERR_BLOCKED', statusCode: 503, headers: { 'retry-after': '10' }, cause: { message: 'the log cannot be written' } }

for (const policy of ['block', 'stop'] as const) {
  test(`with ${policy}, a write whose intention cannot be recorded does not begin`, async (t) => {
    const logger = createRecordingLogger(t)
    logger.isBroken = true
    const ids = Array.from({ length: 1000 }, (_, id) => id)
    const things = audit(logger, {
      async put (..._ids: number[]) { t.fail('has begun') },
      now (_id: number) { t.fail('has begun') },
      async * all (_id: number) { t.fail('has begun'); yield 1 },
      stream (_id: number): AsyncIterable<number> { t.fail('has begun'); return things.all(1) }
    }, { put: write, now: write, all: write, stream: write }, {}, blocking({ writes: policy }))
    await t.rejects(things.put(1), { ...BLOCKED, message: /on_failure\.writes/ })
    await t.rejects(things.put(...ids), BLOCKED, 'also when it is thousands')
    await t.rejects(things.now(1) as unknown as Promise<void>, BLOCKED)
    await t.rejects(things.all(1).next(), BLOCKED)
    await t.rejects(async () => { for await (const item of things.stream(1)) t.fail(String(item)) }, BLOCKED)
    t.equal(logger.events.length, 1004, 'each was tried')
    logger.isBroken = false
    const working = audit(logger, { async put (_id: number) { return 'done' } }, { put: write }, {}, blocking({ writes: policy }))
    t.equal(await working.put(1), 'done')
  })
}

test('with block, a read hands its data over when its event is acknowledged', async (t) => {
  const logger = createRecordingLogger(t, 20)
  const ids = Array.from({ length: 1000 }, (_, id) => ({ type: 'thing', id: String(id) }))
  const repository = { async get (_id: number) { return 'data' }, now (_id: number) { return [1, 2] }, async many () { return ids } }
  const table = { get: read, now: read, many: { ...read, returned: (found: unknown) => found as typeof ids } }
  const things = audit(logger, repository, table, {}, blocking())
  t.equal(await things.get(1), 'data')
  t.same(logger.story, ['success thing_get thing:1', 'acknowledged'])
  const promised: unknown = things.now(2)
  t.type(promised, Promise, 'what answers synchronously cannot wait otherwise')
  t.same(await promised, [1, 2])
  t.same(logger.story.slice(2), ['success thing_get thing:2', 'acknowledged'])
  const items: unknown[] = []
  for await (const item of things.now(3)) items.push(item)
  t.same(items, [1, 2], 'and its items are still taken in a loop')
  t.equal(await things.many(), ids)
  t.equal(logger.story.at(-1), 'acknowledged')
  t.equal(logger.story.filter((line) => line === 'acknowledged').length, logger.sizes.length, 'all stretches of it')

  logger.isBroken = true
  await t.rejects(things.get(1), { ...BLOCKED, message: /on_failure\.reads/ })
  await t.rejects(things.now(1) as unknown as Promise<void>, BLOCKED)
  await t.rejects(things.many(), BLOCKED)
  const nothingRead = audit(logger, repository, { get: { ...read, returned: () => [] } }, {}, blocking())
  t.equal(await nothingRead.get(1), 'data', 'what has no event waits for none')
})

test('reads and writes have a policy each', async (t) => {
  const logger = createRecordingLogger(t)
  logger.isBroken = true
  const repository = { async put (_id: number) { return 'put' }, async get (_id: number) { return 'got' }, now (_id: number) { return 7 } }
  const table = { put: write, get: read, now: read }
  const writesOnly = audit(logger, repository, table, {}, blocking({ reads: 'continue' }))
  await t.rejects(writesOnly.put(1), BLOCKED)
  t.equal(await writesOnly.get(1), 'got')
  t.equal(writesOnly.now(1), 7, 'synchronous as ever')
  const readsOnly = audit(logger, repository, table, {}, blocking({ writes: 'continue' }))
  t.equal(await readsOnly.put(1), 'put')
  await t.rejects(readsOnly.get(1), BLOCKED)
  // What it does is in the table; `change` or `access` only say how its event reads.
  const written = audit(logger, repository, { get: { ...write, type: 'access' } }, {}, blocking({ writes: 'continue' }))
  t.equal(await written.get(1), 'got', 'the kind of the operation decides')
})

test('with block, a refusal whose record cannot be written is the refusal itself: nothing was done, nothing is disclosed', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const thrown = refusal(403)
  const repository = { async put (_id: number) { throw thrown }, async get (_id: number) { throw thrown }, now (_id: number) { throw thrown } }
  const table = { put: write, get: read, now: read }
  const refused = audit(logger, repository, table, {}, blocking())
  await t.rejects(refused.get(1), thrown)
  t.same(logger.story, ['failure thing_get thing:1', 'acknowledged'], 'which waits for its record')
  const forbidden = audit(logger, repository, table, { authorize: () => { throw thrown } }, blocking())
  logger.isBroken = true
  for (const call of [() => forbidden.put(1), () => forbidden.get(1), () => refused.get(1)]) t.equal(await call().catch((error: unknown) => error), thrown)
  t.throws(() => refused.now(1), thrown)
  await t.rejects(refused.put(1), BLOCKED, 'the intention came first')
})

test('with block, items of a bulk result that were refused hold nothing up', async (t) => {
  const logger = createRecordingLogger(t)
  const refused: Operation['refused'] = () => [{ object: { type: 'thing', id: '2' }, error: { code: 'Forbidden', message: 'no' } }]
  const things = audit(logger, { async put (_id: number) { logger.isBroken = true; return 'done' }, async get () { return 'nothing' } },
    { put: { ...write, refused }, get: { ...read, refused, returned: () => [] } }, {}, blocking())
  t.equal(await things.put(1), 'done', 'what is done cannot be refused')
  t.equal(await things.get(), 'nothing')
  t.match(logger.events.slice(1).map(({ event }) => event.outcome), ['failure', 'failure'])
})
