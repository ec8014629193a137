// The example's repository, by one suite for each database that it runs on: a file of its own
// through libsql, and a real PostgreSQL where the machine has one.
import { test, type Test } from 'tap'
import { startPostgres } from './postgres-server.mjs'

type Json = Record<string, unknown>
type Method = (...args: unknown[]) => Promise<Json>
type Repository = Record<string, Method> & { createPointInTimeFinder: (...args: unknown[]) => { find (): AsyncGenerator<Json>, close (): Promise<void> } }
interface Database { query (sql: string, parameters?: unknown[]): Promise<Json[]>, close (): Promise<void> }

// The example is plain JavaScript: it is imported the way that its own server does it.
const example = (file: string): Promise<Json> => import(new URL(`../../docs/examples/saved-objects/${file}`, import.meta.url).href)
const { openDatabase } = await example('database/open.js') as { openDatabase: (options: Json) => Promise<Database> }
const { SavedObjectsRepository } = await example('repository/saved-objects-repository.js') as unknown as {
  SavedObjectsRepository: new (database: Database, view: Json) => Repository
}

const onIdleError = (): void => {}

test('the repository over SQLite', async (t) => {
  const directory = t.testdir()
  await suite(t, () => openDatabase({ directory, onIdleError }))
})

test('the repository over PostgreSQL', async (t) => {
  const server = await startPostgres()
  if (typeof server === 'string') {
    t.pass(`not run: ${server}`, { skip: server })
    return
  }
  t.teardown(() => server.stop())
  await suite(t, () => openDatabase({ url: server.url, directory: t.testdir(), onIdleError }))
})

/** Holds that it is refused with this status. */
async function refused (t: Test, call: Promise<unknown>, statusCode: number, title = `refused with ${statusCode}`): Promise<void> {
  const error = await call.then(() => undefined, (reason: { statusCode?: number }) => reason)
  t.equal(error?.statusCode, statusCode, title)
}

