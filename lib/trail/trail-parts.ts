// What a trail is made of, and what may be asked of it. Types only; the code is in trail.ts.
import type { AuditEvent, AuditRecord, AuditStatus, FailureClass, FailurePolicy, LogNotice, OnFailure, ScopeFacts, Surroundings } from '../contracts.js'
import type { NextEventId } from './event-id.js'
import type { Hold } from './holds.js'
import type { Destination } from './outlet.js'
import type { SectionCounters } from './rule-counters.js'
import type { Routing } from './several.js'

export interface TrailParts {
  /** The appenders, at least one. */
  readonly destinations: readonly Destination[]
  /** How events find their appenders. @default all go to the first */
  readonly routing?: Routing
  /** What the rules of the settings have done. @default nobody counts */
  readonly rules?: Pick<SectionCounters, 'tally' | 'read'>
  /** What `process.pid` says. @default that of this process */
  readonly pid?: number | undefined
  /** True for a record that is not to be written. */
  readonly ignores: (record: AuditRecord) => boolean
  readonly surroundings: Pick<Surroundings, 'now' | 'log'>
  /** The strictest of all appenders. */
  readonly policies: Readonly<Record<FailureClass, FailurePolicy>>
  readonly onFailure: OnFailure
  /** @default false */
  readonly recordsAttemptedNames?: boolean
  /** @default createEventIds() */
  readonly nextId?: NextEventId | undefined
  readonly queue: {
    /** How many bytes may wait to be written. */
    readonly maxBytes: number
    /** How long anybody waits, in milliseconds. */
    readonly timeout: number
  }
  /** Ends the application, because `on_failure` says `stop`. Called once at the most. */
  readonly stop: (error: Error) => void
  /** Makes the last event of the log. @default there is none */
  readonly farewell?: ((status: AuditStatus) => AuditEvent) | undefined
}

export interface Trail {
  /** Records an event said at `time`; see `AuditLogger.log` for the promise. */
  log (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void>
  /** Records several events; one promise for all of them. */
  logAll (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void>
  /** Accepts so many events that are recorded later. `giveUp` has to record them at once: it has taken too long. */
  hold (events: number, giveUp: () => void): Hold
  /** Puts what has happened to the log into the log. */
  notice (notice: LogNotice): void
  now (): number
  readonly onFailure: OnFailure
  /** Whether the name that was tried may stand in the event of a failed login. */
  readonly recordsAttemptedNames: boolean
  status (): AuditStatus
  /** Resolves when all that was accepted is written; rejects when that takes longer than `queue.timeout`. */
  flush (): Promise<void>
  /** Writes all that was accepted before it returns, for a process that is about to end. `isLast`: it does end, and the log says so. */
  writeNow (isLast?: boolean): void
  close (): Promise<void>
}
