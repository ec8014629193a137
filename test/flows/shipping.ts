// Events come to the other side, each exactly once and in the order in which their process said
// them, whatever happens to either side.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test, type Test } from 'tap'
import type { AuditStatus, ShippingStatus } from '../../lib/contracts.js'
import { auditedApp, eventually } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'
import { startHttpStore, type StoredEvent } from '../support/http-store.js'
import { startReceiver } from '../support/http-receiver.js'
import { spawnPlain } from '../support/plain-node.js'
import { roundsOf } from '../support/rounds.js'

const EVENTS = roundsOf(100_000)
/** So that there are batches enough for every fault. */
const MAX_BATCH = Math.min(1000, Math.max(50, Math.floor(EVENTS / 100)))
const LONG = 10 * 60_000

interface Sayer {
  readonly process: ChildProcess
  status (): Promise<AuditStatus>
  kill (): Promise<void>
  /** Closes it in good order; how it stood then. */
  close (): Promise<AuditStatus>
}

/** A process that says numbered events to a webhook, and notes those that are acknowledged. */
async function startSayer (url: string, folder: string, told: object): Promise<Sayer> {
  const appender = {
    type: 'webhook', url, per_request: 'many', batch: { max_events: MAX_BATCH, timeout: '20ms' }, backoff: { init: '10ms', max: '100ms' }, spool: { path: join(folder, 'spool') }, shutdown_timeout: '60s'
  }
  const child = spawnPlain(['test/fixtures/says-events.js', JSON.stringify({ appender, notes: join(folder, 'notes'), ...told })], ['ignore', 'pipe', 'inherit', 'ipc'], { timeout: LONG })
  child.stdout!.resume()
  // Nobody is asked who has ended.
  const dying = new AbortController()
  child.once('exit', (code, signal) => { dying.abort(new Error(`the process has ended by ${signal ?? code}`)) })
  async function ask (question: string): Promise<AuditStatus> {
    const answered = once(child, 'message', { signal: dying.signal })
    child.send(question)
    const [status] = await answered as [AuditStatus]
    return status
  }
  await once(child.stdout!, 'data')
  return {
    process: child,
    status: () => ask('status'),
    async kill () {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    async close () {
      const ended = once(child, 'exit')
      const status = await ask('close')
      await ended
      return status
    }
  }
}

const notesIn = (folder: string): number[] => existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').split('\n').slice(0, -1).map(Number) : []
const slotsIn = (folder: string): string[] => readdirSync(join(folder, 'spool')).filter(name => name !== 'dead-letters.ndjson')
const positionsIn = (folder: string): string[] => slotsIn(folder).map(slot => join(folder, 'spool', slot, 'position')).filter(existsSync)
const leftIn = (folder: string): string[] => slotsIn(folder).flatMap(slot => [slot, ...readdirSync(join(folder, 'spool', slot))])
const shippingOf = ({ appenders }: AuditStatus): ShippingStatus => appenders.default!.shipping!

/** Waits for as long as it takes, within the time of a test. */
async function until (condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await wait(20)
}

/** Holds what is in the store against what was acknowledged. */
function compare (t: Test, stored: readonly StoredEvent[], acknowledged: readonly number[]): void {
  const numbered = stored.filter(({ event }) => event.action === 'numbered')
  const numbers = numbered.map(({ labels }) => labels!.number!)
  const found = new Set(numbers)
  t.equal(new Set(stored.map(({ event }) => event.id)).size, stored.length, 'no id is there twice')
  t.equal(found.size, numbers.length, 'no event is there twice')
  t.same(acknowledged.filter(number => !found.has(number)), [], `none of ${acknowledged.length} acknowledged events is missing`)
  const last = new Map<number, number>()
  const outOfOrder = numbered.filter(({ labels, process: { pid } }) => {
    const isLater = labels!.number! > (last.get(pid) ?? -1)
    last.set(pid, labels!.number!)
    return !isLater
  })
  t.same(outOfOrder, [], 'those of a process are in their order')
}

test(`${EVENTS} events, while the store and the application are killed in turn, and the store fails in every other way`, { timeout: LONG }, async t => {
  const folder = t.testdir()
  const store = await startHttpStore(join(folder, 'store'), true)
  const state = { isOver: false }
  async function killStoreInTurn (): Promise<void> {
    while (!state.isOver) {
      const before = store.answered
      await until(() => state.isOver || store.answered > before + 12)
      await store.kill()
      await wait(100)
      await store.start()
    }
  }
  const killing = killStoreInTurn()
  const spoilPosition = [
    (path: string) => unlinkSync(path),
    (path: string) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 12))
  ]
  let spoiled = 0
  let first = 0
  for (const share of [0.3, 0.6]) {
    const sayer = await startSayer(store.url, folder, { first })
    await until(() => notesIn(folder).length >= EVENTS * share && positionsIn(folder).length > 0)
    await sayer.kill()
    // What was acknowledged, and not noted before the kill, is in the store under a number of its own.
    first = Math.max(...notesIn(folder)) + 1000
    spoilPosition[spoiled++]!(positionsIn(folder).at(-1)!)
  }
  const last = first + Math.ceil(EVENTS * 0.4)
  const sayer = await startSayer(store.url, folder, { first, last })
  // All of its own: before it sends the last of them it has sent what the others have left.
  await until(() => notesIn(folder).length >= EVENTS && notesIn(folder).some(number => number >= last - 50))
  await until(async () => shippingOf(await sayer.status()).backlog === 0)
  const status = await sayer.close()
  state.isOver = true
  await killing

  compare(t, store.events(), notesIn(folder))
  t.same(leftIn(folder), [], 'nothing is left in the spool')
  t.match(shippingOf(status), { backlog: 0, rejected: 0 })
  for (const fault of ['killed', '429', 'half', 'unanswered', 'slow', '503', 'closed']) t.ok(store.faults.get(fault)! > 0, `${fault}: ${store.faults.get(fault)} times`)
  t.ok(spoiled === 2, 'a position was lost, and one was torn')
  await store.kill()
})

