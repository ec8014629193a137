// Where lines go, and what an appender and the application around it tell each other.
import type { AuditRecord, ScopeFacts } from './event.js'

/** Makes a line, with its line feed, of a record. Never throws; the result holds exactly one line feed, its last character. */
export type Layout = (record: AuditRecord, facts: ScopeFacts) => string

/** Whole lines, in the order in which they were accepted. */
export interface Batch {
  /** The lines, UTF-8, each closed by a line feed. */
  readonly bytes: Buffer
  /** Where each line ends in `bytes`: the offset after its line feed, ascending. */
  readonly ends: readonly number[]
  /** The time of each line's event, milliseconds since the epoch. */
  readonly times: readonly number[]
}

/** What an appender may add to the error with which `append` rejects. */
export interface WriteFailure extends Error {
  /** How many lines, from the head of the batch, are written all the same: only the others are tried again. @default 0 */
  readonly linesWritten?: number
}

/**
 * Where lines go. The trail hands over one batch at a time and waits for it: an appender is
 * never called again before the promise of the call before has settled. What it rejects is
 * tried again, from the first line that was not written.
 */
export interface Appender {
  /**
   * Resolves when every line of the batch is with the operating system (or the other side), and
   * on the disk where `durability` is `fsync`.
   *
   * @throws {WriteFailure} (as a rejection) some of the lines are not written
   */
  append (batch: Batch): Promise<void>
  /**
   * For a process that is about to end: completes the `append` that is under way, then writes
   * `batches`, before it returns. Never throws, and never waits longer than a second.
   *
   * @returns how many lines are written, counted from the first of the `append` under way, then through `batches`
   */
  appendNow? (batches: readonly Batch[]): number
  /** Lets go of what it writes to and opens it anew: for who moves files away by himself. */
  reopen? (): Promise<void>
  /** For an appender that acknowledges events before the other side has them: what has become of them since. */
  shipping? (): ShippingStatus
  /** Gives back what it holds. Called once, after the last `append` has settled or has been given up. */
  close (): Promise<void>
}

/** What `log()` waits for: nothing, the operating system, the disk. */
export type Durability = 'none' | 'write' | 'fsync'

/** What an appender has to tell about the log itself. It becomes an event in the log. */
export type LogNotice =
  /** A crash has left half a line, which now stands alone on a line of its own. */
  | { readonly what: 'line_torn', readonly path: string, readonly bytes: number }
  /** Somebody else has had his hands on the file; it has been opened anew. */
  | { readonly what: 'file_changed', readonly path: string, readonly change: 'deleted' | 'renamed' | 'replaced' | 'truncated' }

/** What a part may ask of the application around it. */
export interface Surroundings {
  /** The folder that relative file names in the settings start from. */
  readonly directory: string
  /** Where a setting was written and its full key, for errors: `locate('appender', 'fileName')` → `audit.yml:4:13 xpack.security.audit.appender.fileName`. */
  readonly locate: (...path: readonly string[]) => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The application's own log, for operators. */
  readonly log: OperationalLog
  readonly durability: Durability
  /** True when an appender that cannot be opened for a reason that may pass (a full disk) is to open later, by itself. */
  readonly mayOpenLater: boolean
  /** Puts what has happened to the log into the log. */
  readonly notice: (notice: LogNotice) => void
}

/**
 * Makes an appender of one's own: the default export of a module that `type: custom` names.
 *
 * @param config the settings under `appender`; of those that are its own, nothing has been checked
 */
export type AppenderFactory = (config: Readonly<Record<string, unknown>>, surroundings: Surroundings) => Appender | Promise<Appender>

/** The part of a pino logger that is used for operational messages. */
export interface OperationalLog {
  info (details: object, message: string): void
  warn (details: object, message: string): void
  error (details: object, message: string): void
}

/** What has become of events that wait on the disk for the other side. */
export interface ShippingStatus {
  /** Events that the other side does not have, those that ended processes have left included. */
  readonly backlog: number
  readonly backlogBytes: number
  /** How old the oldest of them is, milliseconds; 0 when there are none. */
  readonly oldestAge: number
  /** Events that the other side has, since the start. */
  readonly sent: number
  /** Events that it will never take, since the start: they are in `dead-letters.ndjson`, beside the spool. */
  readonly rejected: number
  /** How often it had to be asked again, since the start. */
  readonly retries: number
  readonly lastError: { readonly code: string, readonly message: string, readonly time: string } | null
}
