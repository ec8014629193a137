// The promise of rolling, under full load: no line lost, split or doubled, their order kept
// across the files, limits held, files of others untouched, across restarts.
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createAppender, type AppenderConfig } from '../../lib/appenders/create.js'
import { batchOf, type Test } from '../support/appender-contract.js'

const layout = { type: 'json' } as const
const neighbours = ['auditX2.log', 'backup-2024.log', 'audit-01.log', 'audit-1.log.gz', 'audit-20240131.log', 'audit-1.txt', 'audit.log.1']
const lineCount = 200_000
const midnight = new Date(2026, 2, 1).getTime()

/** Random numbers that are the same in every run: an error can be repeated. */
function createRandom (seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  }
}

async function open (directory: string, config: AppenderConfig) {
  const fail = (_details: object, message: string) => { throw new Error(message) }
  return createAppender(config, { directory, locate: (...path) => path.join('.'), now: () => midnight, log: { info: fail, warn: fail, error: fail }, durability: 'write', mayOpenLater: false, notice () {} })
}

/** Writes all lines in batches of random size, and starts anew every so often; returns the lines. */
async function writeUnderLoad (directory: string, config: AppenderConfig, timeOf: (line: number) => number): Promise<string[]> {
  const random = createRandom(7)
  const padding = 'ž'.repeat(250)
  const written: string[] = []
  let appender = await open(directory, config)
  let batches = 0
  while (written.length < lineCount) {
    const first = written.length
    const lines: string[] = []
    for (let left = Math.min(1 + random(random(20) === 0 ? 3000 : 100), lineCount - first); left > 0; left--) {
      const line = first + lines.length
      lines.push(`{"@timestamp":"${new Date(timeOf(line)).toISOString()}","line":${line},"message":"${padding.slice(0, 25 + random(225))}"}`)
    }
    await appender.append(batchOf(lines, lines.map((_, index) => timeOf(first + index))))
    written.push(...lines)
    if (++batches % 500 === 0) {
      await appender.close()
      appender = await open(directory, config)
    }
  }
  await appender.close()
  return written
}

interface LogFile { readonly name: string, readonly text: string, readonly lines: readonly string[], readonly size: number }

/** The files of the log, oldest first. */
async function logFiles (t: Test, directory: string): Promise<LogFile[]> {
  const numbers = (await readdir(directory)).map(name => Number(/^audit-([1-9][0-9]{0,2})\.log$/.exec(name)?.[1])).filter(number => number > 0).sort((a, b) => b - a)
  t.same(numbers, numbers.map((_, index) => numbers.length - index), 'numbers have no gaps')
  return Promise.all([...numbers.map(number => `audit-${number}.log`), 'audit.log'].map(async name => {
    const bytes = await readFile(join(directory, name))
    t.equal((await stat(join(directory, name))).mode & 0o777, 0o600, name)
    const text = bytes.toString()
    return { name, text, lines: text.split('\n').slice(0, -1), size: bytes.length }
  }))
}

async function withNeighbours (t: Test, run: (directory: string) => Promise<void>): Promise<void> {
  const directory = join(t.testdir(), 'logs')
  await mkdir(directory, { mode: 0o700 })
  for (const name of neighbours) await writeFile(join(directory, name), `this is ${name}`)
  await run(directory)
  for (const name of neighbours) t.equal(await readFile(join(directory, name), 'utf8'), `this is ${name}`)
}

test('by size: every line is there once, whole and in order, and no file passes the limit', async t => {
  await withNeighbours(t, async directory => {
    const limit = 1024 * 1024
    const config = { type: 'rolling-file', fileName: 'audit.log', layout, policy: { type: 'size-limit', size: '1mb' }, strategy: { type: 'numeric', max: 100 } } as const
    const written = await writeUnderLoad(directory, config, () => midnight)
    const files = await logFiles(t, directory)
    t.ok(files.length > 50, `${files.length} files`)
    t.ok(files.map(({ text }) => text).join('') === written.join('\n') + '\n', 'nothing lost, split, doubled or out of order')
    for (const [index, { name, size, text }] of files.entries()) {
      t.ok(size <= limit && text.endsWith('\n'), name)
      const next = files[index + 1]?.lines[0]
      if (next !== undefined) t.ok(size + Buffer.byteLength(next) + 1 > limit, `${name} was rolled because the next line did not fit`)
    }
  })
})

test('by size with retention: what is kept is the end of the log without a gap', async t => {
  await withNeighbours(t, async directory => {
    const config = { type: 'rolling-file', fileName: 'audit.log', layout, policy: { type: 'size-limit', size: '100kb' }, retention: { maxFiles: 5, maxAccumulatedFileSize: '350kb' } } as const
    const written = await writeUnderLoad(directory, config, () => midnight)
    const files = await logFiles(t, directory)
    t.equal(files.length, 4, 'three rolled files weigh less than the limit, four would pass it')
    const kept = files.map(({ text }) => text).join('')
    t.ok((written.join('\n') + '\n').endsWith(kept))
    t.ok(kept.startsWith('{"@timestamp"'), 'it begins with a whole line')
  })
})

test('by time: each file holds the events of its own hours', async t => {
  await withNeighbours(t, async directory => {
    const random = createRandom(11)
    // Some 40 hours, with a second's disorder here and there.
    const times = Array.from({ length: lineCount }, (_, line) => midnight + line * 720 - (random(50) === 0 ? random(1000) : 0))
    const config = { type: 'rolling-file', fileName: 'audit.log', layout, policy: { type: 'time-interval', interval: '2h' }, strategy: { type: 'numeric', max: 100 } } as const
    const written = await writeUnderLoad(directory, config, line => times[line]!)
    const files = await logFiles(t, directory)
    t.equal(files.length, 20, '40 hours in files of two')
    t.ok(files.map(({ text }) => text).join('') === written.join('\n') + '\n', 'nothing lost, split, doubled or out of order')
    for (const { name, lines } of files) {
      const hours = lines.map(line => new Date(JSON.parse(line)['@timestamp']).getTime())
      const start = Math.floor((hours[0]! - midnight) / 7_200_000) * 7_200_000 + midnight
      t.ok(hours.every(time => time < start + 7_200_000 && time > start - 1000), name)
    }
  })
})
