// The promise of differences: what a write is about to change stands in the log, with the old values
// and without secrets, before it begins; and of objects that are watched, who reads them.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'tap'
import { auditedApp } from '../support/audited-app.js'
import { SavedObjectsClient } from '../support/saved-objects.js'

const section = { savedObjectDiff: { enabled: true, typesToInclude: ['dashboard'] } }

const sales = { title: 'Costs', description: 'All of it', owner: 'jane' }

async function dashboards (): Promise<SavedObjectsClient> {
  const objects = new SavedObjectsClient()
  await objects.create('dashboard', sales, { id: '7adfa750' })
  await objects.create('map', { title: 'Europe' }, { id: '1' })
  return objects
}

// With a user who is found at once, and with one for whom the event has to wait, as a copy.
for (const [title, user] of [['at once', () => ({ name: 'jane' })], ['later', async () => { await pause(20); return { name: 'jane' } }]] as const) {
  test(`a write whose user is known ${title} has its difference in the log before it begins`, async t => {
    const { app, file, events } = await auditedApp(t, { section, user })
    const before: unknown[] = []
    const objects = Object.assign(await dashboards(), {
      async update (type: string, id: string) {
        before.push(JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1)!))
        return { type, id }
      }
    })
    app.put('/', request => request.audit.repository(objects).update('dashboard', '7adfa750', { title: 'Sales', owner: null, apiKey: 'topsecret-1', settings: { theme: 'dark', tags: ['a', null] } }))
    t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 200)
    t.match(before, [{ message: 'User is updating dashboard [id=7adfa750]', event: { action: 'saved_object_update', outcome: 'unknown' }, user: { name: 'jane' } }])
    t.same((await events()).at(-1)!.kibana, {
      saved_object: { type: 'dashboard', id: '7adfa750', name: 'Sales' },
      diff: {
        format: 'json_patch_extended',
        ops: [
          { op: 'replace', path: '/title', value: 'Sales', oldValue: 'Costs' }, { op: 'replace', path: '/owner', value: null, oldValue: 'jane' }, { op: 'add', path: '/apiKey', value: '[redacted]' },
          { op: 'add', path: '/settings/theme', value: 'dark' }, { op: 'add', path: '/settings/tags', value: ['a', null] }
        ],
        noOps: [{ path: '/description' }]
      }
    })
    t.notMatch(readFileSync(file, 'utf8'), 'topsecret')
    t.same((await events()).map(({ event }) => event.action), ['http_request', 'saved_object_update'], 'the read before is no access of the user')
  })
}

test('the line of docs/events.md is what is written', async t => {
  const { app, events } = await auditedApp(t, { section })
  const objects = new SavedObjectsClient()
  await objects.create('dashboard', { title: 'Costs', description: 'd' }, { id: '7adfa750' })
  await app.audit.withoutRequest.repository(objects).update('dashboard', '7adfa750', { title: 'Sales', apiKey: 'k' })
  const [, line = ''] = /^#### What a write changes\n[^]*?^ {4}(\{.*\})$/m.exec(readFileSync('docs/events.md', 'utf8')) ?? []
  const { message, event: { id, ...event }, kibana } = (await events())[0]!
  t.type(id, 'string')
  t.same(JSON.parse(line), { message, event, kibana })
})

test('a large value, and an event that is larger than it may be, are marked', async t => {
  const { app, events } = await auditedApp(t, { section: { ...section, max_event_bytes: '64kb' } })
  const repository = app.audit.withoutRequest.repository(await dashboards())
  await repository.update('dashboard', '7adfa750', { title: 'x'.repeat(49_200) })
  await repository.update('dashboard', '7adfa750', { title: 'y'.repeat(30_000), description: 'z'.repeat(30_000), owner: 'v'.repeat(30_000) })
  const [first, second] = await events()
  t.match(first!.kibana, { diff: { ops: [{ path: '/title', value: 'Value above fieldSizeLimit', oldValue: 'Costs' }] } })
  t.match(second!.labels, { audit_truncated: /kibana\.diff\.ops\[0\]\.value \(30000 bytes\)/ })
})

test('nothing is read or compared where it is not on, of other types, and where nothing is recorded', async t => {
  for (const other of [{}, { savedObjectDiff: { enabled: false, typesToInclude: ['dashboard'] } }, { savedObjectDiff: { enabled: true, typesToInclude: ['map'] } }, { ...section, enabled: false, saved_objects: { look_up_names: ['change'] } }]) {
    const { app } = await auditedApp(t, { section: other })
    const objects = Object.assign(await dashboards(), { async get () { return t.fail('it is read') as never } })
    const attributes = new Proxy({}, { ownKeys: () => t.fail('it is looked at') as never, get: (_, name) => name === 'then' || name === 'name' || name === 'title' ? undefined : t.fail(String(name)) as never })
    const repository = app.audit.withoutRequest.repository(Object.assign(objects, { async update () { return 'done' as never } }))
    t.equal(await repository.update('dashboard', '7adfa750', attributes), 'done')
    await app.close()
  }
})

test('who reads an object of a watched type is recorded, and nobody else', async t => {
  const { app, events } = await auditedApp(t, { section: { include_filters: [{ types: ['access'], saved_object_types: ['dashboard'] }] }, user: () => ({ name: 'jane' }) })
  const objects = await dashboards()
  app.get('/', async request => {
    const audited = request.audit.repository(objects)
    return [await audited.get('dashboard', '7adfa750'), await audited.get('map', '1'), (await audited.find({ type: ['dashboard', 'map'] })).total]
  })
  await app.inject('/')
  t.match((await events()).map(({ event, kibana, user }) => [event.action, kibana, user]), [
    ['saved_object_get', { saved_object: { type: 'dashboard', id: '7adfa750' } }, { name: 'jane' }], ['saved_object_find', { saved_object: { type: 'dashboard', id: '7adfa750' } }, { name: 'jane' }]
  ])
})
