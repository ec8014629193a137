// Writing to a log file before the call returns, for a process that is about to end. Called by
// kept-file-appender.ts. Nothing here throws.
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { dropTornLine, LINE_FEED, type Progress } from './file-writer.js'
import type { OpenFile } from './open-file.js'

/** For Atomics.wait, which is how a thread can wait without a turn of the event loop. */
const NOBODY_WAKES = new Int32Array(new SharedArrayBuffer(4))

/**
 * Waits until what the operating system has been asked to do with the file is done. Its answer
 * would come in a later turn of the event loop, and there is none; but the file is ours alone, and
 * its size tells.
 *
 * @param patience milliseconds
 * @returns false when it is not done: nothing may be written then
 */
export function settleNow (file: OpenFile, patience: number): boolean {
  const { underWay } = file
  if (underWay === null) return true
  const deadline = performance.now() + patience
  while (sizeOf(file) !== underWay.size) {
    if (performance.now() > deadline) return false
    Atomics.wait(NOBODY_WAKES, 0, 0, 1)
  }
  // Whoever waits for the answer sees by this that it has been seen to.
  file.underWay = null
  const written = underWay.size - file.size
  file.size = underWay.size
  underWay.done(written)
  return true
}

/**
 * Writes what is left of a batch.
 *
 * @returns whether all of it is written; else `progress` tells how much
 */
export function writeLinesNow (file: OpenFile, progress: Progress): boolean {
  const { bytes, ends } = progress.batch
  try {
    if (file.tornBytes > 0) file.size += writeSync(file.descriptor, LINE_FEED)
    file.tornBytes = 0
    while (progress.position < bytes.length) {
      const written = writeSync(file.descriptor, bytes, progress.position, bytes.length - progress.position)
      progress.position += written
      file.size += written
    }
  } catch {}
  const torn = dropTornLine(progress)
  if (torn > 0) cutBackNow(file, torn)
  return progress.lines === ends.length
}

/** Asks the disk to take what has been written. If it cannot, the lines are left to whoever can still read them. */
export function syncNow (file: OpenFile): void {
  try {
    fdatasyncSync(file.descriptor)
  } catch {}
}

/** Gives a file back that was opened for the occasion. */
export function closeNow (file: OpenFile): void {
  try {
    closeSync(file.descriptor)
  } catch {}
}

function cutBackNow (file: OpenFile, torn: number): void {
  file.tornBytes = torn
  try {
    if (sizeOf(file) !== file.size) return
    ftruncateSync(file.descriptor, file.size - torn)
    file.size -= torn
    file.tornBytes = 0
  } catch {}
}

function sizeOf (file: OpenFile): number | undefined {
  try {
    return fstatSync(file.descriptor).size
  } catch {
    return undefined
  }
}
