// The promise that nothing hangs: a disk that does not answer holds nobody longer than
// queue.timeout, what waits is bounded, and in the end every event is accounted for.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'tap'
import type { AuditStatus } from '../../lib/contracts.js'
import { eventually } from '../support/audited-app.js'
import { spawnTraced, withoutStrace } from '../support/strace.js'

const SERVER = join(import.meta.dirname, '../fixtures/serves.js')
const CHILD = join(import.meta.dirname, '../fixtures/says-events.js')
const MEBIBYTE = 2 ** 20
const MAX_BYTES = 64 * MEBIBYTE
const STALL_SECONDS = 6
// V8 lets garbage grow to 48 MiB before it looks, Node 24 to 96, and old garbage by as much again: kept small, so that
// the process grows by what is held. Buffers are not counted in these.
const LITTLE_GARBAGE = ['--max-semi-space-size=1', '--max-old-space-size=48']

test('a disk that does not answer for seconds', { skip: withoutStrace, timeout: 120_000 }, async t => {
  const directory = t.testdir()
  const file = join(directory, 'audit.log')
  const options = {
    appender: { type: 'file', fileName: file, layout: { type: 'json' } },
    notes: join(directory, 'notes'),
    together: 400,
    // So that the queue is full in time on slow machines, too.
    padding: 5000,
    queue: { maxBytes: MAX_BYTES, timeout: 1000 }
  }
  const { child, injected } = spawnTraced([...LITTLE_GARBAGE, CHILD, JSON.stringify(options)], {
    inject: [`write:delay_enter=${STALL_SECONDS}s:when=40`], files: [file], trace: join(directory, 'trace')
  })
  const lines: string[] = []
  child.stdout!.on('data', chunk => { lines.push(...String(chunk).split('\n').filter(Boolean)) })
  const status = async (): Promise<AuditStatus & { rss: number }> => {
    child.send('status')
    const [answer] = await once(child, 'message') as [AuditStatus & { rss: number }]
    return answer
  }

  let before = await status()
  let now = before
  while (now.state === 'ok') {
    before = now
    await wait(50)
    now = await status()
  }
  t.match(now, { state: 'degraded', lastError: { code: 'AUDIT_ERR_TIMEOUT' } })
  const stalled = { bytes: 0, rss: 0, lost: 0 }
  while (now.state === 'degraded') {
    t.equal(now.accepted, now.written + now.ignored + now.lost + now.queued)
    stalled.bytes = Math.max(stalled.bytes, now.queuedBytes)
    stalled.rss = Math.max(stalled.rss, now.rss)
    stalled.lost = now.lost
    await wait(100)
    now = await status()
  }
  t.ok(stalled.bytes > MAX_BYTES * 0.9 && stalled.bytes <= MAX_BYTES, `${stalled.bytes} bytes waited, ${MAX_BYTES} may`)
  t.ok(stalled.rss - before.rss < 2 * MAX_BYTES, `the process grew by ${Math.round((stalled.rss - before.rss) / MEBIBYTE)} MiB`)
  t.ok(stalled.lost > 0, `${stalled.lost} events were lost`)

  child.send('close')
  const [end] = await once(child, 'message') as [AuditStatus]
  t.match(end, { queued: 0, queuedBytes: 0 })
  t.equal(end.accepted, end.written + end.ignored + end.lost)
  const written = readFileSync(file, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line))
  t.equal(written.length, end.written, 'each event that counts as written is there')
  const numbers = written.filter(({ event }) => event.action === 'numbered').map(({ labels }) => labels.number)
  t.equal(new Set(numbers).size, numbers.length, 'once')
  const told = written.filter(({ event }) => event.action === 'audit_events_lost').reduce((sum, { labels }) => sum + labels.lost_events, 0)
  t.equal(told, end.lost, 'and the log tells of each that was lost')
  t.ok(lines.filter(line => line.includes('cannot be written')).length <= 2, 'the application\'s log is not flooded')
  t.equal(injected(), 1, 'the disk did stall')
})

test('requests to an application whose disk does not answer', { skip: withoutStrace, timeout: 120_000 }, async t => {
  const directory = t.testdir()
  const file = join(directory, 'audit.log')
  const section = { on_failure: 'block', queue: { timeout: '1s' }, appender: { type: 'file', fileName: file, layout: { type: 'json' } } }
  const { child, injected, end } = spawnTraced([SERVER, JSON.stringify(section)], {
    inject: [`write:delay_enter=${STALL_SECONDS}s:when=9`], files: [file], trace: join(directory, 'trace')
  })
  t.teardown(end)
  const lines: string[] = []
  createInterface(child.stdout!).on('line', line => { lines.push(line) })
  const port = await eventually(() => lines.find(line => line.startsWith('listening '))?.slice('listening '.length))
  async function write (id: string): Promise<{ status: number, retryAfter: string | null, seconds: number }> {
    const started = performance.now()
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/objects/${id}`, { method: 'PUT' })
    return { status, retryAfter: headers.get('retry-after'), seconds: (performance.now() - started) / 1000 }
  }

  let written = 0
  let refused = await write('0')
  while (refused.status === 200) refused = await write(String(++written))
  t.match(refused, { status: 503, retryAfter: '1' }, 'the first one that meets it is refused')
  t.ok(refused.seconds > 0.5 && refused.seconds < STALL_SECONDS - 2, `when it has waited for as long as queue.timeout: ${refused.seconds} s`)
  const next = await write('next')
  t.match(next, { status: 503 })
  t.ok(next.seconds < 0.5, `those that come after it are refused at once: ${next.seconds} s`)
  t.equal(lines.filter(line => line.startsWith('wrote ')).length, written, 'none of them was run')
  let again = await write('again')
  while (again.status !== 200) {
    await wait(100)
    again = await write('again')
  }
  t.ok(lines.includes('wrote again'), 'and when the disk answers, everything works')
  t.equal(injected(), 1, 'the disk did stall')
  await end()
})
