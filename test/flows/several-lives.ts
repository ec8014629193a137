// The promise of several appenders, each with a durability of its own: what was acknowledged survives
// `kill -9` in all that acknowledge it; one signal opens all of them anew; one that says `stop` ends
// the process, whatever the others say.
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { STOP_EXIT_CODE } from '../../lib/process/stopping.js'
import { eventually } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'
import { roundsOf } from '../support/rounds.js'
import { acknowledgedIn, adds, numbersIn, sayToSeveral } from '../support/several.js'

test('what was acknowledged survives kill -9 in every appender that acknowledges', { timeout: 200_000 }, async t => {
  const root = t.testdir()
  for (let life = 0; life < roundsOf(12); life++) {
    const folder = join(root, String(life))
    mkdirSync(folder)
    const [written, synced, roll, none, notes] = ['written.log', 'synced.log', 'roll.log', 'none.log', 'notes'].map(name => join(folder, name)) as [string, string, string, string, string]
    const section = {
      appenders: {
        written: { type: 'file', fileName: written },
        synced: { type: 'file', fileName: synced, durability: 'fsync' },
        roll: { type: 'rolling-file', fileName: roll, layout: { type: 'json' }, policy: { type: 'size-limit', size: '20kb' }, strategy: { type: 'numeric', max: 100 } },
        none: { type: 'file', fileName: none, durability: 'none' }
      }
    }
    const { child } = await sayToSeveral(t, { section, notes, together: 30 })
    const atLeast = 500 + Math.random() * 3000
    await eventually(() => statSync(notes).size > atLeast)
    child.kill('SIGKILL')
    await once(child, 'close')
    const acknowledged = acknowledgedIn(notes)
    t.ok(acknowledged.length > 50, `${acknowledged.length} events had been acknowledged`)
    for (const file of [written, synced, roll]) {
      const numbers = numbersIn(file)
      const there = new Set(numbers)
      t.same(acknowledged.filter(number => !there.has(number)), [], 'nothing that was acknowledged is missing')
      t.equal(there.size, numbers.length, 'nothing is there twice')
    }
    t.ok(numbersIn(none).length > 0)
  }
})

test('a SIGHUP opens all of them anew, under load; nothing is lost or doubled, and the sum is right', async t => {
  const folder = t.testdir()
  const names = ['one', 'two', 'three'] as const
  const notes = join(folder, 'notes')
  const fileOf = (name: string): string => join(folder, `${name}.log`)
  const section = {
    appenders: {
      one: { type: 'file', fileName: fileOf('one'), reopen_on_sighup: true },
      two: { type: 'file', fileName: fileOf('two'), durability: 'none', reopen_on_sighup: true },
      three: { type: 'file', fileName: fileOf('three'), durability: 'fsync', layout: { type: 'json' }, reopen_on_sighup: true }
    }
  }
  const { child, ask } = await sayToSeveral(t, { section, notes })
  await eventually(() => names.every(name => numbersIn(fileOf(name)).length > 100))
  for (const name of names) renameSync(fileOf(name), fileOf(name) + '.moved')
  child.kill('SIGHUP')
  t.ok(await eventually(() => names.every(name => existsSync(fileOf(name)) && numbersIn(fileOf(name)).length > 100)), 'all of them are written anew')
  const status = await ask('close')
  adds(t, status)
  t.match(status, { lost: 0, queued: 0, lastError: null })
  for (const name of names) {
    const numbers = [...numbersIn(fileOf(name) + '.moved'), ...numbersIn(fileOf(name))]
    t.same(numbers, numbers.map((_, index) => index), `${name}: each once, in order`)
    t.equal(numbers.length, status.said)
  }
})

for (const [vital, ends] of [['full', true], ['copy', false]] as const) {
  test(`on_failure: stop of the appender on ${vital === 'full' ? 'a disk that is full: the process ends' : 'a disk that is not: it goes on'}`, async t => {
    const disk = await smallDisk(t)
    const folder = t.testdir()
    const [full, copy, notes] = [join(disk.directory, 'full.log'), join(folder, 'copy.log'), join(folder, 'notes')] as const
    if (disk.code !== 'ENOSPC') {
      t.pass('not run: only a superuser can have a disk of its own', { skip: true })
      return
    }
    const appenders = { full: { type: 'file', fileName: full }, copy: { type: 'file', fileName: copy } }
    const section = { queue: { timeout: '2s' }, appenders: { ...appenders, [vital]: { ...appenders[vital], on_failure: 'stop' } } }
    const { child, ask } = await sayToSeveral(t, { section, notes, pause: 1 })
    const closed = once(child, 'close')
    await eventually(() => numbersIn(copy).length > 50)
    await disk.fill()
    if (ends) {
      t.same(await closed, [STOP_EXIT_CODE, null])
    } else {
      const status = await eventually(async () => {
        const now = await ask('status')
        adds(t, now)
        return now.appenders.full!.state === 'degraded' && now
      })
      t.match(status, { appenders: { full: { lastError: { message: /ENOSPC/ } }, copy: { state: 'ok' } } })
      const before = numbersIn(copy).length
      t.ok(await eventually(() => numbersIn(copy).length > before + 50), 'the copy goes on')
      adds(t, await ask('close'))
      await closed
    }
    const there = new Set(numbersIn(copy))
    t.same(acknowledgedIn(notes).filter(number => !there.has(number)), [], 'what was acknowledged is in the copy')
  })
}
