import { test } from 'tap'
import { QueuedBatch } from '../../lib/trail/batch.js'

test('lines are encoded into one buffer, with where each ends and when it was said', async t => {
  const batch = new QueuedBatch(64, 0)
  t.equal(batch.add('ä\n', 10, 1), 3)
  t.equal(batch.add('👩\n', 20, 8), 5)
  t.same(batch.rest(), { bytes: Buffer.from('ä\n👩\n'), ends: [3, 8], times: [10, 20] })
  t.match(batch, { kinds: 9, lines: 2, bytes: 8 })
})

test('a line fits when it does however its characters turn out', async t => {
  const batch = new QueuedBatch(12, 0)
  t.ok(batch.fits('漢漢漢\n'))
  t.notOk(batch.fits('漢漢漢漢\n'))
  batch.add('漢漢漢\n', 0, 1)
  t.notOk(batch.fits('\n'))
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
