import { readFile, rename, rm } from 'node:fs/promises'
import { readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { writeLines } from '../../lib/appenders/file-writer.js'
import { keepFile } from '../../lib/appenders/kept-file.js'
import { createKeptFileAppender } from '../../lib/appenders/kept-file-appender.js'
import type { Surroundings } from '../../lib/contracts.js'
import { batchOf, surroundingsIn } from '../support/appender-contract.js'
import { withBrokenDisk, withFullDisk } from '../support/faults.js'

async function open (path: string, overrides: Partial<Surroundings> = {}) {
  const surroundings = surroundingsIn('', overrides)
  const kept = await keepFile({ path, setting: 'fileName', surroundings, async opened () {} })
  return { kept, notices: surroundings.notices, appender: createKeptFileAppender(kept, progress => writeLines(kept.current!, progress, progress.batch.ends.length, kept.isDurable)) }
}

test('a failure says what is written, and carries the operating system\'s error', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { appender } = await open(path)
  await withFullDisk(15, () => t.rejects(appender.append(batchOf(['12345', '67890', 'abcde'])), {
    code: 'AUDIT_ERR_WRITE', statusCode: 503, cause: { code: 'EFBIG' }, linesWritten: 2, message: `cannot write to "${path}": EFBIG: file too large, write`
  }))
  await appender.append(batchOf(['abcde']))
  t.equal(await readFile(path, 'utf8'), '12345\n67890\nabcde\n')
  await appender.close()
})

test('after a failure the path is looked at before the next append', async t => {
  const folder = t.testdir()
  const path = join(folder, 'logs/audit.log')
  const { appender, notices } = await open(path)
  await withFullDisk(0, () => t.rejects(appender.append(batchOf(['1'])), { cause: { code: 'EFBIG' } }))
  await rm(join(folder, 'logs'), { recursive: true })
  await appender.append(batchOf(['1']))
  t.equal(await readFile(path, 'utf8'), '1\n')
  t.match(notices, [{ what: 'file_changed', change: 'deleted' }])
  await appender.close()
})

test('without an open file every append tries to open it', async t => {
  const path = join(t.testdir(), 'audit.log')
  let opened!: Awaited<ReturnType<typeof open>>
  t.equal(await withBrokenDisk('stat', async () => {
    opened = await open(path, { mayOpenLater: true })
    for (const lines of [['1'], []]) await t.rejects(opened.appender.append(batchOf(lines)), { code: 'AUDIT_ERR_WRITE', cause: { code: 'EIO' }, linesWritten: 0 })
  }), 3)
  t.equal(opened.appender.appendNow!([batchOf(['at once'])]), 1, 'also who is about to end')
  await opened.appender.append(batchOf(['1']))
  t.equal(await readFile(path, 'utf8'), 'at once\n1\n')
  await opened.appender.close()
})

test('what is under way is completed at once, however far it has come, and what waits is written behind it', async t => {
  const long = batchOf(Array.from({ length: 2000 }, (_, line) => `under way ${line} ${'x'.repeat(500)}`))
  const waiting = [batchOf(['waits 1', 'waits 2']), batchOf(['waits 3'])]
  for (const durability of ['write', 'fsync'] as const) {
    for (let turns = 0; turns < 12; turns++) {
      const path = join(t.testdir(), 'audit.log')
      const { appender } = await open(path, { durability })
      const appended = appender.append(long)
      let isSettled = false
      appended.then(() => { isSettled = true })
      for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
      t.equal(appender.appendNow!(waiting), (isSettled ? 0 : 2000) + 3)
      const text = Buffer.concat([long, ...waiting].map(({ bytes }) => bytes))
      t.ok(readFileSync(path).equals(text), `${durability}, ${turns} turns later: it is there before the call returns`)
      await appended
      await appender.append(batchOf(['after']))
      t.ok((await readFile(path)).equals(Buffer.concat([text, Buffer.from('after\n')])), 'once, and the process may go on')
      await appender.close()
    }
  }
})

