// The last rung of the ladder: lines of the log that neither their appender nor the fallback
// can take. Nobody acknowledges them there: they count as lost. Called by the trail.
import { writeSync } from 'node:fs'

const STANDARD_ERROR = 2

/**
 * Writes a line to standard error before it returns, also while the process ends. Never throws. Not
 * by `process.stderr`, which ends the process when its reader has gone.
 */
export function writeToStandardError (line: string): void {
  const bytes = Buffer.from(line)
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(STANDARD_ERROR, bytes, written)
  } catch {}
}
