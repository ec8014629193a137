// What has become of the lines of one appender among several, and through them of the events:
// an event is written when every appender that it went to has it, and lost as soon as one of
// them has lost it. Told by the delivery; part of several.ts.
import type { AppenderStatus, Batch } from '../contracts.js'
import type { DeliveryObserver } from './delivery-parts.js'

/** An event on its way to several appenders. */
export interface Parcel {
  /** So many appenders do not have it yet. */
  left: number
  isLost: boolean
  /** The fallback has it, or is to have it. */
  isInFallback: boolean
}

/** What becomes of a line that its appender has been closed without: the fallback takes it, has that event already, or cannot. */
export type Rescue = 'taken' | 'known' | 'lost'

/** So many parcels that are done with stand in front before they are thrown away, or half of all. */
const LEAST_DONE = 1024

export interface LedgerParts {
  /** The kinds (bits) whose events this appender has to have or the application is to stop. */
  readonly stops: number
  readonly shown: (error: Error) => NonNullable<AppenderStatus['lastError']>
  /** The last appender has these events: so many are written. Zero when this one only has its part. */
  readonly complete: (events: number) => void
  /** Events are lost, because this appender has lost its part. */
  readonly spoil: (events: number, error: Error) => void
  /** Is offered a line that the appender has been closed without. */
  readonly rescue: (line: string, time: number, parcel: Parcel) => Rescue
  /** It cannot write, or does not answer. `isNew`: it could before. */
  readonly failed: (error: Error, isNew: boolean) => void
  readonly recovered: () => void
  readonly refused: (kinds: number, error: Error) => void
}

export class Ledger implements DeliveryObserver {
  readonly #parts: LedgerParts
  /** The events of the lines in the queue, in their order. */
  readonly #parcels: Parcel[] = []
  /** So many of them, at the head, are done with. */
  #done = 0
  writtenLines = 0
  lostLines = 0
  failures = 0
  isFailing = false
  lastError: AppenderStatus['lastError'] = null

  constructor (parts: LedgerParts) {
    this.#parts = parts
  }

  /** To be told of each line before the delivery gets it. */
  sent (parcel: Parcel): void {
    this.#parcels.push(parcel)
  }

  written (lines: number): void {
    this.writtenLines += lines
    let complete = 0
    const end = this.#done + lines
    while (this.#done < end) complete += this.#arrived(this.#parcels[this.#done++]!)
    // Not at each batch: all that wait behind would have to move each time.
    if (this.#done > Math.max(LEAST_DONE, this.#parcels.length / 2)) {
      this.#parcels.splice(0, this.#done)
      this.#done = 0
    }
    this.#parts.complete(complete)
  }

  // The queue is full and the last one did not fit; or it is the end, and these are all.
  lost (lines: number, error: Error, leftOver: readonly Batch[] = []): void {
    const parcels = this.#parcels.splice(this.#parcels.length - lines)
    const texts = leftOver.flatMap(linesOf)
    this.lastError ??= this.#parts.shown(error)
    let complete = 0
    let spoiled = 0
    for (const [index, parcel] of parcels.entries()) {
      const text = texts[index]
      const rescue = text === undefined ? 'lost' : this.#parts.rescue(...text, parcel)
      if (rescue === 'known') complete += this.#arrived(parcel)
      if (rescue !== 'lost') continue
      this.lostLines++
      parcel.left--
      if (!parcel.isLost) spoiled++
      parcel.isLost = true
    }
    if (complete > 0) this.#parts.complete(complete)
    if (spoiled > 0) this.#parts.spoil(spoiled, error)
  }

  /** @returns 1 when the event is written by that, else 0 */
  #arrived (parcel: Parcel): number {
    return --parcel.left === 0 && !parcel.isLost ? 1 : 0
  }

  failed (error: Error): void {
    this.failures++
    this.lastError = this.#parts.shown(error)
    const isNew = !this.isFailing
    this.isFailing = true
    this.#parts.failed(error, isNew)
  }

  recovered (): void {
    this.isFailing = false
    this.#parts.recovered()
  }

  refused (kinds: number, error: Error): void {
    this.#parts.refused(kinds & this.#parts.stops, error)
  }
}

function linesOf ({ bytes, ends, times }: Batch): [line: string, time: number][] {
  return ends.map((end, index) => [bytes.toString('utf8', ends[index - 1] ?? 0, end), times[index]!])
}
