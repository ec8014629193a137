import { linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { hasNoName, hasNoNameNow, isOnLocalDisk } from '../../lib/appenders/deleted-file.js'

test('a file that is open has no name when it is deleted or replaced, and has one as long as it has any', async t => {
  const folder = t.testdir({ one: '', two: '', other: '' })
  for (const isLocal of [true, false]) {
    const [one, two] = ['one', 'two'].map(name => {
      writeFileSync(join(folder, name), '')
      return { descriptor: openSync(join(folder, name), 'a'), isLocal }
    })
    t.equal(hasNoName(one!) instanceof Promise, !isLocal)
    t.equal(await hasNoName(one!), false)
    linkSync(join(folder, 'one'), join(folder, 'link'))
    unlinkSync(join(folder, 'one'))
    t.equal(await hasNoName(one!), false, 'it has another name')
    renameSync(join(folder, 'link'), join(folder, 'moved'))
    t.equal(hasNoNameNow(one!), false, 'it has been moved')
    unlinkSync(join(folder, 'moved'))
    t.equal(await hasNoName(one!), true, 'deleted')
    t.equal(hasNoNameNow(one!), true)
    writeFileSync(join(folder, 'other'), '')
    renameSync(join(folder, 'other'), join(folder, 'two'))
    t.equal(await hasNoName(two!), true, 'replaced')
  }
})

test('what cannot be found out is no deletion', async t => {
  for (const isLocal of [true, false]) t.equal(await hasNoName({ descriptor: 99_999, isLocal }), false)
})

test('a folder of tests is on the machine itself; the file systems of the kernel and what is not there are not known to be', async t => {
  t.equal(await isOnLocalDisk(t.testdir()), true)
  t.equal(await isOnLocalDisk('/proc'), false)
  t.equal(await isOnLocalDisk(join(t.testdir(), 'nowhere')), false)
})
