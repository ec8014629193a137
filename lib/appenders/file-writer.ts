// Writes the lines of a batch to an open file, and sees to it that the file never ends in half a
// line that another line could be glued to. Called by the `file` and `rolling-file` appenders,
// one write at a time. write-now.ts does the same for a process that is about to end.
import { fdatasync, write as writeToDescriptor } from 'node:fs'
import type { Batch } from '../contracts.js'
import { hasNoName } from './deleted-file.js'
import { tornLength, type OpenFile } from './open-file.js'

export const LINE_FEED = Buffer.from('\n')

/** How far the writing of a batch has come. */
export interface Progress {
  readonly batch: Batch
  /** So many of its lines are in the file. */
  lines: number
  /** So many of its bytes are in the file. */
  position: number
  /** So many of its lines are in files that were still there when they had been written. */
  keptLines: number
  /** True when somebody else (`appendNow`) has written the rest: nothing more is to be done to the file. */
  isTakenOver: boolean
}

/** What a write ends with when the rest has been written by somebody else. */
export const TAKEN_OVER = new Error('what was left has been written at once')

/** What a write ends with when somebody has deleted the file: the lines are gone with it. */
export const DELETED = new Error('the file has been deleted')

export function progressOf (batch: Batch): Progress {
  return { batch, lines: 0, position: 0, keptLines: 0, isTakenOver: false }
}

/** Takes what has gone with a deleted file out of the account. */
export function withoutDeleted (progress: Progress): void {
  const { batch: { ends }, keptLines } = progress
  progress.lines = keptLines
  progress.position = keptLines === 0 ? 0 : ends[keptLines - 1]!
}

/**
 * Appends the lines of a batch up to, not including, `to`, after ending the half line that a crash may
 * have left. Resolves when the operating system has all of them and, where `isDurable`, the disk.
 * After a failure the file holds the lines that `progress` tells, whole, and nothing of the others.
 *
 * @throws {Error} (as a rejection) of the operating system, TAKEN_OVER, or DELETED
 */
export async function writeLines (file: OpenFile, progress: Progress, to: number, isDurable: boolean): Promise<void> {
  const { bytes, ends } = progress.batch
  const before = { lines: progress.lines, position: progress.position, size: file.size, tornBytes: file.tornBytes }
  const end = to === 0 ? 0 : ends[to - 1]!
  try {
    if (file.tornBytes > 0) await endTornLine(file, progress)
    // Nearly always one round; the operating system may take less, as on a full disk.
    while (progress.position < end) await put(file, bytes, progress.position, end, written => { progress.position += written })
    progress.lines = to
  } catch (error) {
    if (progress.isTakenOver) throw error
    const torn = dropTornLine(progress)
    if (torn > 0) {
      file.tornBytes = torn
      await cutBack(file, file.size - torn, progress, () => { file.tornBytes = 0 })
      if (file.tornBytes > 0) file.lineTorn(torn)
    }
    throw progress.isTakenOver ? TAKEN_OVER : error
  }
  if (file.size === before.size) return
  try {
    if (isDurable) await sync(file)
  } catch (error) {
    // What the disk has refused once is gone, even if it says yes the next time: it is to be written
    // anew. Where it cannot be cut off, it counts as written, and is not acknowledged: never double.
    if (!progress.isTakenOver) {
      await cutBack(file, before.size, progress, () => {
        file.tornBytes = before.tornBytes
        progress.lines = before.lines
        progress.position = before.position
      })
    }
    throw error
  }
  const answer = hasNoName(file)
  const isDeleted = typeof answer === 'boolean' ? answer : await answer
  if (progress.isTakenOver) throw TAKEN_OVER
  if (isDeleted) {
    withoutDeleted(progress)
    throw DELETED
  }
  progress.keptLines = to
}

/** Takes the beginning of a line out of the account; returns how long it is. */
export function dropTornLine (progress: Progress): number {
  const { ends } = progress.batch
  while (progress.lines < ends.length && ends[progress.lines]! <= progress.position) progress.lines++
  const whole = progress.lines === 0 ? 0 : ends[progress.lines - 1]!
  const torn = progress.position - whole
  progress.position = whole
  return torn
}

async function endTornLine (file: OpenFile, progress: Progress): Promise<void> {
  const { size } = await file.handle!.stat()
  const isTorn = await tornLength(file.handle!, size) > 0
  if (progress.isTakenOver) throw TAKEN_OVER
  if (isTorn) await put(file, LINE_FEED, 0, 1, () => { file.tornBytes = 0 })
  file.tornBytes = 0
}

// The callback forms cost a third less CPU per call than those of `FileHandle`.
function put (file: OpenFile, bytes: Buffer, start: number, end: number, done: (written: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const mine = file.underWay = { size: file.size + end - start, done }
    writeToDescriptor(file.descriptor, bytes, start, end - start, null, (error, written) => {
      if (file.underWay !== mine) return reject(TAKEN_OVER)
      file.underWay = null
      if (error !== null) return reject(error)
      file.size += written
      done(written)
      resolve()
    })
  })
}

function sync (file: OpenFile): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(file.descriptor, error => error === null ? resolve() : reject(error))
  })
}

// Cuts the file to `size`, but only what has been written here: if it has another size than it
// should have, somebody else writes to it, too. Why cutting failed does not matter: why writing
// failed is reported.
async function cutBack (file: OpenFile, size: number, progress: Progress, done: () => void): Promise<void> {
  const mine = { size, done }
  try {
    if ((await file.handle!.stat()).size !== file.size || progress.isTakenOver) return
    file.underWay = mine
    await file.handle!.truncate(size)
    if (file.underWay !== mine) return
    file.size = size
    done()
  } catch {}
  if (file.underWay === mine) file.underWay = null
}
