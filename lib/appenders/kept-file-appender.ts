// What the appenders that write to a file have in common: one append at a time, its failures, the
// last lines of a process that is about to end. Made by `file` and `rolling-file`, which say how
// the lines of a batch get into the file.
import type { Appender, Batch, WriteFailure } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_SPOOL_FULL, AUDIT_ERR_WRITE } from '../errors.js'
import { DELETED, progressOf, TAKEN_OVER, type Progress, withoutDeleted } from './file-writer.js'
import type { KeptFile } from './kept-file.js'
import type { OpenFile } from './open-file.js'
import { closeNow, settleNow, syncNow, writeLinesNow } from './write-now.js'

/** How long a process that is about to end waits for a write that is under way. Milliseconds. */
const PATIENCE = 1000

/** So often in a row a file may be deleted while a batch is written to it. */
const MAX_DELETIONS = 3

/** @param write writes what is left of a batch to the file that is open */
export function createKeptFileAppender (kept: KeptFile, write: (progress: Progress) => Promise<void>): Appender {
  let underWay: Progress | null = null
  let isClosed = false

  function failure (cause: Error, { lines }: Progress): WriteFailure {
    if (cause instanceof AUDIT_ERR_SPOOL_FULL) return Object.assign(cause, { linesWritten: lines })
    return Object.assign(new AUDIT_ERR_WRITE(`cannot write to "${kept.path}": ${cause.message}`, { cause }), { linesWritten: lines })
  }

  // On the path of every batch: no promises but those of what has to be waited for.
  async function append (progress: Progress, attempt = 1): Promise<void> {
    try {
      const file = progress.isTakenOver ? null : kept.ready()
      if (file instanceof Promise) await file
      if (!progress.isTakenOver) await write(progress)
    } catch (error) {
      kept.doubt()
      // Who deletes the file deletes what was in it, and nothing that comes after.
      if (error === DELETED && attempt < MAX_DELETIONS) return await append(progress, attempt + 1)
      if (error !== TAKEN_OVER) throw failure(error as Error, progress)
    } finally {
      underWay = null
    }
    if (progress.lines < progress.batch.ends.length) throw failure(TAKEN_OVER, progress)
  }

  function takeOver (progress: Progress, file: OpenFile): void {
    progress.isTakenOver = true
    if (kept.current === null || kept.current === file) return
    kept.current.underWay = null
    withoutDeleted(progress)
  }

  // No roll is made here: to pass a limit is better than to lose a line. In the middle of a roll the
  // file that is being renamed is still the one that is open.
  function appendNow (batches: readonly Batch[]): number {
    const file = isClosed ? undefined : kept.openNow()
    if (file === undefined || !settleNow(file, PATIENCE)) return underWay?.lines ?? 0
    let lines = 0
    if (underWay !== null) takeOver(underWay, file)
    for (const progress of [...underWay === null ? [] : [underWay], ...batches.map(progressOf)]) {
      const isWritten = writeLinesNow(file, progress)
      lines += progress.lines
      if (!isWritten) break
    }
    if (kept.isDurable) syncNow(file)
    if (file !== kept.current) closeNow(file)
    return lines
  }

  return {
    append (batch) {
      if (isClosed) return Promise.reject(new AUDIT_ERR_CLOSED())
      const progress = underWay = progressOf(batch)
      return kept.exclusively(() => append(progress))
    },
    appendNow,
    reopen: kept.reopen,
    async close () {
      if (isClosed) return
      isClosed = true
      await kept.close()
    }
  }
}
