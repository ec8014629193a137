// What a delivery is made of, what it tells, and what may be asked of it. Types only; the code
// is in delivery.ts.
import type { Appender, Batch, Durability } from '../contracts.js'
import type { Deadlines } from './deadlines.js'
import type { LineQueue } from './queue.js'

export interface DeliveryParts {
  readonly appender: Appender
  readonly observer: DeliveryObserver
  readonly deadlines: Deadlines
  /** How many bytes may wait. */
  readonly maxBytes: number
  /** `none`: nobody waits for an acknowledgement. `fsync`: one costs so much that it is shared by the events of two turns of the event loop. */
  readonly durability: Durability
}

/** Told what becomes of the lines. */
export interface DeliveryObserver {
  /** The appender has them. */
  written (lines: number): void
  /** They will not be written: the last that came, or at the end all that are left, which `leftOver` holds. */
  lost (lines: number, error: Error, leftOver?: readonly Batch[]): void
  /** The appender cannot write, or does not answer. Told at each failed attempt. */
  failed (error: Error): void
  /** It can write again. */
  recovered (): void
  /** Events of these kinds (bits) are not acknowledged. */
  refused (kinds: number, error: Error): void
}

export interface Delivery {
  /** What waits. */
  readonly queue: Pick<LineQueue, 'lines' | 'bytes' | 'hasRoom' | 'hasRoomFor'>
  /** Why nothing can be written at the moment. */
  readonly failure: Error | null
  /** Takes a line; the promise settles when it is acknowledged, or cannot be soon. */
  accept (line: string, time: number, kind: number): Promise<void>
  /** Asks the appender whether it can write. */
  probe (): void
  /** Refuses the acknowledgements that have been waited for too long. Whether anything waits still. */
  expire (): boolean
  /** Resolves when everything accepted so far is written; rejects when that takes too long. */
  flush (): Promise<void>
  /** Writes what waits before it returns, for a process that is about to end. */
  writeNow (): void
  /** The same, and what cannot be written is lost, which the observer is told: the process does end. */
  leaveNow (): void
  /** Writes what waits, as long as the time-out allows, then closes the appender. */
  close (): Promise<void>
}
