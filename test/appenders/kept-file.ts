import { chmod, chown, mkdir, readFile, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { keepFile } from '../../lib/appenders/kept-file.js'
import type { OpenFile } from '../../lib/appenders/open-file.js'
import type { Surroundings } from '../../lib/contracts.js'
import { surroundingsIn } from '../support/appender-contract.js'
import { asOrdinaryUser, withBrokenDisk } from '../support/faults.js'

async function keep (path: string, overrides: Partial<Surroundings> = {}, opened: (file: OpenFile) => Promise<void> = async () => {}) {
  const surroundings = surroundingsIn('', overrides)
  const kept = await keepFile({ path, setting: 'appender.fileName', surroundings, opened })
  return { kept, ...surroundings }
}

async function until (isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !isSo(); i++) await new Promise(resolve => setTimeout(resolve, 5))
}

test('opens the file with its folders, and its lock; gives everything back', async t => {
  const path = join(t.testdir(), 'logs/audit/audit.log')
  const { kept } = await keep(path)
  t.equal(await kept.ready(), kept.current)
  t.equal(kept.openNow(), kept.current)
  t.same(readdirSync(join(path, '..')), ['audit.log', 'audit.log.lock'])
  for (const [name, mode] of [['', 0o700], ['../', 0o700], ['audit.log', 0o600]] as const) t.equal(statSync(join(path, '..', name)).mode & 0o777, mode, name)
  await t.rejects(keep(path), { code: 'AUDIT_ERR_FILE_IN_USE' })
  await kept.close()
  t.same(readdirSync(join(path, '..')), ['audit.log'])
})

test('one thing after another', async t => {
  const { kept } = await keep(join(t.testdir(), 'audit.log'))
  const story: number[] = []
  const slow = (number: number) => async () => {
    await new Promise(resolve => setTimeout(resolve, 5 - number))
    story.push(number)
    if (number === 2) throw new Error('two')
  }
  await Promise.allSettled([1, 2, 3, 4].map(number => kept.exclusively(slow(number))))
  t.same(story, [1, 2, 3, 4])
  await kept.close()
})

test('what somebody else does to the file is noticed by itself within a second, and told once', { timeout: 60_000 }, async t => {
  const changes: readonly [string, (folder: string, log: string) => Promise<unknown>][] = [
    ['deleted', (_folder, log) => unlink(log)],
    ['deleted', folder => rm(join(folder, 'logs'), { recursive: true })],
    ['renamed', (folder, log) => rename(log, join(folder, 'moved'))],
    ['replaced', async (folder, log) => { await writeFile(join(folder, 'other'), 'half a li'); await rename(join(folder, 'other'), log) }],
    ['truncated', (_folder, log) => truncate(log, 5)]
  ]
  await Promise.all(changes.map(async ([change, make], index) => {
    const folder = join(t.testdir(), String(index))
    await mkdir(join(folder, 'logs'), { recursive: true })
    const path = join(folder, 'logs/audit.log')
    await writeFile(path, 'earlier\n')
    let opened = 0
    const { kept, notices } = await keep(path, {}, async () => { opened++ })
    const before = kept.current
    await make(folder, path)
    const started = performance.now()
    await until(() => notices.some(({ what }) => what === 'file_changed'))
    t.ok(performance.now() - started < 2000, 'half a second, on a machine that has time')
    t.match(notices.filter(({ what }) => what === 'file_changed'), [{ path, change }])
    t.match(notices.filter(({ what }) => what === 'line_torn'), { replaced: [{ path, bytes: 9 }], truncated: [{ path, bytes: 5 }] }[change] ?? [])
    t.not(kept.current, before, change)
    t.equal(opened, 2, `${change}: opened anew`)
    if (change === 'deleted' || change === 'renamed') t.equal(statSync(path).mode & 0o777, 0o600)
    t.equal(statSync(path).ino, kept.current?.ino, change)
    await new Promise(resolve => setTimeout(resolve, 1200))
    t.equal(notices.filter(({ what }) => what === 'file_changed').length, 1, 'once')
    t.ok(existsSync(path + '.lock'), 'it is still ours')
    await unlink(path)
    await until(() => notices.filter(({ what }) => what === 'file_changed').length === 2)
    t.match(notices.at(-1), { what: 'file_changed', path, change: 'deleted' })
    await kept.close()
  }))
})

