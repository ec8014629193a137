import { chmod, mkdir, readdir, readFile, rename, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createRollingFileAppender, type RollingFileConfig } from '../../lib/appenders/rolling-file.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'
import { asOrdinaryUser, withBrokenDisk, withFullDisk } from '../support/faults.js'

const layout = { type: 'json' } as const
const bySize = { type: 'rolling-file', fileName: 'audit.log', layout, policy: { type: 'size-limit', size: '10b' } } as const satisfies RollingFileConfig
const byHour = { ...bySize, policy: { type: 'time-interval', interval: '1h' } } as const satisfies RollingFileConfig

/** An appender, what it tells the operators, and what is in its folder. */
async function open (directory: string, config: RollingFileConfig, now = Date.now) {
  const surroundings = surroundingsIn(directory, { now })
  const appender = await createRollingFileAppender(config, surroundings)
  return {
    ...surroundings,
    append: (lines: string[], times?: string[]) => appender.append(batchOf(lines, times?.map(time => new Date(`2010-10-20T${time}`).getTime()))),
    close: () => appender.close()
  }
}

async function contents (folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter(entry => entry.isFile() && !entry.name.endsWith('.lock')).map(({ name }) => name).sort()
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(join(folder, name), 'utf8')])))
}

test('writes to a file', async t => {
  await appenderContract(t, async t => {
    const directory = t.testdir()
    const { policy, ...config } = { ...bySize, fileName: 'logs/audit.log' }
    const appender = await createRollingFileAppender(config, surroundingsIn(directory))
    return { appender, read: () => readFile(join(directory, 'logs/audit.log'), 'utf8') }
  })
})

test('writes to many files', async t => {
  await appenderContract(t, async t => {
    const directory = t.testdir()
    const config = { ...bySize, policy: { type: 'size-limit', size: '40kb' }, strategy: { type: 'numeric', max: 100 } } as const
    const appender = await createRollingFileAppender(config, surroundingsIn(directory))
    const read = async () => {
      const files = await contents(directory)
      const oldestFirst = Object.keys(files).sort((a, b) => Number.parseInt(b.slice(6) || '0') - Number.parseInt(a.slice(6) || '0'))
      return oldestFirst.filter(name => name !== 'audit.log').concat('audit.log').map(name => files[name]).join('')
    }
    return { appender, read }
  })
})

test('splits a batch where the limit falls', async t => {
  const directory = t.testdir()
  const log = await open(directory, bySize)
  await log.append(['1234', '5678', 'abc', 'longer than the limit', 'x', 'y'])
  t.same(await contents(directory), { 'audit.log': 'x\ny\n', 'audit-1.log': 'longer than the limit\n', 'audit-2.log': 'abc\n', 'audit-3.log': '1234\n5678\n' })
  await log.append(['1234'])
  await log.append(['z'])
  const files = await contents(directory)
  t.same([files['audit-1.log'], files['audit.log']], ['x\ny\n1234\n', 'z\n'], 'the limit holds across batches')
  t.same(log.told, [])
  await log.close()
})

test('keeps seven files unless it is told otherwise', async t => {
  for (const [settings, kept] of [[{}, 7], [{ strategy: { type: 'numeric' } }, 7], [{ strategy: { type: 'numeric', max: 2 } }, 2], [{ retention: { maxFiles: 9 } }, 9], [{ retention: { maxAccumulatedFileSize: '1gb' } }, 7]] as const) {
    const directory = t.testdir()
    const log = await open(directory, { ...bySize, ...settings })
    await log.append(Array.from({ length: 12 }, (_, line) => `line ${line + 10}`))
    const expected = Object.fromEntries(Array.from({ length: kept }, (_, index) => [`audit-${index + 1}.log`, `line ${20 - index}\n`]))
    t.same(await contents(directory), { ...expected, 'audit.log': 'line 21\n' })
    await log.close()
  }
})

test('removes what is not to be kept at the start, too, and after each roll', async t => {
  const now = Date.parse('2010-10-20T12:00:00.000Z')
  const directory = t.testdir({ 'audit.log': '', 'audit-1.log': 'an hour old', 'audit-2.log': 'three hours old', 'audit-3.log': 'neighbour of the above' })
  for (const number of [1, 2, 3]) await utimes(join(directory, `audit-${number}.log`), 0, now / 1000 - (number * 2 - 1) * 3600)
  let time = now
  const log = await open(directory, { ...bySize, retention: { removeOlderThan: '4h' } }, () => time)
  t.same(Object.keys(await contents(directory)), ['audit-1.log', 'audit-2.log', 'audit.log'])
  time += 2 * 60 * 60 * 1000
  await log.append(['12345678', '12345678'])
  t.same(await contents(directory), { 'audit.log': '12345678\n', 'audit-1.log': '12345678\n', 'audit-2.log': 'an hour old' })
  await log.close()
})

