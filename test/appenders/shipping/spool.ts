import { readFileSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { open as openFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { openSpool, type Spool } from '../../../lib/appenders/shipping/spool.js'
import { appenderContract, batchOf, surroundingsIn, type Test } from '../../support/appender-contract.js'
import { smallDisk } from '../../support/faults.js'

const MEGABYTE = 1024 * 1024
const namesIn = (folder: string): string[] => readdirSync(folder).filter(name => name.endsWith('.ndjson')).sort()
const textIn = (folder: string): string => namesIn(folder).map(name => readFileSync(join(folder, name), 'utf8')).join('')

interface Opened { readonly spool: Spool, readonly folder: string, readonly arrived: number[], readonly other: { bytes: number } }

async function open (directory: string, maxBytes = MEGABYTE): Promise<Opened> {
  const folder = join(directory, 'spool/slot')
  const arrived: number[] = []
  const other = { bytes: 0 }
  const spool = await openSpool({ folder, setting: 'spool.path', surroundings: surroundingsIn(directory), maxBytes, otherBytes: () => other.bytes, arrived: time => { arrived.push(time) } })
  return { spool, folder, arrived, other }
}

const openIn = (t: Test): Promise<Opened> => open(t.testdir(), 1024 * MEGABYTE)

test('it is an appender as any other', async t => {
  await appenderContract(t, async t => {
    const { spool: { appender }, folder } = await openIn(t)
    return { appender, read: async () => textIn(folder) }
  })
})

test('segments are files of an eighth of the spool; the oldest can be deleted, the one that is written cannot', async t => {
  const { spool: { appender, slot }, folder, arrived } = await open(t.testdir())
  const line = 'x'.repeat(9999)
  for (let i = 0; i < 30; i++) await appender.append(batchOf([line], [i]))
  t.same(namesIn(folder), ['000000000001.ndjson', '000000000002.ndjson', '000000000003.ndjson'])
  t.match(slot.segments, [{ number: 1, size: 130_000, lines: 13, isSealed: true }, { number: 2, lines: 13, isSealed: true }, { number: 3, size: 40_000, lines: 4, isSealed: false }])
  t.same(arrived, Array.from({ length: 30 }, (_, index) => index))
  for (let i = 0; i < 5; i++) await slot.dropFirst()
  t.same(namesIn(folder), ['000000000003.ndjson'])
  await appender.append(batchOf([line]))
  t.match(slot.segments, [{ number: 3, size: 50_000, lines: 5 }])
  await appender.close()
})

test('what is full says so, tells what it has taken, and takes the rest when there is room', async t => {
  const { spool: { appender, slot }, folder, other } = await open(t.testdir())
  const lines = Array.from({ length: 200 }, (_, index) => String(index).padEnd(9999, 'x'))
  const failure = await appender.append(batchOf(lines)).catch((error: unknown) => error)
  t.match(failure, { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 104, message: /^spool\.path: 1040000 bytes wait to be sent already, of 1048576 \(spool\.max_bytes\)/ })
  t.equal(textIn(folder), lines.slice(0, 104).map(line => line + '\n').join(''))
  await t.rejects(appender.append(batchOf(lines.slice(104))), { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 0 })
  await slot.dropFirst()
  await t.rejects(appender.append(batchOf(lines.slice(104))), { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 13 })
  await slot.dropFirst()
  other.bytes = 130_000
  await t.rejects(appender.append(batchOf(lines.slice(117))), { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 0 }, 'what others have left counts as well')
  other.bytes = 0
  await t.rejects(appender.append(batchOf(lines.slice(117))), { code: 'AUDIT_ERR_SPOOL_FULL', linesWritten: 13 })
  await appender.close()
})

test('no line is told of before it may be read, also while a batch goes on in the next segment', async t => {
  const { spool: { appender, slot } } = await open(t.testdir())
  const wrong: string[] = []
  const appended = appender.append(batchOf(Array(30).fill('x'.repeat(9999)))).then(() => true)
  const turn = (): Promise<boolean> => new Promise(resolve => setImmediate(resolve, false))
  do {
    for (const { number, lines, size } of slot.segments) if (size !== lines * 10_000) wrong.push(`segment ${number}: ${lines} lines, ${size} bytes`)
  } while (!await Promise.race([appended, turn()]))
  t.same(wrong, [])
  t.match(slot.segments, [{ lines: 13 }, { lines: 13 }, { lines: 4, size: 40_000 }])
  await appender.close()
})

test('a line that is larger than the spool is taken when it is empty', async t => {
  const { spool: { appender }, folder } = await open(t.testdir())
  const line = 'x'.repeat(2 * MEGABYTE)
  await appender.append(batchOf([line]))
  await t.rejects(appender.append(batchOf(['y'])), { code: 'AUDIT_ERR_SPOOL_FULL' })
  t.equal(textIn(folder).length, line.length + 1)
  await appender.close()
})

test('what is written at once counts as well', async t => {
  const { spool: { appender, slot }, folder } = await openIn(t)
  const appended = appender.append(batchOf(['a', 'b']))
  t.equal(appender.appendNow!([batchOf(['c']), batchOf(['d', 'e'])]), 5)
  await appended
  t.equal(textIn(folder), 'a\nb\nc\nd\ne\n')
  t.match(slot.segments, [{ lines: 5, size: 10 }])
  await appender.close()
})

test('a segment that somebody deletes while it is written takes nothing with it that is acknowledged afterwards', async t => {
  const { spool: { appender, slot }, folder } = await openIn(t)
  await appender.append(batchOf(['before']))
  unlinkSync(join(folder, '000000000001.ndjson'))
  await appender.append(batchOf(['after']))
  t.equal(textIn(folder), 'after\n')
  t.match(slot.segments, [{ number: 1, isSealed: true }, { number: 2, lines: 1, size: 6 }])
  await appender.close()
})

test('a full disk: what did not fit is written once there is room, and half a line stands at the end of a segment', async t => {
  const disk = await smallDisk(t)
  const { spool: { appender, slot }, folder } = await open(disk.directory, 1024 * MEGABYTE)
  await appender.append(batchOf(['before']))
  await disk.fill()
  await t.rejects(appender.append(batchOf(['x'.repeat(200_000)])), { code: 'AUDIT_ERR_WRITE', cause: { code: disk.code }, linesWritten: 0 })
  t.match(slot.segments, [{ lines: 1, size: 7 }], 'nothing else may be read')
  await disk.free()
  await appender.append(batchOf(['after']))
  t.equal(textIn(folder), 'before\nafter\n')
  t.equal(slot.segments.reduce((sum, { lines }) => sum + lines, 0), 2)
  t.equal(statSync(join(folder, '000000000001.ndjson')).mode & 0o777, 0o600)
  await appender.close()
})

test('half a line that cannot be cut off stays at the end of its segment, and what follows is whole in the next', async t => {
  const disk = await smallDisk(t)
  const { spool: { appender, slot }, folder } = await open(disk.directory, 1024 * MEGABYTE)
  await appender.append(batchOf(['before']))
  const handle = await openFile(process.execPath)
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const { truncate } = prototype
  t.teardown(() => { prototype.truncate = truncate })
  prototype.truncate = async () => { throw Object.assign(new Error('EIO: i/o error, ftruncate'), { code: 'EIO' }) }
  await disk.fill()
  await t.rejects(appender.append(batchOf(['x'.repeat(200_000)])), { code: 'AUDIT_ERR_WRITE', linesWritten: 0 })
  prototype.truncate = truncate
  t.match(slot.segments, [{ lines: 1, size: 7 }], 'the half may not be read as long as it may become a line')
  await disk.free()
  await appender.append(batchOf(['after']))
  t.match(slot.segments, [{ number: 1, lines: 1, isSealed: true }, { number: 2, lines: 1, size: 6 }])
  t.match(readFileSync(join(folder, namesIn(folder)[0]!), 'utf8'), /^before\nx+$/)
  t.equal(readFileSync(join(folder, namesIn(folder)[1]!), 'utf8'), 'after\n')
  await appender.close()
})
