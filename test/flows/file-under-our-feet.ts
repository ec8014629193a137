// The promise of the file under our feet: deleted, renamed, replaced or truncated by somebody else,
// under load, it is noticed within a second, opened anew and reported in the log; what was
// acknowledged is lost by nothing but its deletion.
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'tap'
import type { AuditStatus } from '../../lib/contracts.js'
import type { Test } from '../support/appender-contract.js'
import { auditedApp } from '../support/audited-app.js'
import { spawnPlain } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/says-events.js')

interface Line { readonly event: { readonly action: string, readonly reason?: string }, readonly '@timestamp': string, readonly file?: { readonly path: string }, readonly labels?: { readonly number: number, readonly torn_bytes?: number } }

interface Interference {
  readonly title: string
  /** What is done to the file. */
  readonly act: (log: string, folder: string) => void
  readonly change: string
  /** Whether what had been written is gone with it. */
  readonly loses?: true
  /** What it leaves of half a line, at the beginning of the file that is written to afterwards. */
  readonly torn?: string
}

const INTERFERENCES: readonly Interference[] = [
  { title: 'deleted', act: log => unlinkSync(log), change: 'deleted', loses: true },
  { title: 'deleted with its folder', act: (_log, folder) => rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 5 }), change: 'deleted', loses: true },
  { title: 'renamed', act: log => renameSync(log, log + '.moved'), change: 'renamed' },
  { title: 'renamed with its folder', act: (_log, folder) => renameSync(folder, folder + '-moved'), change: 'renamed' },
  { title: 'renamed and made anew, as logrotate does with "create"', act: log => { renameSync(log, log + '.moved'); writeFileSync(log, '') }, change: 'replaced' },
  { title: 'replaced by a file that ends in half a line', act: log => { writeFileSync(log + '.other', '{"torn":'); renameSync(log, log + '.moved'); renameSync(log + '.other', log) }, change: 'replaced', torn: '{"torn":' },
  { title: 'truncated, as logrotate does with "copytruncate"', act: log => truncateSync(log), change: 'truncated', loses: true }
]

for (const type of ['file', 'rolling-file'] as const) {
  test(`${type}: whatever is done to the file`, { timeout: 90_000 }, async t => {
    const directory = t.testdir()
    // Two at a time: each waits most of the time.
    const left = [...INTERFERENCES.entries()]
    const times: number[] = []
    const worker = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) times.push(await interfere(t, type, join(directory, `${next[0]}`), next[1]))
    }
    await Promise.all([worker(), worker()])
    // A machine that is busy with something else may take longer now and then.
    times.sort((a, b) => a - b)
    t.ok(times[3]! < 1000 && times[6]! < 5000, `noticed after ${times.join(', ')} ms`)
  })
}

async function interfere (t: Test, type: string, root: string, { title, act, change, loses, torn }: Interference): Promise<number> {
  const folder = join(root, 'logs')
  const log = join(folder, 'audit.log')
  mkdirSync(root)
  const child = spawnPlain([CHILD, JSON.stringify({ appender: { type, fileName: log, layout: { type: 'json' } }, together: 5, notes: join(root, 'notes') })], ['ignore', 'pipe', 'inherit', 'ipc'])
  await once(child.stdout!, 'data')
  while (numbersIn(join(root, 'notes')).length < 200) await wait(10)

  act(log, folder)
  const acted = Date.now()
  await until(() => existsSync(log) && reports(log).length > 0)
  const noticed = Date.parse(reports(log)[0]?.['@timestamp'] ?? '')
  if (change !== 'replaced') t.equal(statSync(log).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  await wait(700)

  child.send('close')
  const [status] = await once(child, 'message') as [AuditStatus]
  await once(child, 'close')
  t.match(status, { lost: 0, queued: 0, lastError: null })
  const acknowledged = numbersIn(join(root, 'notes'))
  const text = readFileSync(log, 'utf8')
  t.match(reports(log), [{ event: { action: 'audit_file_changed', reason: change }, file: { path: log } }], `${title}: reported once`)
  if (torn !== undefined) t.ok(text.startsWith(torn + '\n{') || text.includes(`\n${torn}\n{`), 'half a line stands alone')

  const moved = [join(root, 'logs-moved/audit.log'), log + '.moved'].filter(existsSync).map(path => readFileSync(path, 'utf8')).join('')
  const numbers = (moved + text).split('\n').filter(line => line !== '' && line !== torn).map(line => JSON.parse(line) as Line).filter(({ event }) => event.action === 'numbered').map(({ labels }) => labels!.number)
  const there = new Set(numbers)
  t.equal(there.size, numbers.length, 'nothing is there twice')
  const missing = acknowledged.filter(number => !there.has(number))
  if (loses !== true) t.same(missing, [], 'nothing that was acknowledged is missing')
  else t.ok(Math.max(...missing) < Math.min(...numbers), 'what is missing was written before it was noticed')
  t.same(readdirSync(folder).filter(name => name.endsWith('.lock')), [], 'the lock is given back')
  return noticed - acted
}

async function until (isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !isSo(); i++) await wait(10)
}

