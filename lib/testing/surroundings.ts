// What the trail hands to an appender, made by hand for a test: batches and surroundings.
import type { Batch, LogNotice, Surroundings } from '../contracts.js'

/**
 * A batch as the trail makes it.
 *
 * @param lines without their line feeds
 * @param times of their events, milliseconds since the epoch. @default now
 */
export function batchOf (lines: readonly string[], times: readonly number[] = lines.map(() => Date.now())): Batch {
  let end = 0
  return {
    bytes: Buffer.from(lines.map(line => line + '\n').join('')),
    ends: lines.map(line => (end += Buffer.byteLength(line) + 1)),
    times
  }
}

/** The surroundings of an appender, with what it tells to operators and to the log. */
export interface TestSurroundings extends Surroundings {
  /** The messages for the application's log. */
  readonly told: string[]
  readonly notices: LogNotice[]
}

/** Surroundings in a folder; `overrides` stand in the place of what they name. */
export function surroundingsIn (directory: string, overrides: Partial<Surroundings> = {}): TestSurroundings {
  const told: string[] = []
  const notices: LogNotice[] = []
  const tell = (_details: object, message: string): void => { told.push(message) }
  return {
    told,
    notices,
    directory,
    locate: (...path) => path.join('.'),
    now: Date.now,
    log: { info: tell, warn: tell, error: tell },
    durability: 'write',
    mayOpenLater: false,
    notice: notice => { notices.push(notice) },
    ...overrides
  }
}