test('splits a batch where the hour ends', async t => {
  const directory = t.testdir()
  const log = await open(directory, byHour)
  await log.append(['a'], ['04:27'])
  await log.append(['b', 'c', 'd', 'e'], ['04:59:59.999', '05:00', '04:59', '07:30'])
  t.same(await contents(directory), { 'audit-2.log': 'a\nb\n', 'audit-1.log': 'c\nd\n', 'audit.log': 'e\n' })
  await log.append(['f'], ['07:59'])
  await log.append(['g'], ['08:00'])
  t.same(await contents(directory), { 'audit-3.log': 'a\nb\n', 'audit-2.log': 'c\nd\n', 'audit-1.log': 'e\nf\n', 'audit.log': 'g\n' })
  await log.close()
})

test('a roll that is due is not lost through a restart, nor made before an event needs it', async t => {
  const line = (time: string) => `{"@timestamp":"${new Date(`2010-10-20T${time}`).toISOString()}"}`
  const directory = t.testdir()
  const restart = async (time: string) => {
    const log = await open(directory, byHour)
    await log.append([line(time)], [time])
    await log.close()
  }
  await restart('04:27')
  await restart('04:50')
  await (await open(directory, byHour)).close()
  t.same(Object.keys(await contents(directory)), ['audit.log'])
  await restart('05:10')
  await restart('05:59')
  await restart('06:00')
  const text = (times: string[]) => times.map(time => line(time) + '\n').join('')
  t.same(await contents(directory), { 'audit-2.log': text(['04:27', '04:50']), 'audit-1.log': text(['05:10', '05:59']), 'audit.log': text(['06:00']) })
})

test('the age of a file that has no times in it counts from its last change', async t => {
  const directory = t.testdir({ 'audit.log': 'old\n' })
  await utimes(join(directory, 'audit.log'), 0, new Date('2010-10-19T12:00').getTime() / 1000)
  const { policy, ...byDay } = byHour
  const log = await open(directory, byDay)
  await log.append(['new'], ['00:00'])
  t.same(await contents(directory), { 'audit-1.log': 'old\n', 'audit.log': 'new\n' })
  await log.close()
})

test('a line that a crash has torn is ended before its file is rolled', async t => {
  const directory = t.testdir({ 'audit.log': '{"torn":' })
  const log = await open(directory, bySize)
  await log.append(['1234567'])
  t.same(await contents(directory), { 'audit-1.log': '{"torn":\n', 'audit.log': '1234567\n' })
  await log.close()
})

test('an empty file is not rolled', async t => {
  const directory = t.testdir({ 'audit.log': '' })
  await utimes(join(directory, 'audit.log'), 0, 0)
  const log = await open(directory, byHour)
  await log.append(['first'], ['04:27'])
  t.same(await contents(directory), { 'audit.log': 'first\n' })
  await log.close()
})

test('files are for the owner alone', async t => {
  const directory = t.testdir()
  const log = await open(directory, { ...bySize, fileName: 'logs/audit.log' })
  await log.append(['1234567', '1234567', '1234567'])
  for (const name of ['audit.log', 'audit-1.log', 'audit-2.log']) t.equal((await stat(join(directory, 'logs', name))).mode & 0o777, 0o600)
  t.equal((await stat(join(directory, 'logs'))).mode & 0o777, 0o700)
  await log.close()
})

test('goes on after a crash in the middle of a roll, and overwrites nothing', async t => {
  const states: Record<string, string>[] = [
    { 'audit.log': '4444444\n', 'audit-1.log': '3\n', 'audit-2.log': '2\n', 'audit-3.log': '1\n' },
    { 'audit.log': '4444444\n', 'audit-1.log': '3\n', 'audit-2.log': '2\n', 'audit-4.log': '1\n' },
    { 'audit.log': '4444444\n', 'audit-1.log': '3\n', 'audit-3.log': '2\n', 'audit-4.log': '1\n' },
    { 'audit.log': '4444444\n', 'audit-2.log': '3\n', 'audit-3.log': '2\n', 'audit-4.log': '1\n' },
    { 'audit-1.log': '4444444\n', 'audit-2.log': '3\n', 'audit-3.log': '2\n', 'audit-4.log': '1\n' },
    { 'audit.log': '', 'audit-1.log': '4444444\n', 'audit-2.log': '3\n', 'audit-3.log': '2\n', 'audit-4.log': '1\n' }
  ]
  for (const state of states) {
    const directory = t.testdir(state)
    const log = await open(directory, bySize)
    await log.append(['5555'])
    await log.close()
    t.same(await contents(directory), { ...states[4], 'audit.log': '5555\n' })
  }
})

