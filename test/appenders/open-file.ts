import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { closeNow } from '../../lib/appenders/write-now.js'
import { makeFolder, openFile, openFileNow, tornLength } from '../../lib/appenders/open-file.js'

async function open (path: string, isDurable = false) {
  const torn: number[] = []
  const file = await openFile(path, { isDurable, lineTorn: bytes => { torn.push(bytes) } })
  return { ...file, torn, close: () => file.handle!.close() }
}

test('makes a file for the owner alone, and knows one that exists', async t => {
  const folder = t.testdir({ 'old.log': 'earlier\n' })
  const made = await open(join(folder, 'new.log'))
  t.match(made, { size: 0, tornBytes: 0, underWay: null })
  t.equal(statSync(join(folder, 'new.log')).mode & 0o777, 0o600)
  await made.close()
  const found = await open(join(folder, 'old.log'))
  t.match(found, { size: 8, tornBytes: 0, ino: statSync(join(folder, 'old.log')).ino, torn: [] })
  await found.close()
})

test('tells how long the half line is that a file ends in, wherever it begins', async t => {
  const K = 64 * 1024
  for (const [whole, torn] of [[0, 1], [0, K], [0, 3 * K + 1], [10, 5], [K - 3, 2], [K - 3, 3], [K, K], [K + 1, K - 1], [2 * K, 2 * K + 5]] as const) {
    const folder = t.testdir({ log: (whole === 0 ? '' : 'w'.repeat(whole - 1) + '\n') + 't'.repeat(torn) })
    const file = await open(join(folder, 'log'))
    t.same(file.torn, [torn], `${torn} bytes after ${whole}`)
    t.equal(file.tornBytes, torn)
    t.equal(await tornLength(file.handle!, whole), 0)
    await file.close()
  }
})

test('opens what is a file and nothing else, without waiting for a pipe\'s reader', async t => {
  const folder = t.testdir({ folder: {}, file: '' })
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await t.rejects(open(join(folder, 'folder')), { message: 'it is a directory' })
  await t.rejects(open(join(folder, 'pipe')), { message: 'it is not a regular file' })
  await t.rejects(open(join(folder, 'file/log')), { code: 'ENOTDIR' })
  await t.rejects(open(join(folder, 'nowhere/log')), { code: 'ENOENT' })
})

test('makes folders for the owner alone', async t => {
  const folder = t.testdir({ file: '' })
  for (const isDurable of [true, false]) {
    const made = join(folder, String(isDurable), 'b/c')
    await makeFolder(made, isDurable)
    await makeFolder(made, isDurable)
    for (const path of [made, join(made, '..')]) t.equal(statSync(path).mode & 0o777, 0o700)
  }
  await t.rejects(makeFolder(join(folder, 'file'), true), { message: `"${join(folder, 'file')}" is not a folder` })
})

test('a durable file may be a symbolic link into another folder', async t => {
  const folder = t.testdir()
  await mkdir(join(folder, 'elsewhere'))
  await writeFile(join(folder, 'elsewhere/log'), '')
  await symlink(join(folder, 'elsewhere/log'), join(folder, 'log'))
  await (await open(join(folder, 'log'), true)).close()
})

test('opens at once, for a process that is about to end', async t => {
  const folder = t.testdir({ torn: 'whole\nto', whole: 'whole\n', folder: {} })
  for (const [name, tornBytes, size] of [['torn', 1, 8], ['whole', 0, 6], ['logs/new', 0, 0]] as const) {
    const file = openFileNow(join(folder, name))!
    t.match(file, { tornBytes, size })
    writeSync(file.descriptor, 'more')
    closeNow(file)
    t.match(readFileSync(join(folder, name), 'utf8'), /more$/)
  }
  t.equal(statSync(join(folder, 'logs')).mode & 0o777, 0o700)
  t.equal(openFileNow(join(folder, 'folder')), undefined)
})

test('a folder that cannot be made is an error, also where the operating system says that it is not there', async t => {
  await t.rejects(makeFolder('/proc/nothing/logs', false), { code: 'ENOENT' })
})
