import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'

const CHILD = join(import.meta.dirname, '../fixtures/says-events-until-killed.js')
const ROUNDS = 6

/** Lets the child say events for a while, kills it, and gives the numbers that were acknowledged to it. */
function acknowledgedBeforeKill (appender: object, notes: string, milliseconds: number): Promise<{ numbers: number[], signal: string | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, JSON.stringify(appender), notes], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), milliseconds))
    child.on('error', reject)
    child.on('close', (_code, signal) => {
      const told = readFileSync(notes, 'utf8')
      resolve({ numbers: told.slice(0, told.lastIndexOf('\n') + 1).split('\n').slice(0, -1).map(Number), signal })
    })
  })
}

for (const [type, policy] of [['file', undefined], ['rolling-file', { type: 'size-limit', size: '30kb' }]] as const) {
  test(`what ${type} has acknowledged survives kill -9 at any moment, once and whole`, async t => {
    const directory = t.testdir()
    let events = 0
    for (let round = 0; round < ROUNDS; round++) {
      const folder = join(directory, String(round))
      const appender = { type, fileName: join(folder, 'audit.log'), layout: { type: 'json' }, ...(policy && { policy, strategy: { type: 'numeric', max: 100 } }) }
      const { numbers, signal } = await acknowledgedBeforeKill(appender, folder + '.notes', 10 + Math.random() * 60)
      if (signal !== 'SIGKILL') t.fail(`the child ended by itself: ${signal}`)
      const lines = readdirSync(folder).filter(name => name.endsWith('.log')).flatMap(file => {
        const text = readFileSync(join(folder, file), 'utf8')
        // Only the very last line of the live file may have been under way.
        return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').slice(0, -1)
      })
      const written = lines.map(line => (JSON.parse(line) as { labels: { number: number } }).labels.number)
      const there = new Set(written)
      const missing = numbers.filter(number => !there.has(number))
      if (missing.length > 0) t.fail('acknowledged and not there', { missing })
      if (there.size !== written.length) t.fail('written twice')
      events += numbers.length
    }
    t.ok(events > 50 * ROUNDS, `${events} events had been acknowledged`)
  })
}
