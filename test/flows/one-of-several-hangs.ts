// The promise of several appenders: one that hangs while the process runs, or stands on a disk that
// is full, holds nobody up but those who wait for it; nothing is lost by it that another has room for.
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { eventually } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'
import { acknowledgedIn, adds, numbersIn, numbersOf, sayToSeveral } from '../support/several.js'

const inOrder = (numbers: readonly number[]): readonly number[] => [...numbers].sort((a, b) => a - b)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number)

test('a pipe that nobody reads: the file goes on, and when it is read again it has everything, in order', async t => {
  const folder = t.testdir()
  const [file, notes] = [join(folder, 'copy.log'), join(folder, 'notes')] as const
  // Whoever waits waits for the file: of the pipe, nobody wants an acknowledgement.
  const section = { queue: { timeout: '300ms' }, appenders: { screen: { type: 'console', durability: 'none' }, copy: { type: 'file', fileName: file } } }
  const { child, ask } = await sayToSeveral(t, { section, notes })
  const hung = await eventually(async () => {
    const status = await ask('status')
    adds(t, status)
    return status.appenders.screen!.state === 'degraded' && status
  })
  t.match(hung, { state: 'degraded', appenders: { screen: { lastError: { code: 'AUDIT_ERR_TIMEOUT' } }, copy: { state: 'ok', lastError: null } } })
  const before = acknowledgedIn(notes).length
  t.ok(await eventually(() => acknowledgedIn(notes).length > before + 500), 'hundreds are acknowledged while the pipe hangs')
  const paused = await ask('pause')
  adds(t, paused)
  t.ok(paused.appenders.screen!.queued > 500, `${paused.appenders.screen!.queued} wait for the pipe`)
  const [read, closed] = await Promise.all([text(child.stdout!), (async () => {
    await eventually(async () => (await ask('status')).queued === 0)
    return ask('close')
  })()])
  adds(t, closed)
  t.match(closed, { lost: 0, queued: 0, written: closed.said })
  t.same([numbersOf(read), numbersIn(file)], [upTo(closed.said), upTo(closed.said)])
})

test('the fallback is full as well, under load: the rest is on standard error, and each event is somewhere, once', async t => {
  const [one, other] = [await smallDisk(t), await smallDisk(t)]
  if (one.code !== 'ENOSPC') {
    t.pass('not run: only a superuser can have two disks', { skip: true })
    return
  }
  const folder = t.testdir()
  const [main, reserve, copy, notes] = [join(one.directory, 'main.log'), join(other.directory, 'reserve.log'), join(folder, 'copy.log'), join(folder, 'notes')] as const
  const section = {
    queue: { timeout: '2s', max_bytes: '64kb' },
    appenders: { main: { type: 'file', fileName: main }, copy: { type: 'file', fileName: copy, durability: 'none' }, reserve: { type: 'file', fileName: reserve } },
    fallback: 'reserve'
  }
  const { child, ask, stderr } = await sayToSeveral(t, { section, notes, pause: 1 })
  const status = await eventually(async () => {
    const now = await ask('status')
    adds(t, now)
    return now.lost > 200 && now
  })
  t.match(status, { appenders: { main: { state: 'degraded', lastError: { message: /ENOSPC/ } }, copy: { state: 'ok' }, reserve: { state: 'degraded', lastError: { message: /ENOSPC/ } } } })
  const ended = once(child, 'close')
  const closed = await ask('close')
  await ended
  adds(t, closed)
  t.equal(closed.queued, 0)
  const [inMain, inReserve, printed] = [numbersIn(main), numbersIn(reserve), numbersOf(await stderr)]
  t.ok([inMain, inReserve, printed].every(numbers => numbers.length > 100), `${inMain.length} + ${inReserve.length} + ${printed.length}`)
  t.same(inOrder([...inMain, ...inReserve, ...printed]), upTo(closed.said), 'each is somewhere, once')
  t.same(inOrder(numbersIn(copy)), upTo(closed.said), 'the copy has all')
  t.ok(closed.lost >= printed.length, 'what stands on standard error counts as lost')
  const kept = new Set([...inMain, ...inReserve])
  t.same(acknowledgedIn(notes).filter(number => !kept.has(number)), [], 'what was acknowledged is in one of the files')
})
