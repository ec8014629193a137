import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { auditedApp, eventually } from '../support/audited-app.js'
import { spawnTraced, withoutStrace } from '../support/strace.js'

interface Line { readonly event: { readonly action: string, readonly outcome: string }, readonly kibana?: { readonly saved_object?: { readonly id: string } } }

/** A repository that looks into the log at the moment at which it is called. */
function suspiciousRepository (file: string): { seen: Line[][], update (type: string, id: string, attributes: object): unknown, bulkUpdate (objects: object[]): Promise<unknown>, create (type: string, attributes: object, options: { id: string }): Promise<unknown> } {
  const seen: Line[][] = []
  const look = (): void => {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line) as Line)
    seen.push(lines.filter(line => line.event.action.startsWith('saved_object')))
  }
  return {
    seen,
    update (type, id) { look(); return { type, id } },
    async bulkUpdate (objects) { look(); return { saved_objects: objects } },
    async create (type, _attributes, { id }) { look(); return { type, id } }
  }
}

test('no write begins before the operating system has its intention: slow session, slow user, synchronous repository, bulk', async t => {
  const slowly = <T>(value: T) => async (): Promise<T> => { await new Promise(resolve => setTimeout(resolve, 30)); return value }
  const { app, file } = await auditedApp(t, { session: slowly('s1'), user: slowly({ name: 'jdoe' }) })
  const repository = suspiciousRepository(file)
  app.post('/', async request => {
    const audited = request.audit.repository(repository)
    await audited.update('dashboard', 'sync', {})
    await audited.bulkUpdate(Array.from({ length: 3000 }, (_, i) => ({ type: 'dashboard', id: `bulk-${i}`, attributes: {} })))
    const { id } = await audited.create('dashboard', {}, undefined as never) as { id: string }
    return id
  })
  const id = (await app.inject({ method: 'POST', url: '/' })).body
  const [update, bulk, create] = repository.seen
  t.match(update, [{ event: { action: 'saved_object_update', outcome: 'unknown' }, kibana: { saved_object: { id: 'sync' }, session_id: 's1' } }])
  t.equal(bulk!.length, 3001)
  t.same(bulk!.slice(1).map(line => line.kibana!.saved_object!.id), Array.from({ length: 3000 }, (_, i) => `bulk-${i}`))
  t.equal(create!.at(-1)!.kibana!.saved_object!.id, id, 'the generated id was recorded before the object was made')
})

test('nor where the name of what is deleted is read before: the read, the intention with the name, the write', async t => {
  const section = { saved_objects: { look_up_names: ['deletion'], name_attributes: { dashboard: 'label' } } }
  const { app, file, events } = await auditedApp(t, { section })
  const { seen, update } = suspiciousRepository(file)
  const read: unknown[] = []
  const repository = {
    get: async (type: string, id: string) => { await new Promise(resolve => setTimeout(resolve, 20)); read.push(readFileSync(file, 'utf8').includes('saved_object_delete')); return { type, id, attributes: { label: 'Sales' } } },
    delete: async (type: string, id: string) => update(type, id, {})
  }
  app.delete('/', async request => request.audit.repository(repository).delete('dashboard', '1'))
  t.equal((await app.inject({ method: 'DELETE', url: '/' })).statusCode, 200)
  t.same(read, [false], 'the name is read before the intention is said')
  t.match(seen, [[{ event: { action: 'saved_object_delete', outcome: 'unknown' }, kibana: { saved_object: { type: 'dashboard', id: '1', name: 'Sales' } } }]])
  t.same((await events()).map(({ event }) => event.action), ['http_request', 'saved_object_delete'], 'and is no access of the user')
})

const CHILD = join(import.meta.dirname, '../fixtures/writes-after-intentions.js')
const DELAY_MS = 150
const WRITES = ['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2']
const SYNCS = ['fsync', 'fdatasync']

interface SystemCall { readonly name: string, readonly path: string, readonly began: number, ended: number, delayed: boolean }

/** The calls in a trace, with the lines at which each began and ended: one that another thread interrupts stands on two. */
function callsIn (trace: string): SystemCall[] {
  const calls: SystemCall[] = []
  const open = new Map<string, SystemCall>()
  for (const [index, line] of trace.split('\n').entries()) {
    const [, thread = '', name, path = ''] = /^(\d+) +(?:<\.\.\. \w+ resumed>|(\w+)\(\d+<([^>]*)>)/.exec(line) ?? []
    const call = name === undefined ? open.get(thread) : { name, path, began: index, ended: Infinity, delayed: false }
    if (call === undefined) continue
    if (name !== undefined) calls.push(call)
    open.set(thread, call)
    if (!line.includes('<unfinished')) Object.assign(call, { ended: index, delayed: line.includes('(DELAYED)') })
  }
  return calls
}

for (const [durability, slow] of [['write', WRITES], ['fsync', SYNCS]] as const) {
  test(`on a slow disk, with durability ${durability}, no write begins before its intention is there: one object, and thousands`, { skip: withoutStrace }, async t => {
    const folder = t.testdir({ 'audit.log': '', notes: '' })
    const [log, notes, trace] = ['audit.log', 'notes', 'trace'].map(name => join(folder, name)) as [string, string, string]
    const section = { durability, appender: { type: 'file', fileName: log, layout: { type: 'json' } } }
    const { child, injected } = spawnTraced([CHILD, JSON.stringify(section), log, notes], {
      inject: [`${slow.join()}:delay_enter=${DELAY_MS * 1000}`], files: [log, notes], watch: [...WRITES, ...SYNCS], trace
    })
    let stdout = ''
    child.stdout!.on('data', chunk => { stdout += chunk })
    t.same(await once(child, 'close'), [0, null])
    t.equal(stdout, 'done')
    t.ok(injected() >= 2, 'the disk was slow for the one and for the thousands')
    t.same(readFileSync(notes, 'utf8').split('\n').slice(0, -1), ['1', '2001'], 'the log had all of them when the repository was called')

    const calls = callsIn(readFileSync(trace, 'utf8'))
    const done = calls.filter(({ path }) => path === notes)
    t.equal(done.length, 2)
    for (const { began } of done) {
      const before = calls.filter(call => call.path === log && call.began < began)
      const written = before.findLast(({ name }) => WRITES.includes(name))
      const acknowledged = before.findLast(({ name }) => (slow as readonly string[]).includes(name))
      t.ok(acknowledged?.delayed, 'the disk was slow')
      t.ok(acknowledged !== undefined && acknowledged.ended < began, 'the write began when the disk had answered')
      t.ok(written !== undefined && acknowledged !== undefined && (acknowledged === written || acknowledged.began > written.ended), 'to what was written last')
    }
  })
}

test('as long as the session of a write is not found, it does not begin', async t => {
  let find!: (session: string) => void
  const { app, file } = await auditedApp(t, { session: () => new Promise<string>(resolve => { find = resolve }) })
  const repository = suspiciousRepository(file)
  app.put('/', async request => request.audit.repository(repository).update('dashboard', '1', {}))
  const answer = app.inject({ method: 'PUT', url: '/' })
  await eventually(() => app.audit.status().accepted === 2)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  t.same(repository.seen, [])
  find('s1')
  t.equal((await answer).statusCode, 200)
  t.match(repository.seen, [[{ kibana: { session_id: 's1' } }]])
})
