// The promise of acknowledgement: what `log()` has resolved for survives `kill -9`, at any
// moment, hundreds of times in a row on the same log: nothing missing, nothing double, no line
// torn but the last of each life, which the next life isolates and reports.
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from '../support/appender-contract.js'
import { spawnPlain } from '../support/plain-node.js'
import { roundsOf } from '../support/rounds.js'

const CHILD = join(import.meta.dirname, '../fixtures/says-events.js')
const LIVES_AT_ONCE = 2

interface Life { readonly acknowledged: readonly number[], readonly signal: string | null }

/** Lets a child say events and kills it under load: some time after its notes of what has been acknowledged have so many bytes. */
async function live (options: object, notes: string, atLeast: number): Promise<Life> {
  const child = spawnPlain([CHILD, JSON.stringify({ ...options, notes })], ['ignore', 'pipe', 'inherit'])
  child.stdout!.once('data', () => {
    const watch = setInterval(() => {
      if (statSync(notes).size < atLeast) return
      clearInterval(watch)
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 20)
    }, 1)
  })
  const [, signal] = await once(child, 'close') as [number | null, string | null]
  const told = readFileSync(notes, 'utf8')
  return { acknowledged: told.slice(0, told.lastIndexOf('\n') + 1).split('\n').slice(0, -1).map(Number), signal }
}

interface Log { readonly numbers: readonly number[], readonly torn: number, readonly reported: number }

/** Every line of all files of a log, oldest first: the numbers of its events, and how many are torn. */
function readLog (folder: string): Log {
  const rolled = readdirSync(folder).map(name => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])).filter(number => number > 0).sort((a, b) => b - a)
  // Killed between renaming the live file and making a new one, a life leaves none.
  const live = existsSync(join(folder, 'audit.log')) ? ['audit.log'] : []
  const lines = [...rolled.map(number => `audit-${number}.log`), ...live].flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
  const numbers: number[] = []
  let torn = 0
  let reported = 0
  for (const line of lines) {
    try {
      const { event, labels } = JSON.parse(line)
      if (event.action === 'numbered') numbers.push(labels.number)
      if (event.action === 'audit_line_torn') reported++
    } catch {
      torn++
    }
  }
  return { numbers, torn, reported }
}

async function livesOnOneLog (t: Test, folder: string, options: { readonly appender: object, readonly durability: string }, lives: number): Promise<void> {
  const acknowledged: number[] = []
  for (let life = 0; life < lives; life++) {
    const { acknowledged: more, signal } = await live({ ...options, first: life * 1_000_000 }, join(folder, `${life}.notes`), life % 2 * (640 + Math.random() * 1000))
    if (signal !== 'SIGKILL') t.fail(`life ${life} ended by itself: ${signal}`)
    acknowledged.push(...more)
  }
  const { numbers, torn, reported } = readLog(join(folder, 'logs'))
  const there = new Set(numbers)
  t.same(acknowledged.filter(number => !there.has(number)), [], 'nothing that was acknowledged is missing')
  t.equal(there.size, numbers.length, 'nothing is there twice')
  t.ok(acknowledged.length > lives * 20, `${acknowledged.length} events had been acknowledged in ${lives} lives`)
  t.ok(torn <= lives && reported >= torn - 1, `${torn} torn lines stand alone, ${reported} are reported; only the last life's has no successor to report it`)
}

const rolling = { type: 'rolling-file', policy: { type: 'size-limit', size: '200kb' }, strategy: { type: 'numeric', max: 100 }, retention: { maxFiles: 365 } }

for (const [title, appender, durability, all] of [
  ['file, durability write', { type: 'file' }, 'write', 25],
  ['rolling-file, durability write', rolling, 'write', 25],
  ['rolling-file, durability fsync', rolling, 'fsync', 15]
] as const) {
  const lives = roundsOf(all)
  test(`${title}: what is acknowledged survives kill -9, ${lives * LIVES_AT_ONCE} times`, { timeout: 200_000 }, async t => {
    const directory = t.testdir()
    await Promise.all(Array.from({ length: LIVES_AT_ONCE }, async (_, index) => {
      const folder = join(directory, String(index))
      mkdirSync(folder)
      await livesOnOneLog(t, folder, { appender: { ...appender, fileName: join(folder, 'logs', 'audit.log'), layout: { type: 'json' } }, durability }, lives)
    }))
  })
}