async function suite (t: Test, open: () => Promise<Database>): Promise<void> {
  let database = await open()
  await database.query('INSERT INTO spaces (id, name, description) VALUES ($1, $2, $3), ($4, $5, $6)', ['default', 'D', '', 'marketing', 'M', ''])
  const inSpace = (space: string, more: Json = {}): Repository => new SavedObjectsRepository(database, { space, user: 'u-1', ...more })
  const repository = inSpace('default')
  const marketing = inSpace('marketing')
  const attributesOf = (objects: unknown, name = 'title'): unknown[] => (objects as { attributes: Json }[]).map(({ attributes }) => attributes[name])

  await t.test('what is created is got, with its time, its user, its version and its space', async (t) => {
    const created = await repository.create!('dashboard', { title: 'Ünï', nested: { a: [1, null, 'x'] } }, { id: 'one' })
    t.match(created, { type: 'dashboard', id: 'one', namespaces: ['default'], attributes: { title: 'Ünï' }, references: [], version: /^.{12}$/, created_by: 'u-1' })
    t.same(await repository.get!('dashboard', 'one'), created)
    t.match(await repository.create!('dashboard', {}), { id: /^[0-9a-f-]{36}$/ }, 'an id is generated')
  })

  await t.test('a key can be taken once; overwriting is a choice, and may name the version that it replaces', async (t) => {
    await refused(t, repository.create!('dashboard', {}, { id: 'one' }), 409)
    const before = await repository.get!('dashboard', 'one')
    await refused(t, repository.create!('dashboard', {}, { id: 'one', overwrite: true, version: 'no' }), 409)
    const after = await repository.create!('dashboard', { title: 'new' }, { id: 'one', overwrite: true, version: before.version })
    t.not(after.version, before.version)
    t.same(await repository.checkConflicts!([{ type: 'dashboard', id: 'one' }, { type: 'dashboard', id: 'free' }]), {
      errors: [{ type: 'dashboard', id: 'one', error: { statusCode: 409, error: 'Conflict', message: 'Saved object [dashboard/one] conflict' } }]
    })
    t.match(await marketing.checkConflicts!([{ type: 'dashboard', id: 'one' }]), { errors: [{ error: { metadata: { isNotOverwritable: true } } }] })
  })

  await t.test('types that are not known, ids and texts that no database can keep are refused', async (t) => {
    await refused(t, repository.create!('nothing', {}), 400)
    await refused(t, repository.find!({ type: 'nothing' }), 400)
    await refused(t, repository.create!('dashboard', {}, { id: 'a\0b' }), 400)
    await refused(t, repository.create!('dashboard', { title: 'a\0b' }), 400)
    await refused(t, repository.create!('dashboard', { title: '\ud800' }), 400)
    await refused(t, repository.get!('dashboard', 'a\0b'), 404)
    const nested = (depth: number): Json => JSON.parse('{"a":'.repeat(depth) + '"deep"' + '}'.repeat(depth)) as Json
    await refused(t, repository.create!('dashboard', nested(4000)), 400, 'what could be stored, but not answered with')
    t.match(await repository.create!('dashboard', nested(100), { id: 'deep' }), { id: 'deep' })
    t.match(await repository.find!({ type: 'dashboard', search: 'deep' }), { total: 1, saved_objects: [{ id: 'deep' }] })
    await repository.delete!('dashboard', 'deep')
    t.match(await repository.create!('dashboard', { title: '\\u0000 is only text' }), { attributes: { title: '\\u0000 is only text' } })
  })

  await t.test('an update keeps what it does not name, and of two that start from one version one gets through', async (t) => {
    const { version } = await repository.create!('tag', { name: 'a', color: 'red' }, { id: 'tag-1' })
    const updated = await repository.update!('tag', 'tag-1', { color: 'blue' }, { version })
    t.match(updated, { attributes: { name: 'a', color: 'blue' } })
    await refused(t, repository.update!('tag', 'tag-1', { color: 'green' }, { version }), 409)
    await refused(t, repository.update!('tag', 'missing', {}), 404)
    const fields = ['p', 'q', 'r']
    await Promise.all(fields.map((field) => repository.update!('tag', 'tag-1', { [field]: 1 })))
    t.match(await repository.get!('tag', 'tag-1'), { attributes: { color: 'blue', p: 1, q: 1, r: 1 } }, 'no update without a version is lost')
  })

  await t.test('objects are seen from their own spaces only', async (t) => {
    await refused(t, marketing.get!('dashboard', 'one'), 404)
    await refused(t, marketing.update!('dashboard', 'one', {}), 404)
    await refused(t, marketing.delete!('dashboard', 'one'), 404)
    await refused(t, marketing.create!('dashboard', {}, { id: 'one', overwrite: true }), 409, 'nor can it be overwritten from there')
    t.match(await marketing.find!({ type: 'dashboard' }), { total: 0 })
    await repository.create!('config', { theme: 'dark' }, { id: '9.0' })
    await marketing.create!('config', { theme: 'light' }, { id: '9.0' })
    t.match(await repository.get!('config', '9.0'), { attributes: { theme: 'dark' } }, 'ids of a single-space type are each space\'s own')
    await repository.create!('telemetry', { on: true }, { id: 't' })
    t.match(await marketing.get!('telemetry', 't'), { attributes: { on: true }, namespaces: undefined }, 'agnostic types are everywhere')
  })

  await t.test('sharing puts an object into other spaces, and out of the last one deletes it', async (t) => {
    const key = { type: 'dashboard', id: 'one' }
    t.same(await repository.updateObjectsSpaces!([key, { type: 'dashboard', id: 'none' }, { type: 'config', id: '9.0' }], ['marketing'], []), {
      objects: [
        { ...key, spaces: ['default', 'marketing'] },
        { type: 'dashboard', id: 'none', spaces: [], error: { statusCode: 404, error: 'Not Found', message: 'Saved object [dashboard/none] not found' } },
        { type: 'config', id: '9.0', spaces: [], error: { statusCode: 400, error: 'Bad Request', message: 'Objects of type \'config\' cannot be shared' } }
      ]
    })
    t.match(await marketing.get!('dashboard', 'one'), { namespaces: ['default', 'marketing'] })
    await refused(t, repository.updateObjectsSpaces!([key], ['nowhere'], []), 400)
    await refused(t, repository.updateObjectsSpaces!([key], [], []), 400)
    await refused(t, marketing.delete!('dashboard', 'one'), 400, 'a shared object is deleted by force only')
    await marketing.updateObjectsSpaces!([key], [], ['default'])
    await refused(t, repository.get!('dashboard', 'one'), 404)
    t.match(await marketing.updateObjectsSpaces!([key], [], ['marketing']), { objects: [{ spaces: [] }] })
    t.same(await database.query('SELECT id FROM saved_objects WHERE id = $1', ['one']), [])
  })

  await t.test('bulk calls give each item its own outcome', async (t) => {
    const created = await repository.bulkCreate!([
      { type: 'index-pattern', id: 'b1', attributes: { title: 'b1' } },
      { type: 'index-pattern', id: 'b1', attributes: { title: 'again' } },
      { type: 'index-pattern', attributes: { title: 'b3' } }
    ])
    t.match(created, { saved_objects: [{ id: 'b1', attributes: { title: 'b1' } }, { id: 'b1', error: { statusCode: 409 } }, { id: /.{36}/ }] })
    const guarded = inSpace('default', { maySee: (space: string) => space === 'default' })
    t.match(await guarded.bulkGet!([{ type: 'index-pattern', id: 'b1' }, { type: 'tag', id: 'b1' }, { type: 'tag', id: 'b1', namespaces: ['marketing'] }]), {
      saved_objects: [{ attributes: { title: 'b1' } }, { error: { statusCode: 404 } }, { error: { statusCode: 403, error: 'Forbidden' } }]
    })
    t.match(await repository.bulkUpdate!([{ type: 'index-pattern', id: 'b1', attributes: { x: 1 } }, { type: 'index-pattern', id: 'no', attributes: {} }]), {
      saved_objects: [{ attributes: { title: 'b1', x: 1 } }, { error: { statusCode: 404 } }]
    })
    t.match(await repository.bulkDelete!([{ type: 'index-pattern', id: 'b1' }, { type: 'index-pattern', id: 'b1' }]), {
      statuses: [{ id: 'b1', success: true }, { id: 'b1', success: false, error: { statusCode: 404 } }]
    })
  })

  await t.test('find searches words, filters references, sorts, pages, and picks attributes', async (t) => {
    for (const [title, rank] of [['Zebra crossing', 2], ['Über Zebras', 10], ['apple 100%', 9], ['no rank', undefined]] as const) {
      await repository.create!('visualization', { title, ...rank !== undefined && { rank }, note: 'common' }, { references: [{ type: 'tag', id: `t${rank}`, name: 'tag' }] })
    }
    const titles = async (options: Json): Promise<unknown[]> => attributesOf((await repository.find!({ type: 'visualization', sortField: 'title', ...options })).saved_objects)
    t.same(await titles({ search: 'zebra' }), ['Zebra crossing'])
    t.same(await titles({ search: 'ZEBRA*' }), ['Zebra crossing', 'Über Zebras'])
    t.same(await titles({ search: 'über apple' }), ['apple 100%', 'Über Zebras'])
    t.same(await titles({ search: 'über apple', defaultSearchOperator: 'AND' }), [])
    t.same(await titles({ search: 'comm*', searchFields: ['title'] }), [])
    t.same((await titles({ search: 'comm*', searchFields: ['note'] })).length, 4)
    t.same(await titles({ search: 'common', searchFields: ['title', 'note'], hasReference: { type: 'tag', id: 't9' } }), ['apple 100%'])
    t.same(await titles({ hasReference: [{ type: 'tag', id: 't9' }, { type: 'tag', id: 't2' }], hasReferenceOperator: 'AND' }), [])
    const ranked = { type: ['visualization', 'tag'], search: 'common', sortField: 'rank' }
    t.same(attributesOf((await repository.find!(ranked)).saved_objects, 'rank'), [2, 9, 10, undefined], 'numbers are sorted as numbers, what has none comes last')
    t.match(await repository.find!({ ...ranked, sortOrder: 'desc', perPage: 2, page: 1, fields: ['rank'] }), { page: 1, per_page: 2, total: 4, saved_objects: [{ attributes: { rank: 10, title: undefined } }, {}] })
    t.match(await repository.find!({ ...ranked, perPage: 0 }), { total: 4, saved_objects: [] })
    await marketing.create!('visualization', { title: 'elsewhere' })
    t.match(await repository.find!({ type: 'visualization', namespaces: ['*'] }), { total: 5 })
    t.match(await repository.find!({ type: 'visualization', namespaces: ['marketing'] }), { total: 1 })
    await refused(t, repository.find!({ type: 'visualization', filter: 'x: y' }), 400, 'what it cannot do is refused, not left out')
    await refused(t, repository.find!({ type: 'visualization', sortField: '\') DROP' }), 400)
    await refused(t, repository.find!({ type: 'visualization', page: 0 }), 400)
  })

  await t.test('a point in time does not move, is paged to its end, and is closed', async (t) => {
    const { id } = await repository.openPointInTimeForType!('visualization', { keepAlive: '1m' })
    await repository.create!('visualization', { title: 'later' })
    t.match(await repository.find!({ type: 'visualization', pit: { id } }), { total: 4, pit_id: id })
    const [first] = (await repository.find!({ type: 'visualization', pit: { id }, perPage: 1 })).saved_objects as Json[]
    const rest = (await repository.find!({ type: 'visualization', pit: { id, keepAlive: '5m' }, searchAfter: first!.sort })).saved_objects as Json[]
    t.equal(rest.length, 3)
    t.notOk(rest.some((object) => object.id === first!.id))
    t.same(await repository.closePointInTime!(id), { succeeded: true, num_freed: 1 })
    await refused(t, repository.find!({ type: 'visualization', pit: { id } }), 404)
    t.same(await database.query('SELECT id FROM saved_objects_in_time'), [], 'its copies are gone with it')
    await refused(t, repository.openPointInTimeForType!('visualization', { keepAlive: 'ever' }), 400)
  })

  await t.test('a finder works through the client that it is given, and closes its point in time when one stops early', async (t) => {
    const calls: string[] = []
    const client = Object.fromEntries(['openPointInTimeForType', 'find', 'closePointInTime'].map((name) => [name, (...args: unknown[]) => {
      calls.push(name)
      return repository[name]!(...args)
    }]))
    const found: unknown[] = []
    for await (const page of repository.createPointInTimeFinder({ type: 'visualization', perPage: 2 }, { client }).find()) {
      found.push(...page.saved_objects as unknown[])
    }
    t.equal(found.length, 5)
    t.same(calls, ['openPointInTimeForType', 'find', 'find', 'find', 'closePointInTime'])
    for await (const page of repository.createPointInTimeFinder({ type: 'visualization', perPage: 1 }).find()) {
      if (page.total === 5) break
    }
    t.same(await database.query('SELECT id FROM points_in_time'), [])
  })

  await t.test('references are followed, with the spaces of what they lead to, and can be taken out', async (t) => {
    await repository.create!('tag', {}, { id: 'leaf', initialNamespaces: ['default', 'marketing'] })
    await repository.create!('visualization', {}, { id: 'vis', references: [{ type: 'tag', id: 'leaf', name: 'l' }, { type: 'tag', id: 'gone', name: 'g' }] })
    await repository.create!('dashboard', {}, { id: 'dash', references: [{ type: 'visualization', id: 'vis', name: 'v' }, { type: 'dashboard', id: 'dash', name: 'self' }] })
    t.same(await repository.collectMultiNamespaceReferences!([{ type: 'dashboard', id: 'dash' }]), {
      objects: [
        { type: 'dashboard', id: 'dash', spaces: ['default'], inboundReferences: [{ type: 'dashboard', id: 'dash', name: 'self' }] },
        { type: 'visualization', id: 'vis', spaces: ['default'], inboundReferences: [{ type: 'dashboard', id: 'dash', name: 'v' }] },
        { type: 'tag', id: 'leaf', spaces: ['default', 'marketing'], inboundReferences: [{ type: 'visualization', id: 'vis', name: 'l' }] },
        { type: 'tag', id: 'gone', spaces: [], inboundReferences: [{ type: 'visualization', id: 'vis', name: 'g' }], isMissing: true }
      ]
    })
    t.same(await repository.removeReferencesTo!('tag', 'leaf'), { updated: 1 })
    t.match(await repository.get!('visualization', 'vis'), { references: [{ id: 'gone' }] })
    await refused(t, repository.removeReferencesTo!('tag', 'none'), 404)
  })

  await t.test('an object is resolved by its id, by an older one, or by both', async (t) => {
    t.match(await repository.resolve!('tag', 'leaf'), { outcome: 'exactMatch', saved_object: { id: 'leaf' } })
    await repository.create!('legacy-url-alias', { targetId: 'leaf', targetType: 'tag' }, { id: 'default:tag:old' })
    t.match(await repository.resolve!('tag', 'old'), { outcome: 'aliasMatch', alias_target_id: 'leaf', saved_object: { id: 'leaf' } })
    await repository.create!('tag', {}, { id: 'old' })
    t.match(await repository.resolve!('tag', 'old'), { outcome: 'conflict', alias_target_id: 'leaf', saved_object: { id: 'old' } })
    t.match(await repository.bulkResolve!([{ type: 'tag', id: 'leaf' }, { type: 'tag', id: 'never' }]), {
      resolved_objects: [{ saved_object: { id: 'leaf' } }, { saved_object: { id: 'never', error: { statusCode: 404 } } }]
    })
  })

  await t.test('counters that many increment at once lose nothing', async (t) => {
    await repository.incrementCounter!('telemetry', 'visits', ['count'], { initialize: true })
    await Promise.all(Array.from({ length: 4 }, () => repository.incrementCounter!('telemetry', 'visits', [{ fieldName: 'count', incrementBy: 2 }])))
    t.match(await repository.get!('telemetry', 'visits'), { attributes: { count: 8 } })
    await repository.update!('telemetry', 'visits', { count: 'many' })
    await refused(t, repository.incrementCounter!('telemetry', 'visits', ['count']), 400)
  })

  await t.test('what is stored is there when the database is opened again', async (t) => {
    const before = await repository.get!('dashboard', 'dash')
    await database.close()
    database = await open()
    t.same(await inSpace('default').get!('dashboard', 'dash'), before)
    await inSpace('default').delete!('dashboard', 'dash')
    await refused(t, inSpace('default').get!('dashboard', 'dash'), 404)
  })

  await database.close()
}
