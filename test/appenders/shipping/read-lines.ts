import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readLines } from '../../../lib/appenders/shipping/read-lines.js'

const MANY = { maxLines: 1000, maxBytes: 10_000_000 }

test('lines, where they end, and what is left of one', async t => {
  const path = join(t.testdir({ lines: 'one\ntwö\n\nhalf' }), 'lines')
  t.same(await readLines(path, 0, 14, MANY), { lines: ['one', 'twö', ''], ends: [4, 9, 10], torn: 'half' })
  t.same(await readLines(path, 4, 10, MANY), { lines: ['twö', ''], ends: [9, 10], torn: '' })
  t.same(await readLines(path, 0, 4, MANY), { lines: ['one'], ends: [4], torn: '' }, 'not what is behind the end')
  t.same(await readLines(path, 10, 14, MANY), { lines: [], ends: [], torn: 'half' })
  t.same(await readLines(path, 0, 1000, MANY), { lines: ['one', 'twö', ''], ends: [4, 9, 10], torn: 'half' }, 'a file that is shorter than it should be')
})

test('no more lines than are asked for, no more bytes either, but one line in any case', async t => {
  const path = join(t.testdir({ lines: 'one\ntwo\nthree\n' }), 'lines')
  t.same(await readLines(path, 0, 14, { ...MANY, maxLines: 2 }), { lines: ['one', 'two'], ends: [4, 8], torn: '' })
  t.same((await readLines(path, 0, 14, { ...MANY, maxBytes: 8 })).lines, ['one', 'two'])
  t.same((await readLines(path, 0, 14, { ...MANY, maxBytes: 7 })).lines, ['one'])
  t.same((await readLines(path, 0, 14, { ...MANY, maxBytes: 1 })).lines, ['one'])
})

test('lines of any length, wherever the pieces end in which they are read', async t => {
  const path = join(t.testdir(), 'lines')
  const lines = [10, 256 * 1024 - 12, 0, 256 * 1024, 3, 1_000_000, 256 * 1024 - 1, 5].map((length, index) => String(index).repeat(length) + (length > 5 ? 'ö' : ''))
  const text = lines.map(line => line + '\n').join('')
  writeFileSync(path, text)
  const read = await readLines(path, 0, Buffer.byteLength(text), MANY)
  t.ok(read.lines.length === lines.length && read.lines.every((line, index) => line === lines[index]), 'all are as they were')
  t.equal(read.ends.at(-1), Buffer.byteLength(text))
  let offset = 0
  const found: string[] = []
  while (offset < Buffer.byteLength(text)) {
    const { lines, ends } = await readLines(path, offset, Buffer.byteLength(text), { maxLines: 2, maxBytes: 300_000 })
    found.push(...lines)
    offset = ends.at(-1)!
  }
  t.ok(found.length === lines.length && found.every((line, index) => line === lines[index]), 'also in parts')
})
