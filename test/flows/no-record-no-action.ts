// `on_failure`: what becomes of operations while the log is on a disk that is really full, and
// that they work again by themselves when there is room. Over real sockets.
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test, type Test } from 'tap'
import { crudOperations, userLoginEvent } from '../../lib/index.js'
import { auditedApp, eventually, listen, readEvents } from '../support/audited-app.js'
import { smallDisk, type SmallDisk } from '../support/faults.js'
import { SavedObjectsClient } from '../support/saved-objects.js'

const SECRET = 'the figures of the year'

interface Answer { readonly status: number, readonly retryAfter: string | null, readonly text: string }

interface Served {
  readonly disk: SmallDisk
  readonly file: string
  /** Calls of the repository, as they came. */
  readonly calls: string[]
  readonly status: () => { accepted: number, written: number, ignored: number, lost: number, queued: number, lastError: { message: string } | null }
  readonly ask: (what: string) => Promise<Answer>
}

/** What can be asked for, and the kind that its own event is of. */
const ASKED = { 'PUT /objects/1': 'writes', 'PUT /objects': 'writes', 'GET /objects/1': 'reads', 'GET /objects': 'reads', 'GET /stream': 'reads', 'POST /login': 'authentication', 'GET /nothing': 'http' } as const

/** An application that writes, reads and logs in, with its log on a small disk. */
async function serve (t: Test, onFailure: string | object): Promise<Served> {
  const disk = await smallDisk(t)
  const file = join(disk.directory, 'audit.log')
  const { app } = await auditedApp(t, { section: { on_failure: onFailure, appender: { type: 'file', fileName: file, layout: { type: 'json' } } } })
  const calls: string[] = []
  const client = new SavedObjectsClient()
  await client.create('dashboard', { title: SECRET }, { id: '1' })
  const told = new Proxy(client, {
    get (target, key) {
      const value: unknown = Reflect.get(target, key, target)
      return typeof value !== 'function' ? value : (...args: unknown[]) => { calls.push(String(key)); return Reflect.apply(value, target, args) as unknown }
    }
  })
  app.put('/objects/:id', async request => request.audit.repository(told).update('dashboard', '1', { title: SECRET }))
  app.put('/objects', async request => request.audit.repository(told).bulkUpdate([{ type: 'dashboard', id: '1', attributes: {} }]))
  app.get('/objects/:id', async request => request.audit.repository(told).get('dashboard', '1'))
  app.get('/objects', async request => {
    const pages = []
    for await (const page of request.audit.repository(told).createPointInTimeFinder({ type: 'dashboard' }).find()) pages.push(page)
    return pages
  })
  app.get('/stream', async (request, reply) => {
    const all = request.audit.repository({ all: () => Readable.from([{ id: '1', title: SECRET }]) }, { operations: crudOperations({ type: 'dashboard', methods: { all: 'find' } }) }).all()
    return reply.type('text/plain').send(all.map((object: object) => JSON.stringify(object)))
  })
  app.post('/login', async request => {
    await request.audit.ensure(userLoginEvent({ provider: { type: 'basic', name: 'basic' }, user: { name: 'jdoe' }, sessionId: 's1' }))
    return 'you are in'
  })
  app.get('/nothing', async () => 'nothing')
  const port = await listen(app)
  return {
    disk,
    file,
    calls,
    status: app.audit.status,
    async ask (what) {
      const [method, path] = what.split(' ')
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
    }
  }
}

/** Fills the disk, and then the rest of the last block of the log's file, with the shortest of all lines. */
async function runFull (t: Test, { disk, ask, status }: Served): Promise<void> {
  await disk.fill()
  await eventually(async () => { await ask('GET /'); return status().lastError !== null })
  t.match(status().lastError?.message, new RegExp(disk.code), 'the disk is full')
}

for (const [policy, refused] of [
  ['continue', []],
  ['block', Object.keys(ASKED)],
  [{ http: 'block' }, Object.keys(ASKED)],
  [{ writes: 'block' }, ['PUT /objects/1', 'PUT /objects', 'GET /objects']],
  [{ reads: 'block' }, ['GET /objects/1', 'GET /objects', 'GET /stream']],
  [{ authentication: 'block' }, ['POST /login']]
] as [string | object, string[]][]) {
  test(`on a full disk, with on_failure ${JSON.stringify(policy)}, these are refused before they run: ${refused.join(', ') || 'none'}`, async t => {
    const served = await serve(t, policy)
    const { ask, calls, disk } = served
    for (const what of Object.keys(ASKED)) t.equal((await ask(what)).status, 200, `${what} works`)
    await runFull(t, served)
    const { written } = served.status()
    for (const [what, kind] of Object.entries(ASKED)) {
      calls.length = 0
      const { status, retryAfter, text } = await ask(what)
      if (!refused.includes(what)) {
        t.equal(status, 200, `${what} goes on`)
        continue
      }
      t.match({ status, text, retryAfter }, { status: 503, text: /AUDIT_ERR_BLOCKED/, retryAfter: '10' }, `${what} is refused`)
      t.notMatch(text, SECRET, 'nothing is handed out')
      t.notMatch(text, 'you are in')
      const mayRead = kind === 'reads' && typeof policy === 'object' && 'reads' in policy
      // A finder by itself reads nothing.
      if (!mayRead) t.same(calls.filter(call => call !== 'createPointInTimeFinder'), [], 'and the repository was not called')
    }
    t.equal(served.status().written, written, 'the disk was full all the time')
    await disk.free()
    for (const what of Object.keys(ASKED)) t.ok(await eventually(async () => (await ask(what)).status === 200), `${what} works again by itself`)
    readEvents(t, served.file)
  })
}

for (const policy of ['continue', 'block']) {
  test(`with ${policy}, what was said while the disk was full is written when there is room: once, in order, and all of it`, async t => {
    const { ask, disk, file, status } = await serve(t, policy)
    const asked: string[] = []
    const askNumbered = async (): Promise<void> => {
      const path = `/nothing?n=${asked.length}`
      asked.push(path.slice('/nothing?'.length))
      await ask(`GET ${path}`)
    }
    await askNumbered()
    await disk.fill()
    await eventually(async () => { await askNumbered(); return status().lastError !== null })
    t.match(status().lastError?.message, new RegExp(disk.code), 'the disk is full')
    for (let more = 0; more < 5; more++) await askNumbered()
    t.ok(status().queued > 0, 'they wait')
    await disk.free()
    t.ok(await eventually(() => status().queued === 0), 'and are written by themselves')
    await askNumbered()
    await eventually(() => status().queued === 0)
    t.same(readEvents(t, file).map(({ url }) => (url as { query: string } | undefined)?.query).filter(Boolean), asked)
    const { accepted, written, ignored, lost, queued } = status()
    t.same([accepted, lost, queued], [written + ignored, 0, 0], 'all are accounted for')
  })
}
