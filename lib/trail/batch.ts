// The lines that go out together, as bytes, and the one promise that all of them share. Filled
// and handed over by delivery.ts. The hot path: a line is encoded here, once.
import type { Batch } from '../contracts.js'
import { MAX_BYTES_PER_UNIT } from '../layouts/quote.js'

/** What a buffer starts with; under load it grows up to `MAX_BUFFER`. Bytes. */
const MIN_BUFFER = 64 * 1024
const MAX_BUFFER = 1024 * 1024

/** A batch that is being filled, or waits, or is being written. */
export class QueuedBatch {
  readonly #ends: number[] = []
  readonly #times: number[] = []
  readonly #buffer: Buffer
  #used = 0
  /** So many lines at its head are written. */
  #written = 0
  /** When its first line came, as a mark of the deadlines. */
  readonly since: number
  /** The kinds of its events, as bits. */
  kinds = 0
  /** Whether those who wait for it have been told not to. */
  isRefused = false
  /** Rejects when nobody should wait any longer: the lines may yet be written. */
  readonly acknowledged: Promise<void>
  acknowledge!: () => void
  #reject!: (error: Error) => void

  constructor (size: number, since: number) {
    this.#buffer = Buffer.allocUnsafeSlow(size)
    this.since = since
    this.acknowledged = new Promise((resolve, reject) => {
      this.acknowledge = resolve
      this.#reject = reject
    })
    // Nobody has to await the acknowledgement; the observer has been told.
    this.acknowledged.catch(() => {})
  }

  /** A batch that `line` fits into, twice as large as the one before it. */
  static after (previous: QueuedBatch | null, line: string, since: number): QueuedBatch {
    const size = previous === null ? MIN_BUFFER : Math.min(previous.#buffer.length * 2, MAX_BUFFER)
    return new QueuedBatch(Math.max(size, line.length * MAX_BYTES_PER_UNIT), since)
  }

  /** Lines that are not written yet. */
  get lines (): number { return this.#ends.length - this.#written }

  /** Bytes that are not written yet. */
  get bytes (): number { return this.#used - this.#start }

  get #start (): number { return this.#written === 0 ? 0 : this.#ends[this.#written - 1]! }

  /** Whether `line` fits, however its characters turn out in UTF-8. */
  fits (line: string): boolean {
    return this.#used + line.length * MAX_BYTES_PER_UNIT <= this.#buffer.length
  }

  /** @returns the bytes that the line takes */
  add (line: string, time: number, kind: number): number {
    const bytes = this.#buffer.write(line, this.#used, 'utf8')
    this.#used += bytes
    this.#ends.push(this.#used)
    this.#times.push(time)
    this.kinds |= kind
    return bytes
  }

  /** Takes lines away from the head that are written. */
  drop (lines: number): void {
    this.#written += lines
  }

  /** Tells everybody who waits for it not to. */
  refuse (error: Error): void {
    if (this.isRefused) return
    this.isRefused = true
    this.#reject(error)
  }

  /** What is still to be written, for an appender. */
  rest (): Batch {
    const start = this.#start
    const bytes = this.#buffer.subarray(start, this.#used)
    if (this.#written === 0) return { bytes, ends: this.#ends, times: this.#times }
    return { bytes, ends: this.#ends.slice(this.#written).map(end => end - start), times: this.#times.slice(this.#written) }
  }
}
