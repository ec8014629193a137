import { test } from 'tap'
import { QueuedBatch } from '../../lib/trail/batch.js'

test('lines are encoded into one buffer, with where each ends and when it was said', async t => {
  const batch = new QueuedBatch(64, 0)
  batch.add('ä\n', 10, 1)
  t.equal(batch.bytes, 3)
  batch.add('👩\n', 20, 8)
  t.match(batch, { lines: 2, bytes: 8 }, 'counted while it is encoded')
  t.same(batch.rest(), { bytes: Buffer.from('ä\n👩\n'), ends: [3, 8], times: [10, 20] })
  t.match(batch, { kinds: 9, lines: 2, bytes: 8 })
})

test('many lines that are encoded at once end where each by itself would, whatever is in them', async t => {
  for (const texts of [['a'], ['a', 'ä'], ['漢', 'a', '👩'], ['\ud800', 'ß']]) {
    const lines = Array.from({ length: 3000 }, (_, n) => texts[n % texts.length]!.repeat(n % 7) + n + '\n')
    const batch = new QueuedBatch(200_000, 0)
    for (const [n, line] of lines.entries()) batch.add(line, n, 1)
    t.equal(batch.lines, lines.length)
    const { bytes, ends, times } = batch.rest()
    t.same(bytes, Buffer.from(lines.join('')))
    let end = 0
    t.same(ends, lines.map(line => (end += Buffer.byteLength(line))))
    t.same(times, lines.map((_, n) => n))
    batch.add('ö\n', 1, 1)
    t.match(batch, { lines: 3001, bytes: end + 3, bytesAtMost: end + 3 })
    batch.add('ö\n', 1, 1)
    t.equal(batch.bytesAtMost, end + 3 + 6)
    batch.drop(3001)
    t.same(batch.rest(), { bytes: Buffer.from('ö\n'), ends: [3], times: [1] })
  }
})

test('a line fits when it does however its characters turn out', async t => {
  const batch = new QueuedBatch(12, 0)
  t.ok(batch.fits('漢漢漢\n'))
  t.notOk(batch.fits('漢漢漢漢\n'))
  batch.add('漢漢漢\n', 0, 1)
  t.notOk(batch.fits('\n'))
  const ascii = new QueuedBatch(12, 0)
  ascii.add('abc\n', 0, 1)
  t.ok(ascii.fits('a\n'), 'what has come is counted when it comes near')
})

test('the next batch is twice as large, up to a bound, and as large as its first line needs', async t => {
  let batch = QueuedBatch.after(null, 'x', 0)
  for (let i = 0; i < 8; i++) batch = QueuedBatch.after(batch, 'x', 0)
  t.ok(batch.fits('x'.repeat(300_000)))
  t.notOk(batch.fits('x'.repeat(400_000)), 'a mebibyte is the most')
  t.ok(QueuedBatch.after(null, 'x'.repeat(400_000), 0).fits('漢'.repeat(400_000)))
})

test('it is acknowledged or refused once', async t => {
  const [kept, broken] = [new QueuedBatch(1, 0), new QueuedBatch(1, 0)]
  kept.acknowledge()
  await kept.acknowledged
  broken.refuse(new Error('first'))
  broken.refuse(new Error('second'))
  broken.acknowledge()
  t.ok(broken.isRefused)
  await t.rejects(broken.acknowledged, { message: 'first' })
})
