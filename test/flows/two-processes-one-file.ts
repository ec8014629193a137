// The promise of one writer for each file: a second process, in a cluster or by mistake, is told so
// when it starts; nothing is interleaved or lost; who takes the place of one that was killed
// starts at once, and he alone.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'tap'
import type { Test } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { spawnPlain } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/writes-one-file.js')

type Told = { readonly pid: number, readonly started: true } | { readonly pid: number, readonly started?: undefined, readonly code: string, readonly message: string }

function start (options: object): { readonly child: ChildProcess, told (): Promise<Told> } {
  const child = spawnPlain([CHILD, JSON.stringify(options)], ['ignore', 'pipe', 'inherit'])
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
  return { child, told: async () => JSON.parse((await lines.next()).value as string) }
}

async function stop (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  child.kill(signal)
  await once(child, 'close')
}

/** The numbers of each process, in the order of the files; fails on a line that is not one event. `torn`: so many may be. */
function eventsIn (t: Test, folder: string, torn = 0): Map<number, number[]> {
  const rolled = readdirSync(folder).map(name => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])).filter(number => number > 0 && number <= 366).sort((a, b) => b - a)
  const names = [...rolled.map(number => `audit-${number}.log`), ...readdirSync(folder).filter(name => /^(audit|worker-\d+)\.log$/.test(name))]
  const numbers = new Map<number, number[]>()
  for (const line of names.flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))) {
    try {
      const { event, labels } = JSON.parse(line)
      if (event.action !== 'numbered') continue
      if (!numbers.has(labels.pid)) numbers.set(labels.pid, [])
      numbers.get(labels.pid)!.push(labels.number)
    } catch {
      if (torn-- <= 0) t.fail('half a line', { line: line.slice(0, 200) })
    }
  }
  return numbers
}

function areWhole (t: Test, numbers: readonly number[] = []): void {
  t.ok(numbers.length > 50, `${numbers.length} events`)
  t.same(numbers, numbers.map((_, index) => index), 'every event is there, once, in order')
}

const hasManyEvents = (file: string): boolean => readFileSync(file, 'utf8').split('\n').length > 60

const layout = { type: 'json' }

for (const config of [{ type: 'file' }, { type: 'rolling-file', policy: { type: 'size-limit', size: '50kb' }, retention: { maxFiles: 365 } }]) {
  test(`${config.type}: a second start by mistake is told so, and the first goes on undisturbed`, async t => {
    const folder = join(t.testdir(), 'logs')
    const appender = { ...config, layout, fileName: join(folder, 'audit.log') }
    const first = start({ appender })
    t.match(await first.told(), { started: true })
    for (let i = 0; i < 2; i++) {
      const second = start({ appender })
      t.match(await second.told(), { code: 'AUDIT_ERR_FILE_IN_USE', message: `appender.fileName: expected a file that nobody else writes to, got "${appender.fileName}", which process ${first.child.pid} on ` })
      await once(second.child, 'close')
      t.equal(second.child.exitCode, 1)
    }
    await stop(first.child)
    const events = eventsIn(t, folder)
    t.same([...events.keys()], [first.child.pid])
    areWhole(t, events.get(first.child.pid!))
    t.same(readdirSync(folder).filter(name => name.includes('lock')), [])
  })

  test(`${config.type}: who comes after one that was killed starts at once`, async t => {
    const folder = join(t.testdir(), 'logs')
    const appender = { ...config, layout, fileName: join(folder, 'audit.log') }
    const first = start({ appender })
    t.match(await first.told(), { started: true })
    await eventually(() => hasManyEvents(appender.fileName))
    await stop(first.child, 'SIGKILL')
    t.ok(readdirSync(folder).includes('audit.log.lock'), 'its lock has stayed')
    const second = start({ appender })
    t.match(await second.told(), { started: true })
    await eventually(() => eventsIn(t, folder, 2).get(second.child.pid!)?.at(60) !== undefined)
    await stop(second.child)
    const events = eventsIn(t, folder, 1)
    areWhole(t, events.get(first.child.pid!))
    areWhole(t, events.get(second.child.pid!))
  })
}

test('of many that start at once after one that was killed, exactly one gets the file', { timeout: 60_000 }, async t => {
  const root = t.testdir()
  const folder = join(root, 'logs')
  const appender = { type: 'file', layout, fileName: join(folder, 'audit.log') }
  const killed = start({ appender })
  await killed.told()
  await stop(killed.child, 'SIGKILL')
  const starters = Array.from({ length: 8 }, () => start({ appender, wait: join(root, 'go') }))
  writeFileSync(join(root, 'go'), '')
  const told = await Promise.all(starters.map(starter => starter.told()))
  const winners = told.filter(({ started }) => started === true)
  t.equal(winners.length, 1)
  t.equal(told.filter(one => one.started === undefined && one.code === 'AUDIT_ERR_FILE_IN_USE').length, 7)
  await eventually(() => hasManyEvents(appender.fileName))
  await Promise.all(starters.map(({ child }) => child.exitCode === null ? stop(child) : undefined))
  areWhole(t, eventsIn(t, folder, 1).get(winners[0]!.pid))
  t.same(readdirSync(folder), ['audit.log'])
})

test('a cluster: one worker writes and the others are told; with %pid each has a file of its own', { timeout: 60_000 }, async t => {
  for (const [name, writers] of [['audit.log', 1], ['worker-%pid.log', 3]] as const) {
    const folder = join(t.testdir(), 'logs')
    const { child, told } = start({ appender: { type: 'file', layout, fileName: join(folder, name) }, workers: 3 })
    const closed = once(child, 'close')
    const all = [await told(), await told(), await told()]
    const started = all.filter(one => one.started === true).map(({ pid }) => pid)
    t.equal(started.length, writers)
    for (const one of all) if (one.started === undefined) t.match(one, { code: 'AUDIT_ERR_FILE_IN_USE', message: /process \d+ on .* or put %pid into the name/ })
    await eventually(() => started.every(pid => hasManyEvents(join(folder, name.replace('%pid', String(pid))))))
    for (const pid of started) process.kill(pid, 'SIGTERM')
    await closed
    const events = eventsIn(t, folder)
    t.same([...events.keys()].sort(), started.sort())
    for (const pid of started) areWhole(t, events.get(pid))
    if (writers === 3) t.same(readdirSync(folder).sort(), started.map(pid => `worker-${pid}.log`).sort())
  }
})
