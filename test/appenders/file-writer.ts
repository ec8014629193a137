import { appendFile, readFile, rename, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { progressOf, writeLines } from '../../lib/appenders/file-writer.js'
import { openFile } from '../../lib/appenders/open-file.js'
import type { Batch } from '../../lib/contracts.js'
import { batchOf } from '../support/appender-contract.js'
import { withBrokenDisk, withFullDisk } from '../support/faults.js'

const limit = 64 * 1024

/** A file and what is told of its torn lines; `write` is for a batch whose first lines are in the file already. */
async function openWriter (path: string) {
  const torn: number[] = []
  const file = await openFile(path, { isDurable: false, lineTorn: bytes => { torn.push(bytes) } })
  return {
    torn,
    get size () { return file.size },
    async write (batch: Batch, from: number, to: number): Promise<void> {
      const progress = progressOf(batch)
      progress.lines = from
      progress.position = from === 0 ? 0 : batch.ends[from - 1]!
      await writeLines(file, progress, to, false).catch((error: Error) => { throw Object.assign(error, { linesWritten: progress.lines }) })
    },
    close: () => file.handle!.close()
  }
}

test('keeps the size of the file', async t => {
  const path = join(t.testdir({ 'audit.log': 'earlier\n' }), 'audit.log')
  const writer = await openWriter(path)
  t.equal(writer.size, 8)
  await writer.write(batchOf(['eins', 'zwölf']), 0, 2)
  t.equal(writer.size, (await stat(path)).size)
  await writer.close()
})

test('writes the part of a batch that it is asked for', async t => {
  const path = join(t.testdir(), 'audit.log')
  const writer = await openWriter(path)
  const batch = batchOf(['one', 'two', 'three', 'four'])
  await writer.write(batch, 1, 3)
  await writer.write(batch, 0, 0)
  await writer.write(batch, 0, 1)
  await writer.write(batch, 3, 4)
  await writer.close()
  t.equal(await readFile(path, 'utf8'), 'two\nthree\none\nfour\n')
})

test('ends a line that a crash has torn before it writes the next', async t => {
  const path = join(t.testdir({ 'audit.log': '{"whole":1}\n{"torn":' }), 'audit.log')
  const writer = await openWriter(path)
  await writer.write(batchOf(['{"next":1}']), 0, 1)
  await writer.write(batchOf(['{"next":2}']), 0, 1)
  await writer.close()
  t.equal(await readFile(path, 'utf8'), '{"whole":1}\n{"torn":\n{"next":1}\n{"next":2}\n')
  t.equal(writer.size, (await stat(path)).size)
})

test('ends a torn line also in a file that somebody has moved away in the meantime', async t => {
  const folder = t.testdir({ 'audit.log': '{"torn":' })
  const writer = await openWriter(join(folder, 'audit.log'))
  await rename(join(folder, 'audit.log'), join(folder, 'moved.log'))
  await writer.write(batchOf(['{"next":1}']), 0, 1)
  await writer.close()
  t.equal(await readFile(join(folder, 'moved.log'), 'utf8'), '{"torn":\n{"next":1}\n')
})

test('leaves a torn file alone as long as there is nothing to write', async t => {
  const path = join(t.testdir({ 'audit.log': '{"torn":' }), 'audit.log')
  await (await openWriter(path)).close()
  t.equal(await readFile(path, 'utf8'), '{"torn":')
})

test('a disk that fills up in the middle of a batch keeps whole lines, and says how many', async t => {
  const path = join(t.testdir(), 'audit.log')
  const large = (name: string) => name.repeat(10_000)
  const text = (lines: string[]) => lines.map(line => line + '\n').join('')
  const whole = ['a', 'b', 'c', 'd', 'e', 'f'].map(large)
  const writer = await openWriter(path)
  await withFullDisk(limit, async () => {
    await writer.write(batchOf([large('a'), large('b')]), 0, 2)
    await t.rejects(writer.write(batchOf(['not asked for', ...['c', 'd', 'e', 'f', 'g', 'h'].map(large)]), 1, 7), {
      code: 'EFBIG', linesWritten: 5
    })
    t.ok(await readFile(path, 'utf8') === text(whole), 'the torn line is cut off')
    await writer.write(batchOf(['short']), 0, 1)
    t.ok(await readFile(path, 'utf8') === text([...whole, 'short']), 'the next line stands on its own')
  })
  await writer.write(batchOf([large('g'), large('h')]), 0, 2)
  t.ok(await readFile(path, 'utf8') === text([...whole, 'short', large('g'), large('h')]), 'when there is room again, the rest can follow')
  t.equal(writer.size, (await stat(path)).size)
  await writer.close()
})

test('a disk that fills up at the end of a line leaves nothing to cut off', async t => {
  const path = join(t.testdir(), 'audit.log')
  const writer = await openWriter(path)
  await withFullDisk(12, () => t.rejects(writer.write(batchOf(['12345', '67890', 'abcde']), 0, 3), { code: 'EFBIG', linesWritten: 2 }))
  t.equal(await readFile(path, 'utf8'), '12345\n67890\n')
  t.equal(writer.size, 12)
  await writer.close()
})

test('ends a torn line before the next when it could not be cut off', async t => {
  for (const method of ['truncate', 'stat'] as const) {
    const path = join(t.testdir(), 'audit.log')
    const writer = await openWriter(path)
    const failures = await withBrokenDisk(method, () => withFullDisk(limit, () =>
      t.rejects(writer.write(batchOf(['a'.repeat(60_000), 'b'.repeat(10_000)]), 0, 2), { code: 'EFBIG', linesWritten: 1 })))
    t.equal(failures, 1)
    const torn = 'a'.repeat(60_000) + '\n' + 'b'.repeat(limit - 60_001)
    t.ok(await readFile(path, 'utf8') === torn)
    await writer.write(batchOf(['b'.repeat(10_000)]), 0, 1)
    t.ok(await readFile(path, 'utf8') === torn + '\n' + 'b'.repeat(10_000) + '\n')
    t.equal(writer.size, (await stat(path)).size)
    await writer.close()
  }
})

test('cuts off nothing when somebody else writes to the file, too', async t => {
  const path = join(t.testdir(), 'audit.log')
  const writer = await openWriter(path)
  await writer.write(batchOf(['ours']), 0, 1)
  await appendFile(path, 'theirs\n')
  await withFullDisk(limit, () => t.rejects(writer.write(batchOf(['a'.repeat(100_000)]), 0, 1), { code: 'EFBIG', linesWritten: 0 }))
  const torn = 'ours\ntheirs\n' + 'a'.repeat(limit - 12)
  t.ok(await readFile(path, 'utf8') === torn)
  await writer.write(batchOf(['next']), 0, 1)
  await writer.close()
  t.ok(await readFile(path, 'utf8') === torn + '\nnext\n')
})

test('does not fill a file with zeros that somebody else has emptied', async t => {
  const path = join(t.testdir(), 'audit.log')
  const writer = await openWriter(path)
  await writer.write(batchOf(['a'.repeat(10_000)]), 0, 1)
  await truncate(path)
  await withFullDisk(limit, () => t.rejects(writer.write(batchOf(['b'.repeat(100_000)]), 0, 1), { code: 'EFBIG', linesWritten: 0 }))
  await writer.write(batchOf(['next']), 0, 1)
  await writer.close()
  t.ok(await readFile(path, 'utf8') === 'b'.repeat(limit) + '\nnext\n')
})

test('a write that fails before its first byte changes nothing', async t => {
  const path = join(t.testdir(), 'audit.log')
  const writer = await openWriter(path)
  await withFullDisk('first\n'.length, async () => {
    await writer.write(batchOf(['first']), 0, 1)
    await t.rejects(writer.write(batchOf(['second']), 0, 1), { code: 'EFBIG', linesWritten: 0 })
  })
  t.equal(await readFile(path, 'utf8'), 'first\n')
  t.equal(writer.size, 6)
  await writer.close()
})
