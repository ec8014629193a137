import { chmod, copyFile, open, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { changeOf } from '../../lib/appenders/file-change.js'
import { openFile } from '../../lib/appenders/open-file.js'
import { asOrdinaryUser } from '../support/faults.js'

async function fileIn (folder: string) {
  const file = await openFile(join(folder, 'logs/audit.log'), { isDurable: false, lineTorn () {} })
  return file
}

test('tells what somebody else has done to the file', async t => {
  const done: Record<string, (folder: string, log: string) => Promise<unknown>> = {
    'null: nothing': async () => {},
    'null: appended': (_folder, log) => writeFile(log, 'more\n', { flag: 'a' }),
    'null: changed rights': (_folder, log) => chmod(log, 0o644),
    'null: moved, with a symbolic link in its place': async (folder, log) => { await rename(log, join(folder, 'moved')); await symlink('../moved', log) },
    'deleted: the file': (_folder, log) => unlink(log),
    'deleted: with its folder': folder => rm(join(folder, 'logs'), { recursive: true }),
    'renamed: the file': (folder, log) => rename(log, join(folder, 'moved')),
    'renamed: its folder': folder => rename(join(folder, 'logs'), join(folder, 'moved')),
    'renamed: its folder, with a file in its place': async folder => { await rename(join(folder, 'logs'), join(folder, 'moved')); await writeFile(join(folder, 'logs'), '') },
    'replaced: by another': async (folder, log) => { await copyFile(log, join(folder, 'copy')); await rename(join(folder, 'copy'), log) },
    'replaced: moved and made anew': async (folder, log) => { await rename(log, join(folder, 'moved')); await writeFile(log, '') },
    'truncated: to nothing': (_folder, log) => truncate(log),
    'truncated: by a byte': (_folder, log) => truncate(log, 7)
  }
  for (const [title, change] of Object.entries(done)) {
    const folder = t.testdir({ logs: { 'audit.log': 'earlier\n' } })
    const file = await fileIn(folder)
    t.equal(await changeOf(file), null)
    await change(folder, file.path)
    t.equal(String(await changeOf(file)), title.split(':')[0], title)
    await file.handle!.close()
  }
})

test('learns the size that the file has by what others have written', async t => {
  const folder = t.testdir({ logs: { 'audit.log': 'earlier\n' } })
  const file = await fileIn(folder)
  await writeFile(file.path, 'more\n', { flag: 'a' })
  await changeOf(file)
  t.equal(file.size, 13)
  await file.handle!.close()
})

test('a path that may not be looked at is no change: the file is open all the same', async t => {
  await asOrdinaryUser(async folder => {
    const handle = await open(join(folder, 'audit.log'), 'a+')
    await chmod(folder, 0)
    t.equal(await changeOf({ path: join(folder, 'locked/audit.log'), handle, isLocal: true, descriptor: handle.fd, ino: 1, dev: 1, size: 0, tornBytes: 0, underWay: null, lineTorn () {} }), null)
    await handle.close()
  }, async folder => {
    await writeFile(join(folder, 'audit.log'), '')
    await chmod(join(folder, 'audit.log'), 0o666)
    await chmod(folder, 0o755)
    await import('node:fs/promises').then(({ chown }) => process.geteuid!() === 0 ? chown(folder, 65534, 65534) : undefined)
  })
})
