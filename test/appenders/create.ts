import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { test } from 'tap'
import { appenderSchema, createAppender, defaultAppender } from '../../lib/appenders/create.js'
import { batchOf, surroundingsIn } from '../support/appender-contract.js'
import { asOrdinaryUser } from '../support/faults.js'

const layout = { type: 'json' } as const
const surroundings = (directory: string) => surroundingsIn(directory, { locate: (...path) => `audit.yml:4:13 ${path.join('.')}` })
const isAppender = new Ajv({ discriminator: true, allErrors: true, strictRequired: false }).compile(appenderSchema)

test('makes the appender that the settings name', async t => {
  const directory = t.testdir()
  for (const type of ['file', 'rolling-file'] as const) {
    const appender = await createAppender({ type, fileName: `${type}.log`, layout }, surroundings(directory))
    await appender.append(batchOf([type]))
    await appender.close()
    t.equal(await readFile(join(directory, `${type}.log`), 'utf8'), `${type}\n`)
  }
  const appender = await createAppender({ type: 'console', layout }, surroundings(directory))
  await appender.close()
  await t.rejects(appender.append(batchOf([])), { code: 'AUDIT_ERR_CLOSED' })
})

test('the default appender is a rolling file in logs, and satisfies the schema', async t => {
  const directory = t.testdir()
  t.ok(isAppender(defaultAppender))
  const appender = await createAppender(defaultAppender, surroundings(directory))
  await appender.append(batchOf(['first']))
  await appender.close()
  t.equal(await readFile(join(directory, 'logs/audit.log'), 'utf8'), 'first\n')
})

test('the schema takes every setting of the reference, and nothing else', async t => {
  const file = { type: 'rolling-file', fileName: 'audit.log', layout }
  const right: object[] = [
    { type: 'console', layout },
    { type: 'console' },
    { type: 'file', fileName: '/var/log/audit.log', layout: { type: 'pattern' } },
    file,
    { ...file, policy: { type: 'time-interval' }, strategy: { type: 'numeric' } },
    { ...file, policy: { type: 'time-interval', interval: '12h', modulate: false } },
    { ...file, policy: { type: 'size-limit' } },
    { ...file, policy: { type: 'size-limit', size: '50mb' }, strategy: { type: 'numeric', pattern: '.%i', max: 100 } },
    { ...file, retention: { maxFiles: 365 } },
    { ...file, retention: { maxAccumulatedFileSize: '1gb', removeOlderThan: '365d' } }
  ]
  const wrong: object[] = [
    {}, { type: 'syslog', layout }, { type: 'console', layout, fileName: 'audit.log' }, { type: 'file', layout }, { type: 'file', fileName: '', layout },
    { type: 'file', fileName: 'audit.log', layout, policy: { type: 'size-limit' } },
    { ...file, policy: {} }, { ...file, policy: { type: 'cron' } }, { ...file, policy: { type: 'time-interval', interval: '90m' } },
    { ...file, policy: { type: 'time-interval', size: '1mb' } }, { ...file, policy: { type: 'size-limit', size: '10 parsecs' } }, { ...file, policy: { type: 'size-limit', size: '0b' } },
    { ...file, strategy: { type: 'date' } }, { ...file, strategy: { type: 'numeric', pattern: '-' } }, { ...file, strategy: { type: 'numeric', max: 0 } },
    { ...file, strategy: { type: 'numeric', max: 101 } }, { ...file, strategy: { type: 'numeric', max: 1.5 } },
    { ...file, retention: {} }, { ...file, retention: { maxFiles: 0 } }, { ...file, retention: { maxFiles: 366 } }, { ...file, retention: { removeOlderThan: '366d' } }
  ]
  for (const settings of right) t.ok(isAppender(settings), JSON.stringify(settings))
  for (const settings of wrong) t.notOk(isAppender(settings), JSON.stringify(settings))
})

test('a file that cannot be opened is an error that names the setting, the path and the reason', async t => {
  const prepare = async (directory: string) => {
    await mkdir(join(directory, 'folder'))
    await writeFile(join(directory, 'file'), 'a file')
    execFileSync('mkfifo', [join(directory, 'pipe')])
    await mkdir(join(directory, 'locked'), { mode: 0o500 })
  }
  const reasons = [
    ['folder', /it is a directory/],
    ['file/audit.log', /file" is not a folder/],
    ['file/logs/audit.log', /ENOTDIR/],
    ['pipe', /it is not a regular file/],
    ['nul\0byte', /null bytes/],
    ['x'.repeat(300), /ENAMETOOLONG/],
    ['locked/audit.log', /EACCES/],
    ['locked/logs/audit.log', /EACCES/]
  ] as const
  await asOrdinaryUser(async directory => {
    for (const type of ['file', 'rolling-file'] as const) {
      for (const [fileName, reason] of reasons) {
        const opening = createAppender({ type, fileName, layout }, surroundings(directory))
        const error = await opening.then(() => t.fail(`${type} ${JSON.stringify(fileName)} was opened`), error => error)
        t.equal(error.code, 'AUDIT_ERR_APPENDER_OPEN')
        t.ok(error.message.startsWith(`audit.yml:4:13 appender.fileName: expected a file that can be written, got "${join(directory, fileName)}": `))
        t.match(error.message, reason)
        t.type(error.cause, Error)
      }
    }
  }, prepare)
})