test('when it cannot roll, events go on into the same file, operators are told once, and it tries again', async t => {
  const directory = t.testdir()
  const log = await open(directory, bySize)
  await mkdir(join(directory, 'audit-1.log'))
  await log.append(['1234567', '7654321', 'abcdefg'])
  await log.append(['and more'])
  t.same(await contents(directory), { 'audit.log': '1234567\n7654321\nabcdefg\nand more\n' })
  t.same(log.told, ['The audit log could not be rolled. Events go on into the same file'])
  await rmdir(join(directory, 'audit-1.log'))
  await log.append(['after'])
  t.same(await contents(directory), { 'audit-1.log': '1234567\n7654321\nabcdefg\nand more\n', 'audit.log': 'after\n' })
  t.same(log.told.slice(1), ['The audit log could be rolled again'])
  await log.close()
})

test('when no new file can be opened, the roll is taken back', async t => {
  const directory = t.testdir({ 'audit-1.log': 'rolled\n' })
  const log = await open(directory, bySize)
  await log.append(['1234567'])
  t.equal(await withBrokenDisk('stat', () => log.append(['7654321'])), 1)
  t.same(await contents(directory), { 'audit.log': '1234567\n7654321\n', 'audit-2.log': 'rolled\n' })
  t.equal(log.told.length, 1)
  await log.append(['after'])
  t.same(await contents(directory), { 'audit.log': 'after\n', 'audit-1.log': '1234567\n7654321\n', 'audit-2.log': 'rolled\n' })
  await log.close()
})

test('when somebody has moved the file and no new one can be opened, the append is refused, and can be repeated', async t => {
  const directory = t.testdir()
  const log = await open(directory, bySize)
  await log.append(['1234567'])
  await rename(join(directory, 'audit.log'), join(directory, 'moved'))
  t.equal(await withBrokenDisk('stat', () => t.rejects(log.append(['7654321']), { code: 'AUDIT_ERR_WRITE', cause: { code: 'EIO' }, linesWritten: 0 })), 2)
  await log.append(['7654321', 'after'])
  t.same(await contents(directory), { 'audit.log': 'after\n', 'audit-1.log': '7654321\n', moved: '1234567\n' })
  t.match(log.notices, [{ what: 'file_changed', change: 'renamed' }])
  await log.close()
})

test('says how many lines of a batch were written, across a roll', async t => {
  const directory = t.testdir()
  const log = await open(directory, { ...bySize, policy: { type: 'size-limit', size: '20b' } })
  await withFullDisk(15, () => t.rejects(log.append(['12345', '67890', 'abcdefghijklmnopq']), { code: 'AUDIT_ERR_WRITE', linesWritten: 2 }))
  t.same(await contents(directory), { 'audit-1.log': '12345\n67890\n', 'audit.log': '' })
  await log.append(['abcdefghijklmnopq'])
  t.same(await contents(directory), { 'audit-1.log': '12345\n67890\n', 'audit.log': 'abcdefghijklmnopq\n' })
  await log.close()
})

test('tells operators when old files cannot be removed, and goes on', async t => {
  const rolled = { 'audit-1.log': 'one', 'audit-2.log': 'two' }
  await asOrdinaryUser(async directory => {
    const log = await open(directory, { ...bySize, retention: { maxFiles: 1 } })
    await log.append(['1234'])
    await log.close()
    t.same(log.told, ['Old files of the audit log could not be removed', 'Nothing keeps a second process from writing to the audit log: its folder cannot be written to'])
    t.same(Object.keys(await contents(directory)), ['audit-1.log', 'audit-2.log', 'audit.log'])
  }, async directory => {
    for (const [name, text] of Object.entries({ ...rolled, 'audit.log': '' })) {
      await writeFile(join(directory, name), text)
      await chmod(join(directory, name), 0o666)
    }
    await chmod(directory, 0o555)
  })
})
