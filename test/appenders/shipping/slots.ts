import { existsSync, mkdirSync, readdirSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { adoptSlots, newSlotName, removeSlot } from '../../../lib/appenders/shipping/slots.js'
import { writePosition } from '../../../lib/appenders/shipping/position.js'
import { segmentPath } from '../../../lib/appenders/shipping/segments.js'
import { surroundingsIn } from '../../support/appender-contract.js'

const { log } = surroundingsIn('/')

function leave (root: string, time: number, texts: readonly string[]): string {
  const folder = join(root, newSlotName(time))
  mkdirSync(folder)
  texts.forEach((text, index) => writeFileSync(segmentPath(folder, index + 1), text))
  return folder
}

test('what processes have left is adopted in the order in which they started; nobody else is given it meanwhile', async t => {
  const root = t.testdir({ 'dead-letters.ndjson': '', other: {} })
  const [second, first] = [leave(root, 2000, ['b\n']), leave(root, 1000, ['a\n'])]
  const own = newSlotName(500)
  mkdirSync(join(root, own))
  writeFileSync(segmentPath(join(root, own), 1), 'x\n')
  const adopted = await adoptSlots(root, new Set([own]), log)
  t.same(adopted.map(({ folder }) => folder), [first, second])
  t.same(await adoptSlots(root, new Set([own]), log), [], 'they are held')
  await adopted[0]!.release()
  const again = await adoptSlots(root, new Set([own]), log)
  t.same(again.map(({ folder }) => folder), [first])
  for (const slot of [...again, adopted[1]!]) await slot.release()
  t.ok(existsSync(segmentPath(first, 1)), 'it is not removed as long as there is something in it')
})

test('it begins where the position says, where that can be right; else at the beginning', async t => {
  const root = t.testdir()
  const starts: readonly (readonly [{ readonly segment: number, readonly offset: number } | string | undefined, object])[] = [
    [{ segment: 2, offset: 2 }, { segment: 2, offset: 2, lines: 1 }],
    [{ segment: 2, offset: 0 }, { segment: 2, offset: 0, lines: 0 }],
    [{ segment: 2, offset: 1 }, { segment: 2, offset: 0, lines: 0 }],
    [{ segment: 2, offset: 100 }, { segment: 2, offset: 0, lines: 0 }],
    [{ segment: 1, offset: 2 }, { segment: 1, offset: 2, lines: 1 }],
    [undefined, { segment: 1, offset: 0, lines: 0 }],
    ['{"segment":2,"of', { segment: 1, offset: 0, lines: 0 }]
  ]
  for (const [index, [position]] of starts.entries()) {
    const folder = leave(root, index, ['a\nb\n', 'c\nd\n'])
    if (typeof position === 'object') await writePosition(folder, position)
    else if (position !== undefined) writeFileSync(join(folder, 'position'), position)
  }
  const adopted = await adoptSlots(root, new Set(), log)
  t.same(adopted.map(({ start }) => start), starts.map(([, start]) => start))
  t.match(adopted[0]!.segments, [{ number: 2 }], 'what is before the position is gone')
  for (const slot of adopted) await slot.release()
})

test('a slot in which nothing is left is removed, with all that belongs to it', async t => {
  const root = t.testdir()
  const folder = leave(root, 0, ['a\n'])
  await writePosition(folder, { segment: 1, offset: 0 })
  const [slot] = await adoptSlots(root, new Set(), log)
  await slot!.dropFirst()
  await slot!.release()
  t.same(readdirSync(root), [])
})

test('a process that is just starting is left alone; an old folder without events is cleared away', async t => {
  const root = t.testdir()
  const folder = leave(root, 0, [])
  t.same(await adoptSlots(root, new Set(), log), [])
  const past = new Date(Date.now() - 120_000)
  utimesSync(folder, past, past)
  const [slot] = await adoptSlots(root, new Set(), log)
  t.equal(slot!.folder, folder)
  await slot!.release()
  t.notOk(existsSync(folder))
})

test('where there is no folder there is nothing to adopt, or to remove', async t => {
  t.same(await adoptSlots(join(t.testdir(), 'missing'), new Set(), log), [])
  await removeSlot(join(t.testdirName, 'missing'))
})

test('a folder that somebody looks into is removed when he has done so', async t => {
  const folder = leave(t.testdir(), 0, [])
  writeFileSync(join(folder, '.somebody.lock'), '')
  setTimeout(() => unlinkSync(join(folder, '.somebody.lock')), 50)
  await removeSlot(folder)
  t.notOk(existsSync(folder))
})