test('what is under way in a file that has been deleted is written at once to a new one, however far it has come', async t => {
  const long = batchOf(Array.from({ length: 2000 }, (_, line) => `under way ${line} ${'x'.repeat(500)}`))
  const waiting = batchOf(['waits'])
  let timesUnderWay = 0
  for (let turns = 0; turns < 12; turns++) {
    const path = join(t.testdir(), 'audit.log')
    const { appender } = await open(path, { durability: 'fsync' })
    let isSettled = false
    const appended = appender.append(long).then(() => { isSettled = true })
    for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
    unlinkSync(path)
    if (!isSettled) timesUnderWay++
    t.equal(appender.appendNow!([waiting]), (isSettled ? 0 : 2000) + 1)
    const text = Buffer.concat([...isSettled ? [] : [long], waiting].map(({ bytes }) => bytes))
    t.ok(readFileSync(path).equals(text), `${turns} turns later`)
    await appended
    await appender.append(batchOf(['after']))
    t.ok((await readFile(path)).equals(Buffer.concat([text, Buffer.from('after\n')])), 'once, and the process may go on')
    await appender.close()
  }
  t.ok(timesUnderWay > 0)
})

test('an append that waits for its turn is written at once, too', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { appender, kept } = await open(path)
  let goOn!: () => void
  const busy = kept.exclusively(() => new Promise<void>(resolve => { goOn = resolve }))
  const appended = appender.append(batchOf(['1', '2']))
  await new Promise(resolve => setImmediate(resolve))
  t.equal(appender.appendNow!([batchOf(['3'])]), 3)
  goOn()
  await Promise.all([busy, appended])
  t.equal(await readFile(path, 'utf8'), '1\n2\n3\n')
  await appender.close()
})

test('what cannot be written at once is told by its number, and can be written later', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { appender, kept } = await open(path)
  let goOn!: () => void
  const busy = kept.exclusively(() => new Promise<void>(resolve => { goOn = resolve }))
  const appended = appender.append(batchOf(['1', '2', '3']))
  await withFullDisk(5, async () => { t.equal(appender.appendNow!([batchOf(['waits'])]), 2) })
  goOn()
  await busy
  await t.rejects(appended, { code: 'AUDIT_ERR_WRITE', linesWritten: 2 })
  await appender.append(batchOf(['3']))
  await appender.append(batchOf(['waits']))
  t.equal(await readFile(path, 'utf8'), '1\n2\n3\nwaits\n')
  await appender.close()
})

test('a write that does not come to an end is waited for a second, and nothing is written over it', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { appender, kept } = await open(path)
  kept.current!.underWay = { size: 100, done () { t.fail('it is not done') } }
  const started = performance.now()
  t.equal(appender.appendNow!([batchOf(['waits'])]), 0)
  t.ok(performance.now() - started < 1500)
  t.equal(await readFile(path, 'utf8'), '')
  kept.current!.underWay = null
  await appender.append(batchOf(['later']))
  await appender.close()
})

test('reopening waits for what is under way, and what comes then goes into the new file', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { appender } = await open(path)
  const appended = appender.append(batchOf(['x'.repeat(1_000_000)]))
  await rename(path, path + '.1')
  const reopened = appender.reopen!()
  await appended
  await reopened
  await appender.append(batchOf(['new']))
  t.equal(await readFile(path, 'utf8'), 'new\n')
  t.equal((await readFile(path + '.1')).length, 1_000_001)
  await appender.close()
})

test('closing waits for what is under way; then nothing is taken, and closing again does nothing', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { appender } = await open(path)
  const appended = appender.append(batchOf(['x'.repeat(1_000_000)]))
  await appender.close()
  await appended
  t.equal((await readFile(path)).length, 1_000_001)
  await t.rejects(appender.append(batchOf(['late'])), { code: 'AUDIT_ERR_CLOSED' })
  t.equal(appender.appendNow!([batchOf(['late'])]), 0)
  await appender.close()
})
