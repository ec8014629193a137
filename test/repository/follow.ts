import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'tap'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import type { OnFailure, Operation, RepositoryOptions } from '../../lib/contracts.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { blocking, createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'

const items: Operation = {
  action: 'thing_find',
  kind: 'read',
  type: 'access',
  verbs: ['accessing', 'accessed', 'access'],
  requested: () => [{ type: 'things', id: 'all' }],
  returned: (item) => [{ type: 'thing', id: String(item) }]
}

function audit<T> (logger: RecordingLogger, all: () => T, operation = items, options: RepositoryOptions = {}, onFailure: OnFailure = ALWAYS_GO_ON): T {
  const settings = { unaudited_read_types: [], include_saved_object_names: true }
  return auditRepository({ all }, { ...options, operations: { all: operation } }, { logger: () => logger, settings, onFailure }).all()
}

const ids = (logger: RecordingLogger): unknown[] => logger.events.map(({ kibana }) => kibana?.saved_object?.id)

test('items of an async generator are recorded as they are taken, each before it is handed over', async (t) => {
  const logger = createRecordingLogger(t)
  let isClosed = false
  const all = audit(logger, async function * () {
    try {
      yield 1
      yield 2
      yield 3
    } finally {
      isClosed = true
    }
  })
  t.same(logger.events, [], 'nothing is taken yet')
  for await (const item of all) {
    t.equal(ids(logger).at(-1), String(item))
    if (item === 2) break
  }
  t.same(ids(logger), ['1', '2'], 'not what was not taken')
  t.ok(isClosed, 'leaving the loop reaches the generator')
})

test('items taken by hand are recorded: next, return and throw', async (t) => {
  const logger = createRecordingLogger(t)
  const all = audit(logger, async function * (): AsyncGenerator<number, string, string> {
    try {
      t.equal(yield 1, 'sent')
      yield 2
    } catch {
      yield 3
    }
    return 'end'
  })
  t.equal(all[Symbol.asyncIterator](), all)
  t.same(await all.next(), { value: 1, done: false })
  t.same(await all.next('sent'), { value: 2, done: false })
  t.same(await all.throw(new Error('stop')), { value: 3, done: false })
  t.same(await all.next(), { value: 'end', done: true })
  t.same(await all.return('over'), { value: 'over', done: true })
  t.same(ids(logger), ['1', '2', '3'])
})

test('an iterable by promise, and one that makes its iterators', async (t) => {
  const logger = createRecordingLogger(t)
  const made = { length: 2, async * [Symbol.asyncIterator] () { yield 1; yield 2 } }
  const all = await audit(logger, async () => Object.freeze(made))
  t.equal(all.length, 2, 'the rest of it stays')
  for await (const item of all) t.equal(ids(logger).at(-1), String(item))
  t.same(ids(logger), ['1', '2'])
})

test('a page of thousands is said whole before it is handed over', async (t) => {
  const logger = createRecordingLogger(t)
  const page = Array.from({ length: 1200 }, (_, id) => ({ type: 'thing', id: String(id) }))
  const pages = audit(logger, async function * () { yield page }, { ...items, returned: (taken) => taken as typeof page })
  t.equal((await pages.next()).value, page)
  t.equal(logger.events.length, 1200)
})

test('a refusal on the way is a failure', async (t) => {
  const logger = createRecordingLogger(t, 5)
  const refusal = Object.assign(new Error('no more'), { statusCode: 403 })
  const all = audit(logger, async function * () {
    yield 1
    throw refusal
  })
  await all.next()
  t.equal(await all.next().catch((error: unknown) => error), refusal)
  t.same(logger.story.filter((line) => line !== 'acknowledged'), ['success thing_find thing:1', 'failure thing_find things:all'])
})

/** Every way to read an object stream to its end. */
const WAYS: Record<string, (stream: Readable) => Promise<unknown>> = {
  'for await': async (stream) => { for await (const item of stream) if (typeof item !== 'number') throw new TypeError('not an item') },
  toArray: (stream) => stream.toArray(),
  map: (stream) => stream.map((item: number) => item + 1).toArray(),
  pipeline: (stream) => pipeline(stream, new Writable({ objectMode: true, write: (_item, _encoding, done) => { done() } })),
  'on data': (stream) => new Promise((resolve) => { stream.on('data', () => {}).on('end', resolve) }),
  read: (stream) => new Promise<void>((resolve) => {
    stream.on('readable', () => { while (stream.read() !== null); }).on('end', resolve)
  })
}