const numbersIn = (notes: string): number[] => existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').slice(0, -1).map(Number) : []

function reports (log: string): Line[] {
  return readFileSync(log, 'utf8').split('\n').filter(line => line.includes('audit_file_changed') && line.endsWith('}')).map(line => JSON.parse(line))
}

test('two things in a row are two reports; logrotate with a signal is none', { timeout: 60_000 }, async t => {
  const folder = join(t.testdir(), 'logs')
  const log = join(folder, 'audit.log')
  const program = `
    import Fastify from 'fastify'
    import audit from 'fastify-audit'
    const app = Fastify()
    await app.register(audit, { config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: ${JSON.stringify(log)}, reopen_on_sighup: true } } })
    await app.ready()
    let number = 0
    setInterval(() => app.audit.withoutRequest.log({ message: 'numbered', event: { action: 'numbered' }, labels: { number: number++ } }), 1)
    process.on('SIGTERM', () => app.close().then(() => process.exit()))
    console.log('started')`
  const child = spawnPlain(['--input-type=module', '-e', program], ['ignore', 'pipe', 'inherit'])
  await once(child.stdout!, 'data')
  const isWritten = (): boolean => existsSync(log) && readFileSync(log, 'utf8').includes('numbered')
  await until(isWritten)
  for (const [index, change] of ['renamed', 'renamed'].entries()) {
    renameSync(log, `${log}.${index}`)
    await until(() => existsSync(log) && reports(log).length === 1)
    t.match(reports(log), [{ event: { reason: change } }])
  }
  // What logrotate does: move, then say so. The signal comes long before the file is looked at; if
  // it does not, on a machine that has no time, it has been noticed before.
  await until(isWritten)
  renameSync(log, `${log}.rotated`)
  child.kill('SIGHUP')
  await until(isWritten)
  t.equal(child.exitCode, null, 'the process goes on')
  child.kill('SIGTERM')
  await once(child, 'close')
  t.ok(reports(log).length <= 1)
  const lines = [`${log}.0`, `${log}.1`, `${log}.rotated`, log].flatMap(path => readFileSync(path, 'utf8').split('\n').slice(0, -1)).map(line => JSON.parse(line) as Line).filter(({ event }) => event.action === 'numbered')
  t.same(lines.map(({ labels }) => labels!.number), lines.map((_, index) => index), 'every line is there, once, in order')
})

