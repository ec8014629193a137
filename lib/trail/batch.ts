// The lines that go out together, as bytes, and the one promise that all of them share. Filled
// and handed over by delivery.ts. The hot path: a line is encoded here, once, with those beside it:
// many lines in one call cost a quarter less than one by one.
import type { Batch } from '../contracts.js'
import { MAX_BYTES_PER_UNIT } from '../layouts/quote.js'

/** What a buffer starts with; under load it grows up to `MAX_BUFFER`. Bytes. */
const MIN_BUFFER = 64 * 1024
const MAX_BUFFER = 1024 * 1024

/** So much text is encoded at once. UTF-16 units. */
const MAX_TEXT = 16 * 1024

/** A batch that is being filled, or waits, or is being written. */
export class QueuedBatch {
  readonly #ends: number[] = []
  readonly #times: number[] = []
  readonly #buffer: Buffer
  #used = 0
  /** The latest lines, which are not encoded yet, and how long each of them is. */
  #text = ''
  readonly #lengths: number[] = []
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
  get lines (): number { return this.#ends.length + this.#lengths.length - this.#written }

  /** Bytes that are not written yet. */
  get bytes (): number {
    this.#encode()
    return this.#used - this.#start
  }

  /** No fewer than `bytes`, without counting. */
  get bytesAtMost (): number { return this.#used - this.#start + this.#text.length * MAX_BYTES_PER_UNIT }

  get #start (): number { return this.#written === 0 ? 0 : this.#ends[this.#written - 1]! }

  /** Whether `line` fits, however its characters turn out in UTF-8. */
  fits (line: string): boolean {
    if (this.#used + (this.#text.length + line.length) * MAX_BYTES_PER_UNIT <= this.#buffer.length) return true
    this.#encode()
    return this.#used + line.length * MAX_BYTES_PER_UNIT <= this.#buffer.length
  }

  /** Adds a line that fits. */
  add (line: string, time: number, kind: number): void {
    this.#text += line
    this.#lengths.push(line.length)
    this.#times.push(time)
    this.kinds |= kind
    if (this.#text.length >= MAX_TEXT) this.#encode()
  }

  #encode (): void {
    const text = this.#text
    if (text === '') return
    const bytes = this.#buffer.write(text, this.#used, 'utf8')
    const isAscii = bytes === text.length
    let start = 0
    let used = this.#used
    for (const length of this.#lengths) {
      used += isAscii ? length : Buffer.byteLength(text.slice(start, start + length))
      start += length
      this.#ends.push(used)
    }
    this.#used = used
    this.#text = ''
    this.#lengths.length = 0
  }

  /** Takes lines away from the head that are written. */
  drop (lines: number): void {
    this.#encode()
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
    this.#encode()
    const start = this.#start
    const bytes = this.#buffer.subarray(start, this.#used)
    if (this.#written === 0) return { bytes, ends: this.#ends, times: this.#times }
    return { bytes, ends: this.#ends.slice(this.#written).map(end => end - start), times: this.#times.slice(this.#written) }
  }
}
