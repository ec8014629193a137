import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { takeLock } from '../../lib/appenders/file-lock.js'
import { describeMyself } from '../../lib/appenders/lock-holder.js'
import { surroundingsIn } from '../support/appender-contract.js'
import { withFullDisk } from '../support/faults.js'
import { spawnPlain } from '../support/plain-node.js'

const take = (path: string, { log } = surroundingsIn('')) => takeLock(path, 'appender.fileName', log)
const dead = () => ({ ...describeMyself(), started: '1' })

test('one has it at a time; it is given back', async t => {
  const folder = t.testdir()
  const path = join(folder, 'audit.log')
  const lock = await take(path)
  t.match(JSON.parse(await readFile(path + '.lock', 'utf8')), { pid: process.pid })
  t.equal(statSync(path + '.lock').mode & 0o777, 0o600)
  await t.rejects(take(path), {
    code: 'AUDIT_ERR_FILE_IN_USE',
    message: `appender.fileName: expected a file that nobody else writes to, got "${path}", which another application of this process writes to (see "${path}.lock"): stop the other, or put %pid into the name, so that each process has a file of its own`
  })
  await lock.release()
  t.same(readdirSync(folder), [])
  await (await take(path)).release()
})

test('names the process that has it', async t => {
  const path = join(t.testdir(), 'audit.log')
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill())
  const holder = { ...describeMyself(), pid: child.pid, started: undefined }
  await writeFile(path + '.lock', JSON.stringify(holder))
  await t.rejects(take(path), { code: 'AUDIT_ERR_FILE_IN_USE', message: `which process ${child.pid} on ${holder.host} writes to` })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await take(path)).release()
})

test('exactly one of many takes a dead one\'s lock over, and leaves nothing else behind', async t => {
  for (let round = 0; round < 5; round++) {
    const folder = t.testdir({ 'audit.log.lock': JSON.stringify(dead()) })
    const taken = await Promise.allSettled(Array.from({ length: 25 }, () => take(join(folder, 'audit.log'))))
    t.equal(taken.filter(({ status }) => status === 'fulfilled').length, 1)
    t.same(readdirSync(folder), ['audit.log.lock'])
    for (const one of taken) {
      if (one.status === 'fulfilled') await one.value.release()
      else if (one.reason.code !== 'AUDIT_ERR_FILE_IN_USE') t.fail(one.reason)
    }
  }
})

test('who died while he was taking a lock over is no obstacle', async t => {
  const holder = dead()
  const folder = t.testdir({ 'audit.log.lock': JSON.stringify(holder), [`audit.log.lock.${holder.token}`]: JSON.stringify(dead()) })
  const lock = await take(join(folder, 'audit.log'))
  t.same(readdirSync(folder), ['audit.log.lock'])
  await lock.release()
})

test('whoever cannot be asked is watched: alive is who touches his lock', { timeout: 30_000 }, async t => {
  const elsewhere = { ...describeMyself(), host: 'elsewhere' }
  const folder = t.testdir({ alive: { 'audit.log.lock': JSON.stringify(elsewhere) }, dead: { 'audit.log.lock': JSON.stringify(elsewhere) }, empty: { 'audit.log.lock': '' } })
  let seconds = 1_000_000
  const touching = setInterval(() => { utimes(join(folder, 'alive/audit.log.lock'), ++seconds, seconds) }, 200)
  const [alive, ...others] = await Promise.allSettled(['alive', 'dead', 'empty'].map(name => take(join(folder, name, 'audit.log'))))
  clearInterval(touching)
  t.match(alive, { reason: { code: 'AUDIT_ERR_FILE_IN_USE', message: `process ${process.pid} on elsewhere` } })
  for (const one of others) {
    t.equal(one!.status, 'fulfilled')
    if (one!.status === 'fulfilled') await one!.value.release()
  }
})

test('touching moves its time', async t => {
  const path = join(t.testdir(), 'audit.log')
  const lock = await take(path)
  await utimes(path + '.lock', 1, 1)
  await lock.touch()
  t.ok(Date.now() - statSync(path + '.lock').mtimeMs < 10_000)
  await lock.release()
})

test('a lock that is removed is taken again, one that is replaced is left; operators are told once', async t => {
  const surroundings = surroundingsIn('')
  const folder = t.testdir({ removed: {}, replaced: {} })
  for (const name of ['removed', 'replaced']) {
    const path = join(folder, name, 'audit.log')
    const lock = await take(path, surroundings)
    await rm(path + '.lock')
    const other = name === 'replaced' ? await take(path) : undefined
    await lock.touch()
    await lock.touch()
    t.same(surroundings.told.splice(0), ['The lock of the audit log has been removed or replaced by somebody else'])
    await t.rejects(take(path), { code: 'AUDIT_ERR_FILE_IN_USE' }, 'somebody has it')
    await lock.release()
    t.equal(existsSync(path + '.lock'), name === 'replaced', 'and only its own is given back')
    await other?.release()
  }
})

test('given back while it is being taken again, it is not there afterwards', async t => {
  const folder = t.testdir()
  const lock = await take(join(folder, 'audit.log'))
  await rm(join(folder, 'audit.log.lock'))
  const touching = lock.touch()
  await lock.release()
  await touching
  await lock.touch()
  t.same(readdirSync(folder), [])
})

test('the lock is that of the file itself, by whatever way it is reached', async t => {
  const folder = t.testdir({ logs: {} })
  await symlink('logs', join(folder, 'link'))
  await symlink('logs/audit.log', join(folder, 'not-there-yet.log'))
  const lock = await take(join(folder, 'logs/audit.log'))
  await t.rejects(take(join(folder, 'link/audit.log')), { code: 'AUDIT_ERR_FILE_IN_USE' })
  await t.rejects(take(join(folder, 'not-there-yet.log')), { code: 'AUDIT_ERR_FILE_IN_USE' })
  await writeFile(join(folder, 'logs/audit.log'), '')
  await symlink('audit.log', join(folder, 'logs/other.log'))
  await t.rejects(take(join(folder, 'link/other.log')), { code: 'AUDIT_ERR_FILE_IN_USE' })
  await lock.release()
})

test('what keeps the lock from being made is told as it is', async t => {
  const folder = t.testdir({ file: '' })
  await t.rejects(take(join(folder, 'nowhere/audit.log')), { code: 'ENOENT' })
  await withFullDisk(0, () => t.rejects(take(join(folder, 'audit.log')), { code: 'EFBIG' }))
  t.same(readdirSync(folder), ['file'], 'and nothing is left lying about')
  await mkdir(join(folder, 'audit.log.lock'))
  await t.rejects(take(join(folder, 'audit.log')), { code: 'EISDIR' })
})

test('a process that ends gives its lock back, also without closing', async t => {
  const folder = t.testdir()
  const script = `
    import { takeLock } from ${JSON.stringify(join(process.cwd(), 'dist/appenders/file-lock.js'))}
    await takeLock(${JSON.stringify(join(folder, 'audit.log'))}, '', {})
    console.log(${JSON.stringify('taken')})
    process.exit(3)`
  const child = spawnPlain(['--input-type=module', '-e', script], ['ignore', 'pipe', 'inherit'])
  const [text] = await once(child.stdout!, 'data')
  const [code] = await once(child, 'close')
  t.same([String(text), code], ['taken\n', 3])
  t.same(readdirSync(folder), [])
})
