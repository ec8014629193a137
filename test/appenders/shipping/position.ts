import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { isLineStart, readPosition, writePosition } from '../../../lib/appenders/shipping/position.js'
import { whenSynced } from '../../support/when-synced.js'

test('a position is read as it was written, and is replaced as a whole', async t => {
  const folder = t.testdir()
  t.equal(await readPosition(folder), undefined)
  await writePosition(folder, { segment: 3, offset: 1234 })
  await writePosition(folder, { segment: 12, offset: 0 })
  t.same(await readPosition(folder), { segment: 12, offset: 0 })
  t.same(readdirSync(folder), ['position'])
  t.equal(statSync(join(folder, 'position')).mode & 0o777, 0o600)
  t.equal(readFileSync(join(folder, 'position'), 'utf8'), '{"segment":12,"offset":0}\n')
})

test('at every moment the old position is there, or the new one; the disk has that before it takes the place of the other', async t => {
  const folder = t.testdir()
  const path = join(folder, 'position')
  await writePosition(folder, { segment: 1, offset: 10 })
  const old = openSync(path, 'r')
  t.teardown(() => closeSync(old))
  const synced: string[] = []
  await whenSynced(t, () => { for (const name of ['position', 'position.new']) synced.push(readFileSync(join(folder, name), 'utf8')) }, () => writePosition(folder, { segment: 1, offset: 20 }))
  t.same(synced, ['{"segment":1,"offset":10}\n', '{"segment":1,"offset":20}\n'])
  t.equal(readFileSync(old, 'utf8'), '{"segment":1,"offset":10}\n', 'nobody writes into the old one')
  t.same(await readPosition(folder), { segment: 1, offset: 20 })
})

test('one that is torn, or makes no sense, is none', async t => {
  const folder = t.testdir()
  for (const text of ['', '{"segment":3,"off', '{}', '[]', 'null', '{"segment":0,"offset":0}', '{"segment":1,"offset":-1}', '{"segment":"1","offset":0}', '{"segment":1.5,"offset":0}']) {
    writeFileSync(join(folder, 'position'), text)
    t.equal(await readPosition(folder), undefined, text)
  }
})

test('where a line begins', async t => {
  const path = join(t.testdir({ lines: 'one\ntwo\nhalf' }), 'lines')
  t.same(await Promise.all([0, 1, 4, 8, 9, 12, 13].map(offset => isLineStart(path, offset))), [true, false, true, true, false, false, false])
})