test('faults that may pass stop the start only where nothing may be opened later', async t => {
  const path = join(t.testdir(), 'audit.log')
  t.equal(await withBrokenDisk('stat', () => t.rejects(keep(path), { code: 'AUDIT_ERR_APPENDER_OPEN', cause: { code: 'EIO' }, message: `appender.fileName: expected a file that can be written, got "${path}": EIO: i/o error` })), 1)
  t.notOk(existsSync(path + '.lock'))
  const { kept, told } = await (async () => {
    let made!: Awaited<ReturnType<typeof keep>>
    t.equal(await withBrokenDisk('stat', async () => { made = await keep(path, { mayOpenLater: true }) }), 1)
    return made
  })()
  t.equal(kept.current, null)
  t.same(told, ['The audit log cannot be opened. Events wait, and it is tried again'])
  t.equal(await withBrokenDisk('stat', () => t.rejects(kept.exclusively(async () => await kept.ready()), { code: 'EIO' })), 1)
  t.ok(kept.openNow() !== undefined, 'who is about to end tries once more')
  t.equal(kept.current, null)
  await kept.exclusively(async () => await kept.ready())
  t.ok(kept.current)
  await kept.close()
})

test('mistakes stop the start in any case', async t => {
  const folder = t.testdir({ folder: {}, file: '', used: {} })
  const { kept } = await keep(join(folder, 'used/audit.log'))
  for (const [path, code, message] of [
    ['folder', 'AUDIT_ERR_APPENDER_OPEN', /it is a directory/],
    ['file/audit.log', 'AUDIT_ERR_APPENDER_OPEN', /is not a folder/],
    ['used/audit.log', 'AUDIT_ERR_FILE_IN_USE', /another application/]
  ] as const) await t.rejects(keep(join(folder, path), { mayOpenLater: true }), { code, message })
  t.same(readdirSync(folder), ['file', 'folder', 'used'], 'and leave nothing behind')
  await kept.close()
})

test('while nobody can be kept from it, a file is not opened at the last moment', async t => {
  const path = join(t.testdir({ 'audit.log.lock': { folder: {} } }), 'audit.log')
  // A lock that is a folder cannot be read: somebody has to correct that. Here, it is found later.
  await t.rejects(keep(path, { mayOpenLater: true }), { code: 'AUDIT_ERR_APPENDER_OPEN', message: /EISDIR/ })
})

test('what prepares for the file may fail like opening it', async t => {
  const path = join(t.testdir(), 'audit.log')
  const error = Object.assign(new Error('no'), { code: 'EIO' })
  await t.rejects(keep(path, {}, async () => { throw error }), { code: 'AUDIT_ERR_APPENDER_OPEN', cause: error })
})

test('rolling: a new file; when there can be none, the old one stays', async t => {
  const folder = t.testdir()
  const path = join(folder, 'audit.log')
  const { kept, notices } = await keep(path)
  const first = kept.current
  const move = () => rename(path, path + '.1')
  await kept.exclusively(() => kept.roll(move, async () => { t.fail('nothing to take back') }))
  t.not(kept.current, first)
  const second = kept.current
  const takeBack = () => rename(path + '.1', path)
  t.equal(await withBrokenDisk('stat', () => t.rejects(kept.exclusively(() => kept.roll(move, takeBack)), { code: 'EIO' })), 1)
  t.equal(kept.current, second)
  t.equal(statSync(path).ino, second!.ino)
  await t.rejects(kept.exclusively(() => kept.roll(async () => { throw new Error('no number is free') }, takeBack)), { message: 'no number is free' })
  t.equal(kept.current, second)
  kept.doubt()
  await kept.exclusively(async () => await kept.ready())
  t.same(notices, [], 'our own rolls are no changes')
  await kept.close()
})

test('reopening lets go of the file and is no change either', async t => {
  const path = join(t.testdir({ 'audit.log': 'earlier\n' }), 'audit.log')
  const { kept, notices } = await keep(path)
  await rename(path, path + '.1')
  await kept.reopen()
  t.equal(kept.current!.size, 0)
  t.equal(await withBrokenDisk('stat', () => t.rejects(kept.reopen(), { code: 'AUDIT_ERR_APPENDER_OPEN' })), 1)
  t.equal(kept.current, null)
  await kept.reopen()
  t.ok(kept.current)
  t.same(notices, [])
  await kept.close()
})

test('who may write to the file only is told that nothing guards it', async t => {
  await asOrdinaryUser(async folder => {
    const { kept, told } = await keep(join(folder, 'audit.log'))
    t.same(told, ['Nothing keeps a second process from writing to the audit log: its folder cannot be written to'])
    await kept.close()
  }, async folder => {
    await writeFile(join(folder, 'audit.log'), '')
    await chmod(join(folder, 'audit.log'), 0o666)
    await chmod(folder, 0o555)
    if (process.geteuid!() !== 0) await chown(folder, process.getuid!(), process.getgid!())
  })
})

test('the lock is touched while the file is kept, and nothing keeps the process alive', async t => {
  const path = join(t.testdir(), 'audit.log')
  const { kept } = await keep(path)
  const before = statSync(path + '.lock').mtimeMs
  await until(() => statSync(path + '.lock').mtimeMs > before)
  t.ok(statSync(path + '.lock').mtimeMs > before)
  t.match(JSON.parse(await readFile(path + '.lock', 'utf8')), { pid: process.pid })
  await kept.close()
})