test('ten processes ship to one store, and share a spool', { timeout: LONG }, async t => {
  const folder = t.testdir()
  const store = await startHttpStore(join(folder, 'store'), false)
  const share = Math.ceil(EVENTS / 50)
  const sayers = await Promise.all(Array.from({ length: 10 }, (_, index) => startSayer(store.url, folder, { first: index * share, last: (index + 1) * share })))
  await until(() => notesIn(folder).length >= 10 * share)
  const statuses = await Promise.all(sayers.map(sayer => sayer.close()))
  compare(t, store.events(), notesIn(folder))
  t.equal(new Set(store.events().map(({ process }) => process.pid)).size, 10)
  t.equal(statuses.reduce((sum, status) => sum + shippingOf(status).sent, 0), store.events().length, 'nothing was sent twice')
  t.same(leftIn(folder), [])
  await store.kill()
})

const small = (url: string, path: string) => ({ type: 'webhook', url, per_request: 'many', spool: { path, max_bytes: '1mb' }, backoff: { init: '10ms', max: '50ms' }, batch: { timeout: '10ms' } })
const numbered = (number: number) => ({ message: 'm', event: { action: 'numbered' }, labels: { number, padding: 'x'.repeat(5000) } })

test('the network is gone for longer than the spool holds: what is lost is counted, and told in the store when it is back', { timeout: LONG }, async t => {
  const folder = t.testdir()
  const store = await startHttpStore(join(folder, 'store'), false)
  await store.kill()
  const { app } = await auditedApp(t, { section: { appender: small(store.url, join(folder, 'spool')), queue: { max_bytes: '100kb' } } })
  for (let number = 0; number < 400; number++) await app.audit.withoutRequest.log(numbered(number)).catch(() => {})
  await eventually(() => app.audit.status().lost > 0 && app.audit.status().lastError?.code !== undefined)
  const { lost, appenders } = app.audit.status()
  t.ok(lost > 0, `${lost} events were lost`)
  t.equal(appenders.default!.lastError!.code, 'AUDIT_ERR_SPOOL_FULL')
  await store.start()
  await eventually(() => store.events().some(({ event }) => event.action === 'audit_events_lost') && app.audit.status().queued === 0)
  await app.close()
  const stored = store.events()
  t.equal(stored.filter(({ event }) => event.action === 'numbered').length, 400 - lost, 'all others are there')
  t.equal(stored.filter(({ event }) => event.action === 'audit_events_lost').reduce((sum, { labels }) => sum + labels!.lost_events!, 0), lost)
  await store.kill()
})

test('a spool that is full refuses operations where on_failure says so, until there is room', { timeout: LONG }, async t => {
  const folder = t.testdir()
  const store = await startHttpStore(join(folder, 'store'), false)
  await store.kill()
  const { app } = await auditedApp(t, { section: { appender: small(store.url, join(folder, 'spool')), on_failure: 'block', queue: { timeout: '2s' } } })
  app.post('/', async request => {
    await request.audit.ensure(numbered(0))
    return 'done'
  })
  let status = 200
  for (let tries = 0; status === 200 && tries < 1000; tries++) status = (await app.inject({ method: 'POST', url: '/' })).statusCode
  t.equal(status, 503)
  t.match(app.audit.status(), { state: 'blocked', lost: 0, appenders: { default: { lastError: { code: 'AUDIT_ERR_SPOOL_FULL' } } } })
  await store.start()
  await eventually(async () => (await app.inject({ method: 'POST', url: '/' })).statusCode === 200)
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 200)
  await app.close()
  t.equal(store.events().length, app.audit.status().accepted)
  await store.kill()
})

test('a disk that is full under the spool: events wait, are written when there is room, and arrive once', async t => {
  const disk = await smallDisk(t)
  const receiver = await startReceiver()
  receiver.answer = (_, response) => { response.writeHead(503).end() }
  const { app } = await auditedApp(t, { section: { appender: { ...small(receiver.url, join(disk.directory, 'spool')), shutdown_timeout: '5s' } } })
  await app.audit.flush()
  await disk.fill()
  for (let number = 0; number < 10; number++) app.audit.withoutRequest.log(numbered(number))
  await eventually(() => app.audit.status().state === 'degraded')
  t.match(app.audit.status(), { state: 'degraded', queued: 10, appenders: { default: { lastError: { code: 'AUDIT_ERR_WRITE', message: /ENOSPC|EFBIG/ } } } }, 'the disk was full')
  await disk.free()
  const arrived: number[] = []
  receiver.answer = ({ body }, response) => {
    arrived.push(...[JSON.parse(body)].flat().map(({ labels }) => labels.number))
    response.end()
  }
  await eventually(() => arrived.length === 10)
  t.same(arrived, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  await app.close()
  await receiver.close()
})
