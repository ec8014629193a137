// The promise that nothing hangs: a disk that does not answer holds nobody longer than
// queue.timeout, what waits is bounded, and in the end every event is accounted for.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'tap'
import type { AuditStatus } from '../../lib/contracts.js'
import { spawnTraced, withoutStrace } from '../support/strace.js'

const CHILD = join(import.meta.dirname, '../fixtures/says-events.js')
const MEBIBYTE = 2 ** 20
const MAX_BYTES = 64 * MEBIBYTE
const STALL_SECONDS = 6

test('a disk that does not answer for seconds', { skip: withoutStrace, timeout: 120_000 }, async t => {
  const directory = t.testdir()
  const file = join(directory, 'audit.log')
  const options = {
    appender: { type: 'file', fileName: file, layout: { type: 'json' } },
    notes: join(directory, 'notes'),
    together: 400,
    queue: { maxBytes: MAX_BYTES, timeout: 1000 }
  }
  const { child, injected } = spawnTraced([CHILD, JSON.stringify(options)], {
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
