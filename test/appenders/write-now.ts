import { write } from 'node:fs'
import { readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { progressOf, TAKEN_OVER, writeLines } from '../../lib/appenders/file-writer.js'
import { openFile, type OpenFile } from '../../lib/appenders/open-file.js'
import { settleNow, syncNow, writeLinesNow } from '../../lib/appenders/write-now.js'
import { batchOf } from '../support/appender-contract.js'
import { withBrokenDisk, withFullDisk } from '../support/faults.js'

const open = (path: string): Promise<OpenFile> => openFile(path, { isDurable: false, lineTorn () {} })

test('takes over a write that is under way, whose answer comes later, and what comes then does nothing', async t => {
  const path = join(t.testdir(), 'audit.log')
  const file = await open(path)
  const batch = batchOf(['x'.repeat(1_000_000), 'second', 'third'])
  const progress = progressOf(batch)
  const writing = writeLines(file, progress, 2, false)
  t.equal(progress.position, 0, 'nothing is known of it')
  t.ok(settleNow(file, 1000))
  t.equal(progress.position, batch.ends[1], 'now it is')
  progress.isTakenOver = true
  t.ok(writeLinesNow(file, progress))
  await t.rejects(writing, TAKEN_OVER)
  t.match(progress, { lines: 3, position: batch.bytes.length })
  t.ok((await readFile(path)).equals(batch.bytes))
  t.equal(file.size, batch.bytes.length)
  syncNow(file)
  await file.handle!.close()
  syncNow(file)
  t.pass('what the disk says does not matter any more')
})

test('waits no longer than it may, and leaves what it has not seen done to who does it', async t => {
  const path = join(t.testdir(), 'audit.log')
  const file = await open(path)
  file.underWay = { size: 7, done () { t.fail('it is not done') } }
  const started = performance.now()
  t.notOk(settleNow(file, 50))
  t.ok(performance.now() - started >= 50)
  t.match(file, { size: 0, underWay: { size: 7 } })
  await file.handle!.close()
  t.notOk(settleNow(file, 1), 'nor does a file that has gone break anything')
})

test('ends half a line before it writes', async t => {
  const path = join(t.testdir({ 'audit.log': '{"torn":' }), 'audit.log')
  const file = await open(path)
  t.ok(writeLinesNow(file, progressOf(batchOf(['next']))))
  t.ok(writeLinesNow(file, progressOf(batchOf(['last']))))
  t.equal(await readFile(path, 'utf8'), '{"torn":\nnext\nlast\n')
  t.equal(file.size, 19)
  await file.handle!.close()
})

test('on a full disk it keeps whole lines, and says how many', async t => {
  const path = join(t.testdir(), 'audit.log')
  const file = await open(path)
  const progress = progressOf(batchOf(['12345', '67890', 'abcde']))
  await withFullDisk(14, async () => { t.notOk(writeLinesNow(file, progress)) })
  t.match(progress, { lines: 2, position: 12 })
  t.match(file, { size: 12, tornBytes: 0 })
  t.equal(await readFile(path, 'utf8'), '12345\n67890\n')
  t.ok(writeLinesNow(file, progress), 'the rest can follow')
  t.equal(await readFile(path, 'utf8'), '12345\n67890\nabcde\n')
  await file.handle!.close()
})

test('cuts off nothing of a file that somebody else has changed', async t => {
  const path = join(t.testdir({ 'audit.log': '0123456789\n' }), 'audit.log')
  const file = await open(path)
  await truncate(path, 0)
  await withFullDisk(3, async () => { t.notOk(writeLinesNow(file, progressOf(batchOf(['abcde'])))) })
  t.equal(file.tornBytes, 3)
  t.ok(writeLinesNow(file, progressOf(batchOf(['next']))))
  t.equal(await readFile(path, 'utf8'), 'abc\nnext\n')
  await file.handle!.close()
})

test('takes over while the remains of a failed write are looked at, or have just been cut off', async t => {
  for (const turns of [0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20]) {
    const path = join(t.testdir(), 'audit.log')
    const file = await open(path)
    const progress = progressOf(batchOf(['12345', 'abcde']))
    await withFullDisk(8, async () => {
      const writing = writeLines(file, progress, 2, false).catch((error: unknown) => error)
      // A full disk takes less than it was given, and then nothing: only its answer tells.
      while (progress.position === 0) await new Promise(resolve => setImmediate(resolve))
      for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
      if (settleNow(file, 50)) {
        progress.isTakenOver = true
        writeLinesNow(file, progress)
      }
      await writing
    })
    progress.isTakenOver = false
    await writeLines(file, progress, 2, false)
    t.match(await readFile(path, 'utf8'), /^12345\n(a|ab)?\n?abcde\n$/, `after ${turns} turns`)
    t.equal((await readFile(path)).length, file.size)
    await file.handle!.close()
  }
})

test('takes over when the remains could not be cut off', async t => {
  const path = join(t.testdir(), 'audit.log')
  const file = await open(path)
  const progress = progressOf(batchOf(['12345', 'abcde']))
  t.equal(await withBrokenDisk('truncate', () => withFullDisk(8, () => t.rejects(writeLines(file, progress, 2, false), { code: 'EFBIG' }))), 1)
  t.ok(writeLinesNow(file, progress))
  t.equal(await readFile(path, 'utf8'), '12345\nab\nabcde\n')
  await file.handle!.close()
})

test('the size tells of a write by another thread as soon as it is done', async t => {
  const path = join(t.testdir(), 'audit.log')
  const file = await open(path)
  const answers: Promise<void>[] = []
  let answered = 0
  for (let round = 1; round <= 200; round++) {
    answers.push(new Promise(resolve => { write(file.descriptor, 'x'.repeat(1000), () => { answered++; resolve() }) }))
    file.underWay = { size: round * 1000, done () {} }
    if (!settleNow(file, 5000)) t.fail('it was not seen')
  }
  t.equal(answered, 0, 'no turn of the event loop was needed')
  await Promise.all(answers)
  await file.handle!.close()
})
