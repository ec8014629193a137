// The promise of coming back: whatever a crash has cut in the middle, the next start goes on
// from there. Nothing that was acknowledged is missing, nothing is double, no file is
// overwritten, half a line stands alone and is reported, a roll that was cut is completed.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from '../support/appender-contract.js'
import { withoutStrace } from '../support/strace.js'
import { append, appendTraced, logOf } from '../support/traced-appends.js'

const layout = { type: 'json' } as const
const rolling = { type: 'rolling-file', layout, policy: { type: 'size-limit', size: '30b' }, strategy: { type: 'numeric', max: 100 } } as const
const LINE = 'line 0000'

/** Batches of one to four lines, of which three fit into a file. */
function batchesFrom (first: number): string[][] {
  let number = first
  return [1, 4, 2, 3, 1, 4].map(lines => Array.from({ length: lines }, () => `line ${String(number++).padStart(4, '0')}`))
}

const FILES = ['audit.log', 'audit-1.log', 'audit-2.log', 'audit-3.log']

/** Where a crash may cut a roll, or a write: before the n-th call of its kind on these files. */
const CUTS = {
  write: [
    ...[1, 2, 3, 6].map(n => ['rename', n, FILES] as const),
    ...[1, 2].map(n => ['openat', n, ['audit.log']] as const),
    ...[1, 2, 4].map(n => ['write', n, ['audit.log']] as const)
  ],
  fsync: [['rename', 2, FILES], ['openat', 3, ['audit.log']], ['fdatasync', 2, ['audit.log']], ['fsync', 2, ['.']]]
} as const

for (const durability of ['write', 'fsync'] as const) {
  test(`killed in the middle of a roll or a write, ${durability}: the next start goes on`, { skip: withoutStrace, timeout: 120_000 }, async t => {
    for (const [call, when, names] of CUTS[durability]) await cutAndComeBack(t, durability, call, when, names)
  })
}

async function cutAndComeBack (t: Test, durability: 'write' | 'fsync', call: string, when: number, names: readonly string[]): Promise<void> {
  const folder = join(t.testdir(), 'logs')
  mkdirSync(folder)
  const appender = { ...rolling, fileName: join(folder, 'audit.log') }
  const batches = batchesFrom(100)
  const first = await appendTraced({ appender, durability, batches }, {
    calls: [`${call}:signal=KILL:when=${when}`], paths: names.map(name => join(folder, name)), trace: join(folder, '../trace')
  })
  t.equal(first.signal, 'SIGKILL', `${call} ${when}: killed`)
  t.match(first.trace.at(-1), /killed by SIGKILL/)
  t.equal(first.trace.filter(line => line.includes(` ${call}(`)).length, when, 'at this very call')
  const beforeRestart = logOf(folder).join('')

  const second = await append({ appender, durability, batches: batchesFrom(200) })
  t.match(second.report, { rejections: [], told: [], notices: [] })
  const files = logOf(folder)
  const text = files.join('')
  t.ok(text.startsWith(beforeRestart), 'no file has been overwritten')
  const lines = text.split('\n').slice(0, -1)
  t.same(lines, [...new Set(lines)].sort(), 'no line twice, all in order')
  const acknowledged = [...batches.slice(0, first.acknowledged.length), ...batchesFrom(200)].flat()
  t.same(acknowledged.filter(line => !lines.includes(line)), [], 'nothing that was acknowledged is missing')
  t.same(files.filter(file => file.length > 30), [], 'limits hold')
  const numbers = readdirSync(folder).map(name => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])).filter(Boolean).sort((a, b) => a - b)
  t.same(numbers, numbers.map((_, index) => index + 1), 'the next rolls have closed every gap')
  t.same(readdirSync(folder).filter(name => !/^audit(-\d+)?\.log$/.test(name)), [], 'nothing is left lying about')
}

test('killed before the remains of a failed write could be cut off: half a line stands alone, and is reported', { skip: withoutStrace, timeout: 60_000 }, async t => {
  for (const type of ['file', 'rolling-file'] as const) {
    const folder = join(t.testdir(), 'logs')
    mkdirSync(folder)
    const appender = { type, fileName: join(folder, 'audit.log'), layout }
    const options = { calls: ['ftruncate:signal=KILL:when=1', 'write'], paths: [appender.fileName], trace: join(folder, '../trace') }
    const first = await appendTraced({ appender, batches: [[LINE], ['x'.repeat(5000)]], limit: 1000 }, options)
    t.equal(first.signal, 'SIGKILL')
    t.same(first.acknowledged, [0])
    t.match(first.trace.find(line => line.includes('xxx')), /, 5001\) = 990$/, 'the disk had room for a part')
    const torn = `${LINE}\n${'x'.repeat(990)}`
    t.equal(readFileSync(appender.fileName, 'utf8'), torn)

    const second = await append({ appender, batches: [['next']] })
    t.same(second.report?.notices, [{ what: 'line_torn', path: appender.fileName, bytes: 990 }])
    t.equal(readFileSync(appender.fileName, 'utf8'), `${torn}\nnext\n`)
    const third = await append({ appender, batches: [['last']] })
    t.same(third.report?.notices, [], 'once')
  }
})

test('a roll that became due while nobody was there is made before the next event', async t => {
  const folder = join(t.testdir(), 'logs')
  mkdirSync(folder)
  const appender = { ...rolling, policy: { type: 'time-interval', interval: '1h' }, fileName: join(folder, 'audit.log') } as const
  const hoursAgo = Date.now() - 3 * 60 * 60 * 1000
  writeFileSync(appender.fileName, `{"@timestamp":"${new Date(hoursAgo).toISOString()}"}\n{"torn":`)
  utimesSync(appender.fileName, hoursAgo / 1000, hoursAgo / 1000)
  const { report } = await append({ appender, batches: [['next']] })
  t.same(report?.notices, [{ what: 'line_torn', path: appender.fileName, bytes: 8 }])
  const [old, live] = logOf(folder)
  t.match(old, /\{"torn":\n$/)
  t.equal(live, 'next\n')
})

test('killed while old files were being removed: the next start removes them', { skip: withoutStrace }, async t => {
  const folder = join(t.testdir(), 'logs')
  mkdirSync(folder)
  for (const number of [1, 2, 3, 4, 5]) appendFileSync(join(folder, `audit-${number}.log`), `old ${number}\n`)
  const appender = { ...rolling, strategy: { type: 'numeric', max: 2 }, fileName: join(folder, 'audit.log') } as const
  const names = [3, 4, 5].map(number => join(folder, `audit-${number}.log`))
  const first = await appendTraced({ appender, batches: [['first']] }, { calls: ['unlink:signal=KILL:when=2'], paths: names, trace: join(folder, '../trace') })
  t.equal(first.signal, 'SIGKILL')
  t.same(logOf(folder), ['old 5\n', 'old 4\n', 'old 2\n', 'old 1\n', ''])
  await append({ appender, batches: [['first']] })
  t.same(logOf(folder), ['old 2\n', 'old 1\n', 'first\n'])
})
