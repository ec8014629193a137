import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { countLines, findSegments, segmentPath } from '../../../lib/appenders/shipping/segments.js'

test('segments are found in the order of their numbers, with their lines counted; nothing else is taken for one', async t => {
  const folder = t.testdir({ position: '', 'spool.lock': '', '7.ndjson': 'x\n', 'dead-letters.ndjson': 'x\n', '000000000001.ndjson.bak': 'x\n' })
  for (const [number, text] of [[10, 'a\nb\nhalf'], [9, ''], [100, 'c\n']] as const) writeFileSync(segmentPath(folder, number), text)
  t.match(await findSegments(folder), [{ number: 9, size: 0, lines: 0 }, { number: 10, size: 8, lines: 2, isSealed: true }, { number: 100, size: 2, lines: 1 }])
  t.equal((await findSegments(folder)).length, 3)
})

test('lines are counted between offsets, however large the file', async t => {
  const path = join(t.testdir(), 'large')
  writeFileSync(path, 'x'.repeat(99).concat('\n').repeat(10_000))
  t.same(await Promise.all([countLines(path, 0, 1_000_000), countLines(path, 0, 250_000), countLines(path, 999_900, 1_000_000), countLines(path, 0, 0), countLines(path, 0, 2_000_000)]), [10_000, 2500, 1, 0, 10_000])
})
