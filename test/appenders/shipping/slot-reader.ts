import { appendFileSync, existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createSlotReader, type Slot } from '../../../lib/appenders/shipping/slot-reader.js'
import { segmentPath, type Segment } from '../../../lib/appenders/shipping/segments.js'
import { surroundingsIn } from '../../support/appender-contract.js'

interface LooseSegment extends Segment { size: number, lines: number, isSealed: boolean }

/** A spool with these texts as its segments, the last of which is being written. */
function slotOf (folder: string, ...texts: readonly string[]): Slot & { readonly segments: LooseSegment[] } {
  const segments = texts.map((text, index): LooseSegment => {
    const path = segmentPath(folder, index + 1)
    writeFileSync(path, text)
    return { number: index + 1, path, size: Buffer.byteLength(text), lines: text.split('\n').length - 1, isSealed: index < texts.length - 1 }
  })
  return { folder, segments, start: { segment: 1, offset: 0, lines: 0 }, async dropFirst () { await unlink(segments.shift()!.path).catch(() => {}) } }
}

const LIMITS = { maxLines: 2, maxBytes: 1000 }
const linesOf = (batch: { readonly events: readonly { readonly line: string }[] } | null): string => batch === null ? 'nothing' : batch.events.map(({ line }) => line).join(',')

test('events come in their order, each until it is acknowledged; a segment goes when all of it is', async t => {
  const folder = t.testdir()
  const slot = slotOf(folder, 'a\nb\nc\n', '', 'd\n')
  const reader = createSlotReader(slot, LIMITS, surroundingsIn(folder))
  t.match([reader.events, reader.bytes], [4, 8])
  t.equal(linesOf(await reader.next()), 'a,b')
  const first = await reader.next()
  t.equal(linesOf(first), 'a,b', 'the same again')
  await reader.acknowledge(first!)
  t.match([reader.events, reader.bytes, readFileSync(join(folder, 'position'), 'utf8')], [2, 4, '{"segment":1,"offset":4}\n'])
  const second = await reader.next()
  t.equal(linesOf(second), 'c')
  t.ok(existsSync(segmentPath(folder, 1)))
  await reader.acknowledge(second!)
  t.notOk(existsSync(segmentPath(folder, 1)))
  const third = await reader.next()
  t.match([linesOf(third), slot.segments.length], ['d', 1])
  await reader.acknowledge(third!)
  t.equal(await reader.next(), null)
  t.match([reader.events, reader.bytes], [0, 0])
  t.ok(existsSync(segmentPath(folder, 3)), 'it is being written')

  appendFileSync(segmentPath(folder, 3), 'e\nf\n')
  slot.segments[0]!.size = 4
  slot.segments[0]!.lines = 2
  t.equal(linesOf(await reader.next()), 'e', 'only what may be read')
})

test('half a line at the end of a segment is told apart; in one that is being written it is waited for', async t => {
  const folder = t.testdir()
  const slot = slotOf(folder, 'a\nhalf', 'b\nhal')
  const reader = createSlotReader(slot, LIMITS, surroundingsIn(folder))
  const first = await reader.next()
  t.match([linesOf(first), first!.torn], ['a', 'half'])
  await reader.acknowledge(first!)
  t.equal(slot.segments.length, 1)
  const second = await reader.next()
  t.match([linesOf(second), second!.torn, second!.end], ['b', '', { segment: 2, offset: 2 }])
  await reader.acknowledge(second!)
  t.equal(await reader.next(), null)
})

test('events without an id have one each, the same whenever they are read', async t => {
  const folder = t.testdir()
  const reader = createSlotReader(slotOf(folder, 'same\nsame\n', 'same\n'), LIMITS, surroundingsIn(folder))
  const [first, again] = [await reader.next(), await reader.next()]
  await reader.acknowledge(first!)
  const ids = [...first!.events, ...(await reader.next())!.events].map(({ id }) => id)
  t.same(again!.events.map(({ id }) => id), ids.slice(0, 2))
  t.equal(new Set(ids).size, 3)
})

test('it goes on where the position says', async t => {
  const folder = t.testdir()
  const slot = { ...slotOf(folder, 'a\nb\nc\n', 'd\n'), start: { segment: 1, offset: 4, lines: 2 } }
  const reader = createSlotReader(slot, LIMITS, surroundingsIn(folder))
  t.match([reader.events, reader.bytes, linesOf(await reader.next())], [2, 4, 'c'])
})

test('a segment that somebody deletes is told, and the next is sent', async t => {
  const folder = t.testdir()
  const surroundings = surroundingsIn(folder)
  const slot = slotOf(folder, 'a\nb\nc\n', 'd\n')
  const reader = createSlotReader(slot, LIMITS, surroundings)
  unlinkSync(segmentPath(folder, 1))
  t.equal(linesOf(await reader.next()), 'd')
  t.match(surroundings.notices, [{ what: 'file_changed', change: 'deleted', path: segmentPath(folder, 1) }])
  t.match(surroundings.told, [/deleted by somebody else/])
})

test('one that is being written and that somebody deletes is told once, and what comes after it is sent', async t => {
  const folder = t.testdir()
  const surroundings = surroundingsIn(folder)
  const slot = slotOf(folder, 'a\nb\n')
  const reader = createSlotReader(slot, LIMITS, surroundings)
  unlinkSync(segmentPath(folder, 1))
  for (let i = 0; i < 3; i++) t.equal(await reader.next(), null)
  t.match([reader.events, reader.bytes], [0, 0], 'nobody has to wait for it')
  t.equal(surroundings.notices.length, 1)
  slot.segments[0]!.isSealed = true
  slot.segments.push(...slotOf(folder, '', 'c\n').segments.slice(1))
  t.equal(linesOf(await reader.next()), 'c')
})

test('a position that cannot be noted holds nothing up, and is told once', async t => {
  const folder = t.testdir({ 'position.new': {} })
  const surroundings = surroundingsIn(folder)
  const reader = createSlotReader(slotOf(folder, 'a\nb\nc\n', 'd\n'), { ...LIMITS, maxLines: 1 }, surroundings)
  let sent = ''
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
    sent += linesOf(batch)
    await reader.acknowledge(batch)
  }
  t.equal(sent, 'abcd')
  t.equal(surroundings.told.length, 1)
})

test('an error of the disk is not taken for the end', async t => {
  const folder = t.testdir()
  const slot = slotOf(folder, 'a\n', 'b\n')
  const reader = createSlotReader({ ...slot, segments: slot.segments.map(segment => ({ ...segment, path: folder })) }, LIMITS, surroundingsIn(folder))
  await t.rejects(reader.next(), { code: 'EISDIR' })
})
