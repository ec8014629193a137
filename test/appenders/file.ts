import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createFileAppender } from '../../lib/appenders/file.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'

const settings = { type: 'file', fileName: 'logs/audit/audit.log', layout: { type: 'json' } } as const

test('writes to a file', async t => {
  await appenderContract(t, async t => {
    const directory = t.testdir()
    const appender = await createFileAppender(settings, surroundingsIn(directory))
    return { appender, read: () => readFile(join(directory, settings.fileName), 'utf8') }
  })
})

test('makes the file and its folders for the owner alone', async t => {
  const directory = t.testdir()
  const appender = await createFileAppender(settings, surroundingsIn(directory))
  t.equal((await stat(join(directory, settings.fileName))).mode & 0o777, 0o600)
  t.equal((await stat(join(directory, 'logs/audit'))).mode & 0o777, 0o700)
  t.equal((await stat(join(directory, 'logs'))).mode & 0o777, 0o700)
  await appender.close()
})

test('goes on in a file that exists, and takes an absolute path as it is', async t => {
  const directory = t.testdir({ 'audit.log': 'earlier\n' })
  const appender = await createFileAppender({ ...settings, fileName: join(directory, 'audit.log') }, surroundingsIn('/nowhere'))
  await appender.append(batchOf(['later']))
  await appender.close()
  t.equal(await readFile(join(directory, 'audit.log'), 'utf8'), 'earlier\nlater\n')
})
