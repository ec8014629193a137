// The promise of recovery: a full disk, a read-only one, an I/O error, a folder that is gone, a
// permission that is lost, at the start and in the middle. Nobody hangs, nothing is lost as long
// as the queue has room, and when the cause is gone everything is written by itself, once, in order.
import { execFileSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import type { AuditStatus } from '../../lib/contracts.js'
import audit from '../../lib/index.js'
import type { Test } from '../support/appender-contract.js'
import { eventually, readEvents } from '../support/audited-app.js'
import { asOrdinaryUser, smallDisk } from '../support/faults.js'
import { spawnPlain } from '../support/plain-node.js'
import { spawnTraced, withoutStrace } from '../support/strace.js'

const CHILD = join(import.meta.dirname, '../fixtures/says-events.js')
const notRoot = process.geteuid!() === 0 ? false : 'only a superuser can mount a disk'

const optionsFor = (file: string, notes: string): string => JSON.stringify({
  appender: { type: 'rolling-file', fileName: file, layout: { type: 'json' } }, notes, together: 5, pauseAfterRejection: 20
})

async function ask (child: ChildProcess, what: 'status' | 'close'): Promise<AuditStatus> {
  child.send(what)
  const [status] = await once(child, 'message') as [AuditStatus]
  return status
}

const statusWith = (child: ChildProcess, wanted: (status: AuditStatus) => boolean): Promise<boolean> =>
  eventually(async () => wanted(await ask(child, 'status')))

/** Ends the child, and holds what is in the file against what it says has become of its events. */
async function endsComplete (t: Test, child: ChildProcess, file: string): Promise<ReturnType<typeof readEvents>> {
  const { accepted, written, lost, queued } = await ask(child, 'close')
  t.same({ lost, queued, accepted }, { lost: 0, queued: 0, accepted: written }, 'every event is written')
  const events = readEvents(t, file)
  t.equal(events.length, written)
  const numbers = events.filter(({ event }) => event.action === 'numbered').map(({ labels }) => (labels as { number: number }).number)
  t.ok(numbers.length > 10 && numbers.every((number, index) => number === index), `${numbers.length} events, once and in order`)
  return events
}

test('at the start: a disk that is read-only', { skip: notRoot }, async t => {
  const disk = await mkdtemp(join(tmpdir(), 'audit-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=8m', 'tmpfs', disk])
  t.teardown(async () => {
    execFileSync('umount', ['--lazy', disk])
    await rm(disk, { recursive: true })
  })
  const file = join(disk, 'logs', 'audit.log')
  const child = spawnPlain([CHILD, optionsFor(file, join(t.testdir(), 'notes'))], ['ignore', 'ignore', 'inherit', 'ipc'])
  t.ok(await statusWith(child, ({ state, lastError, queued }) => state === 'degraded' && /EROFS/.test(lastError!.message) && queued > 10), 'it has started, and events wait')
  execFileSync('mount', ['-o', 'remount,rw', disk])
  t.ok(await statusWith(child, ({ state, queued }) => state === 'ok' && queued < 10), 'it recovers by itself')
  await endsComplete(t, child, file)
})

test('at the start: a disk that is full', { skip: notRoot }, async t => {
  const disk = await smallDisk(t)
  await disk.fill()
  const file = join(disk.directory, 'logs', 'audit.log')
  const child = spawnPlain([CHILD, optionsFor(file, join(t.testdir(), 'notes'))], ['ignore', 'ignore', 'inherit', 'ipc'])
  t.ok(await statusWith(child, ({ state, lastError, queued }) => state === 'degraded' && lastError!.message.includes(disk.code) && queued > 10), 'it has started, and events wait')
  await disk.free()
  t.ok(await statusWith(child, ({ state, queued }) => state === 'ok' && queued < 10), 'it recovers by itself')
  await endsComplete(t, child, file)
})

for (const [error, calls] of [['EIO', 'write'], ['EROFS', 'write'], ['EDQUOT', 'write'], ['ENOSPC', 'write']] as const) {
  test(`in the middle: ${error} by ${calls}, several times in a row`, { skip: withoutStrace }, async t => {
    const directory = t.testdir()
    const file = join(directory, 'audit.log')
    const { child, injected } = spawnTraced([CHILD, optionsFor(file, join(directory, 'notes'))], {
      inject: [`${calls}:error=${error}:when=20..23`], files: [file], trace: join(directory, 'trace')
    })
    t.ok(await statusWith(child, ({ state, lastError }) => state === 'degraded' && lastError!.message.includes(error)), 'it is met')
    t.ok(await statusWith(child, ({ state, queued }) => state === 'ok' && queued < 10), 'it recovers by itself')
    await endsComplete(t, child, file)
    t.equal(injected(), 4, 'it did happen')
  })
}

test('in the middle: the folder is removed', async t => {
  const directory = t.testdir()
  const file = join(directory, 'logs', 'audit.log')
  const child = spawnPlain([CHILD, optionsFor(file, join(directory, 'notes'))], ['ignore', 'ignore', 'inherit', 'ipc'])
  t.ok(await statusWith(child, ({ written }) => written > 100))
  // Again where the child is just making the file anew.
  rmSync(join(directory, 'logs'), { recursive: true, maxRetries: 20, retryDelay: 5 })
  t.ok(await eventually(() => {
    try { return readFileSync(file, 'utf8').includes('audit_file_changed') } catch { return false }
  }), 'it is made again, and says so')
  await ask(child, 'close')
  const numbers = readEvents(t, file).filter(({ event }) => event.action === 'numbered').map(({ labels }) => (labels as { number: number }).number)
  t.ok(numbers.length > 0 && numbers.every((number, index) => number === numbers[0]! + index), 'from there on without a gap')
})

test('in the middle: the right to write there is lost', async t => {
  await asOrdinaryUser(async directory => {
    const logs = join(directory, 'logs')
    const file = join(logs, 'audit.log')
    const app = Fastify()
    await app.register(audit, { config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: file, layout: { type: 'json' } } } })
    const say = (message: string): Promise<void> => app.audit.withoutRequest.log({ message, event: { action: 'mine' } })
    await say('before')
    rmSync(file)
    chmodSync(logs, 0o500)
    t.ok(await eventually(async () => await say('while').then(() => false, () => true)), 'it is noticed')
    t.match(app.audit.status(), { state: 'degraded', lastError: { message: /EACCES/ } })
    chmodSync(logs, 0o700)
    await app.audit.flush()
    await say('after')
    const messages = readEvents(t, file).map(({ message }) => message)
    t.equal(messages.at(-1), 'after')
    t.ok(messages.includes('while'), 'what was said meanwhile is there')
    t.equal(app.audit.status().state, 'ok')
    await app.close()
  }, async directory => {
    await mkdir(join(directory, 'logs'))
    await chmod(join(directory, 'logs'), 0o777)
    // Whoever owns it may take the right away, and give it back.
    if (process.geteuid!() === 0) execFileSync('chown', ['65534', join(directory, 'logs')])
  })
})