test('an object stream is recorded item by item, whichever way it is read', async (t) => {
  for (const [way, take] of Object.entries(WAYS)) {
    const logger = createRecordingLogger(t)
    const stream = audit(logger, () => Readable.from([1, 2, 3]))
    t.ok(stream instanceof Readable)
    await take(stream)
    t.same(ids(logger), ['1', '2', '3'], way)
  }
  const logger = createRecordingLogger(t)
  const failing = audit(logger, () => new Readable({ objectMode: true, read () { this.destroy(Object.assign(new Error('no'), { statusCode: 401 })) } }))
  await t.rejects(failing.toArray())
  t.same(logger.story[0], 'failure thing_find things:all')
})

test('a stream of bytes is one access, not one per piece', async (t) => {
  const logger = createRecordingLogger(t)
  const stream = audit(logger, () => new Readable({
    read () {
      this.push('two pieces')
      this.push(null)
    }
  }), { ...items, returned: undefined })
  await stream.toArray()
  t.same(ids(logger), ['all'])
})

test('a cursor that is read in a way that cannot be followed is recorded, with a mark', async (t) => {
  const logger = createRecordingLogger(t)
  class Cursor {
    readonly #items = [1, 2]
    limit (): this { return this }
    async next (): Promise<number | undefined> { return this.#items.shift() }
    async toArray (): Promise<number[]> { return this.#items }
    async close (): Promise<void> {}
    async * [Symbol.asyncIterator] (): AsyncGenerator<number> { yield * this.#items }
  }
  const followed = audit(logger, () => new Cursor()).limit()
  for await (const item of followed) t.ok(item)
  await followed.close()
  t.same(ids(logger), ['1', '2'])
  t.notOk(logger.events.some(({ labels }) => labels))
  for (const method of ['next', 'toArray'] as const) {
    const marked = createRecordingLogger(t)
    const cursor = audit(marked, () => new Cursor())
    await cursor[method]()
    await cursor[method]()
    t.equal(marked.events.length, 1, 'once')
    t.match(marked.events[0], { kibana: { saved_object: { id: 'all' } }, labels: { audit_fault: `returned: items are taken by ${method}(), which cannot be followed: they are not recorded one by one` } })
  }
  const locked = createRecordingLogger(t)
  const web = audit(locked, () => new ReadableStream({ start (controller) { controller.enqueue(1) } }))
  const reader = web.getReader()
  t.same(await reader.read(), { value: 1, done: false })
  t.match(locked.events, [{ labels: { audit_fault: /getReader/ } }])
})

test('a permission is asked for before the first item, over generators and streams alike', async (t) => {
  const logger = createRecordingLogger(t)
  const taken: unknown[] = []
  for await (const item of audit(logger, async function * () { yield 1 }, items, { authorize: async () => { t.same(taken, []) } })) taken.push(item)
  t.same(ids(logger), ['1'])
  const refused = audit(logger, async function * () { t.fail('not run') }, items, { authorize: () => { throw new Error('no') } })
  await t.rejects(async () => { for await (const item of refused) t.fail(String(item)) }, { message: 'no' })
  t.same(logger.events.at(-1)?.event.outcome, 'failure')
})

const BLOCKED = { code: 'AUDIT_ERR_BLOCKED', statusCode: 503, headers: { 'retry-after': '10' } }

/** Items are noted as they come out, between the events and their acknowledgements. */
const inTurn = (...items: number[]): string[] => items.flatMap((item) => [`success thing_find thing:${item}`, 'acknowledged', `out ${item}`])

test('with block, an item of an iterable comes out when its event is acknowledged', async (t) => {
  const makers: (() => AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>)[] = [
    async function * () { yield 1; yield 2 },
    async () => ({ async * [Symbol.asyncIterator] () { yield 1; yield 2 } }),
    () => new ReadableStream({ start (controller) { controller.enqueue(1); controller.enqueue(2); controller.close() } })
  ]
  for (const make of makers) {
    const logger = createRecordingLogger(t, 5)
    for await (const item of await audit(logger, make, items, {}, blocking())) logger.story.push(`out ${String(item)}`)
    t.same(logger.story, inTurn(1, 2))
  }
  const logger = createRecordingLogger(t)
  let isClosed = false
  const taken: unknown[] = []
  await t.rejects(async () => {
    for await (const item of audit(logger, async function * () { try { yield 1; yield 2 } finally { isClosed = true } }, items, {}, blocking())) {
      taken.push(item)
      logger.isBroken = true
    }
  }, BLOCKED)
  t.same(taken, [1], 'the one that could be recorded')
  t.ok(isClosed, 'and nothing is left open')
})

test('with block, an item of a stream comes out when its event is acknowledged, whichever way it is read', async (t) => {
  for (const [way, take] of Object.entries(WAYS)) {
    const logger = createRecordingLogger(t, 5)
    const stream = audit(logger, () => Readable.from([1, 2, 3]), items, {}, blocking())
    t.ok(stream instanceof Readable)
    stream.on('data', (item) => { logger.story.push(`out ${String(item)}`) })
    if (way !== 'on data') stream.pause()
    await take(stream)
    t.same(logger.story, inTurn(1, 2, 3), way)
  }
  for (const [way, take] of Object.entries(WAYS)) {
    const logger = createRecordingLogger(t)
    logger.isBroken = true
    const source = Readable.from([1, 2, 3])
    const stream = audit(logger, () => source, items, {}, blocking())
    stream.on('data', () => { t.fail('came out') })
    if (way !== 'on data' && way !== 'read') await t.rejects(take(stream), BLOCKED, way)
    else await t.rejects(Promise.race([take(stream), once(stream, 'end')]), BLOCKED, way)
    t.ok(source.destroyed, 'and nothing is left open')
  }
})

test('with block, a stream is read no further than it is taken, and ends with whoever reads it', async (t) => {
  const logger = createRecordingLogger(t)
  const many = new Readable({ objectMode: true, read () {} })
  for (let item = 1; item <= 5; item++) many.push(item)
  const stream = audit(logger, () => many, items, {}, blocking())
  t.same(ids(logger), [], 'nothing is taken yet')
  t.same(await stream[Symbol.asyncIterator]().next(), { value: 1, done: false })
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  t.ok(ids(logger).length <= 2, 'no more than who reads it has asked for')
  stream.destroy()
  await once(stream, 'close')
  t.ok(many.destroyed)
  const idle = new Readable({ objectMode: true, read () {} })
  const waiting = audit(logger, () => idle, items, {}, blocking())
  waiting.read()
  waiting.destroy()
  await once(waiting, 'close')
  t.ok(idle.destroyed, 'also while it has nothing to give')

  const refusing = new Readable({ objectMode: true, read () {} })
  const refused = audit(logger, () => refusing, items, {}, blocking())
  refusing.destroy(Object.assign(new Error('no'), { statusCode: 403 }))
  t.match(await once(refused, 'error'), [{ message: 'no' }], 'what fails before it is read tells so')
  t.equal(logger.events.at(-1)?.event.outcome, 'failure')
})

test('with block, what is taken in a way that cannot be followed waits for its one event', async (t) => {
  class Cursor {
    async toArray (): Promise<number[]> { return [1, 2] }
    async close (): Promise<void> {}
    count (): number { return 2 }
    limit (): this { return this }
    * [Symbol.iterator] (): Generator<number> { yield 1 }
    async * [Symbol.asyncIterator] (): AsyncGenerator<number> { yield 1 }
  }
  const logger = createRecordingLogger(t, 5)
  const cursor = audit(logger, () => new Cursor(), items, {}, blocking()).limit()
  t.same(await cursor.toArray(), [1, 2])
  t.same(logger.story, ['success thing_find things:all', 'acknowledged'])
  t.equal(await cursor.count(), 2)
  t.equal(logger.events.length, 1, 'told once')
  await cursor.close()
  t.throws(() => [...cursor], TypeError, 'a loop that cannot wait gets nothing')
  logger.isBroken = true
  const blocked = audit(logger, () => new Cursor(), items, {}, blocking())
  await t.rejects(blocked.toArray(), BLOCKED)
  await t.rejects(blocked.count() as unknown as Promise<void>, BLOCKED)
  await blocked.close()
})