test('a rolled file that is moved away, and a live one that is taken away in the middle of rolling: numbers stay right', { timeout: 60_000 }, async t => {
  const root = t.testdir()
  const folder = join(root, 'logs')
  const log = join(folder, 'audit.log')
  const appender = { type: 'rolling-file', fileName: log, layout: { type: 'json' }, policy: { type: 'size-limit', size: '20kb' }, strategy: { type: 'numeric', max: 100 } }
  const child = spawnPlain([CHILD, JSON.stringify({ appender, together: 3, notes: join(root, 'notes') })], ['ignore', 'pipe', 'inherit', 'ipc'])
  await once(child.stdout!, 'data')
  const rolled = (): number[] => readdirSync(folder).map(name => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])).filter(Boolean)
  const taken: string[] = []
  for (const name of ['audit.log', 'audit-1.log', 'audit.log']) {
    const before = rolled().length
    await until(() => rolled().length >= before + 2)
    // It may just be between two names.
    for (;;) {
      const to = join(root, `taken-${taken.length}`)
      try {
        renameSync(join(folder, name), to)
        taken.push(to)
        break
      } catch {
        await wait(1)
      }
    }
    if (rolled().length >= 60) break
  }
  child.kill('SIGTERM')
  await once(child, 'close')
  t.equal(taken.length, 3)
  const files = [...rolled().map(number => `audit-${number}.log`), 'audit.log'].map(name => join(folder, name)).filter(existsSync)
  const numbers = [...files, ...taken].flatMap(path => readFileSync(path, 'utf8').split('\n').slice(0, -1)).map(line => JSON.parse(line) as Line).filter(({ event }) => event.action === 'numbered').map(({ labels }) => labels!.number)
  const there = new Set(numbers)
  t.equal(there.size, numbers.length, 'nothing is there twice')
  t.same(numbersIn(join(root, 'notes')).filter(number => !there.has(number)), [], 'nothing that was acknowledged is missing')
  const sorted = rolled().sort((a, b) => b - a).map(number => readFileSync(join(folder, `audit-${number}.log`), 'utf8')).join('').split('\n').slice(0, -1).map(line => (JSON.parse(line) as Line)['@timestamp'])
  t.same(sorted, [...sorted].sort(), 'a higher number is always older')
})

for (const type of ['file', 'rolling-file'] as const) {
  for (const durability of ['write', 'fsync'] as const) {
    test(`${type}, ${durability}: what is said after the file has been deleted is there when it is acknowledged`, { timeout: 60_000 }, async t => {
      const folder = join(t.testdir(), 'logs')
      const log = join(folder, 'audit.log')
      const { app } = await auditedApp(t, { section: { durability, on_failure: 'block', appender: { type, fileName: log, layout: { type: 'json' } } } })
      await app.ready()
      const deletions: readonly (() => void)[] = [
        () => unlinkSync(log),
        () => rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 5 }),
        () => { writeFileSync(log + '.other', ''); renameSync(log + '.other', log) }
      ]
      for (const [number, remove] of [...deletions, ...deletions, ...deletions].entries()) {
        remove()
        const said = Array.from({ length: 5 }, (_, part) => ({ message: 'numbered', event: { action: 'numbered' }, labels: { number: number * 5 + part } }))
        await Promise.all(said.map(event => app.audit.withoutRequest.log(event)))
        const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line) as Line).filter(({ event }) => event.action === 'numbered')
        t.same(lines.map(({ labels }) => labels!.number), said.map(({ labels }) => labels.number), 'once, in order')
      }
      t.match(app.audit.status(), { lost: 0, lastError: null })
    })
  }
}

for (const isUnderWay of [false, true]) {
  test(`a process that ends after its file has been deleted writes to a new one${isUnderWay ? ', also what was under way' : ''}`, { timeout: 60_000 }, async t => {
    const log = join(t.testdir(), 'logs/audit.log')
    const child = spawnPlain(['--input-type=module', '-e', `
      import { unlinkSync, writeSync } from 'node:fs'
      import Fastify from 'fastify'
      import audit from 'fastify-audit'
      const app = Fastify()
      await app.register(audit, { config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: ${JSON.stringify(log)}, layout: { type: 'json' } } } })
      await app.ready()
      const say = (number) => app.audit.withoutRequest.log({ message: 'numbered', event: { action: 'numbered' }, labels: { number, text: 'x'.repeat(1000) } })
      await say(-1)
      for (let number = 0; number < 500; number++) say(number)
      // In the turn after the next one the batch is being written.
      ${isUnderWay ? 'await new Promise(resolve => setImmediate(resolve))' : ''}
      unlinkSync(${JSON.stringify(log)})
      for (let number = 500; number < 700; number++) say(number)
      process.exit(0)`], ['ignore', 'inherit', 'inherit'])
    await once(child, 'close')
    const numbers = readFileSync(log, 'utf8').split('\n').slice(0, -1).map(line => (JSON.parse(line) as Line).labels!.number)
    t.same(numbers, Array.from({ length: 700 }, (_, number) => number), 'once, in order')
  })
}
