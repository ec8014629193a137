// The last rung of the ladder: lines of the log that neither their appender nor the fallback
// can take. Nobody acknowledges them there: they count as lost. Called by the trail.

/** So many bytes may wait for standard error; beyond them, lines are given up. */
const MOST_WAITING = 1024 * 1024

/** Writes a line to standard error, unless that does not keep up either. Never throws. */
export function writeToStandardError (line: string): void {
  try {
    if (process.stderr.writable && process.stderr.writableLength < MOST_WAITING) process.stderr.write(line)
  } catch {}
}
