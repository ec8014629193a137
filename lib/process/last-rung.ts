// The last rung of the ladder: lines of the log that neither their appender nor the fallback
// can take. Nobody acknowledges them there: they count as lost. Made by opening.ts, called by the trail.
import { writeSync } from 'node:fs'

const STANDARD_ERROR = 2

/** For so long a pipe that is full is waited for, and so often it is tried. Milliseconds. */
const PATIENCE = 1000
const PAUSE = 5

/**
 * Writes a line to standard error before it returns, also while the process ends. Never throws. Not
 * by `process.stderr`, which ends the process when its reader has gone. Whoever has used that has made
 * the pipe one that refuses what does not fit (`EAGAIN`): a reader that is slow is waited for, for a
 * second; one that has not read by then is not waited for again until he reads.
 */
export function createLastRung (): (line: string) => void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  let isStuck = false
  let isTorn = false

  return function writeToStandardError (line) {
    const bytes = Buffer.from(isTorn ? `\n${line}` : line)
    let written = 0
    try {
      for (let patience = isStuck ? 0 : PATIENCE; written < bytes.length;) {
        try {
          written += writeSync(STANDARD_ERROR, bytes, written)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || patience <= 0) throw error
          Atomics.wait(sleeper, 0, 0, PAUSE)
          patience -= PAUSE
        }
      }
      isStuck = false
      isTorn = false
    } catch {
      isStuck = true
      if (written > 0) isTorn = true
    }
  }
}
