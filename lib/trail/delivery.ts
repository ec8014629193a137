// The way of a line from the trail to its appender: lines gather in a buffer while a batch is
// being written, then go out as the next batch, so that however many wait, they wait for one
// write. One batch is with the appender at a time.
import type { Appender, Batch } from '../contracts.js'
import { messageOf } from '../layouts/plain.js'

/** What a buffer starts with; under load it grows up to `MAX_BUFFER`. Bytes. */
const MIN_BUFFER = 64 * 1024
const MAX_BUFFER = 1024 * 1024
/** The most bytes that a UTF-16 unit can take in UTF-8. */
const MAX_BYTES_PER_UNIT = 3

/** Told what becomes of the lines. */
export interface DeliveryObserver {
  written (lines: number): void
  failed (lines: number, error: Error): void
}

export interface Delivery {
  /** Takes a line; the promise settles when the appender has acknowledged the batch that it went out in. */
  accept (line: string, time: number): Promise<void>
  /** Settles when everything accepted so far has been acknowledged; rejects when some of it was not. */
  flush (): Promise<void>
  /** Lines and bytes that have been accepted and not yet acknowledged. */
  waiting (): { lines: number, bytes: number }
  /** Writes what waits, then closes the appender. */
  close (): Promise<void>
}

/** A batch that is being filled, with the promise that all its lines share. */
class FillingBatch implements Batch {
  readonly ends: number[] = []
  readonly times: number[] = []
  readonly #buffer: Buffer
  #used = 0
  readonly acknowledged: Promise<void>
  resolve!: () => void
  reject!: (error: Error) => void

  constructor (size: number) {
    this.#buffer = Buffer.allocUnsafeSlow(size)
    this.acknowledged = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Nobody has to await the acknowledgement; the observer has counted the failure.
    this.acknowledged.catch(() => {})
  }

  get bytes (): Buffer { return this.#buffer.subarray(0, this.#used) }
  get size (): number { return this.#used }
  get capacity (): number { return this.#buffer.length }

  /** Whether `line` fits, however its characters turn out in UTF-8. */
  fits (line: string): boolean {
    return this.#used + line.length * MAX_BYTES_PER_UNIT <= this.#buffer.length
  }

  add (line: string, time: number): void {
    this.#used += this.#buffer.write(line, this.#used, 'utf8')
    this.ends.push(this.#used)
    this.times.push(time)
  }
}

/** Delivers lines to one appender, in order. */
export function createDelivery (appender: Appender, observer: DeliveryObserver): Delivery {
  const full: FillingBatch[] = []
  let filling: FillingBatch | null = null
  let writing: FillingBatch | null = null
  let scheduled = false

  function accept (line: string, time: number): Promise<void> {
    if (filling === null) filling = new FillingBatch(Math.max(MIN_BUFFER, line.length * MAX_BYTES_PER_UNIT))
    else if (!filling.fits(line)) {
      full.push(filling)
      filling = new FillingBatch(Math.max(Math.min(filling.capacity * 2, MAX_BUFFER), line.length * MAX_BYTES_PER_UNIT))
    }
    filling.add(line, time)
    if (!scheduled && writing === null) {
      // What is said in the same turn of the event loop goes out together.
      scheduled = true
      setImmediate(writeNext)
    }
    return filling.acknowledged
  }

  function writeNext (): void {
    scheduled = false
    if (writing !== null) return
    writing = full.shift() ?? filling
    if (writing === null) return
    if (writing === filling) filling = null
    const batch = writing
    append(batch).then(() => settle(batch, null), (thrown: unknown) => settle(batch, thrown instanceof Error ? thrown : new Error(messageOf(thrown))))
  }

  // Async, so that an appender that throws is like one that rejects.
  async function append (batch: Batch): Promise<void> {
    await appender.append(batch)
  }

  function settle (batch: FillingBatch, error: Error | null): void {
    writing = null
    if (error === null) {
      observer.written(batch.ends.length)
      batch.resolve()
    } else {
      observer.failed(batch.ends.length, error)
      batch.reject(error)
    }
    writeNext()
  }

  const batches = (): FillingBatch[] => [...(writing === null ? [] : [writing]), ...full, ...(filling === null ? [] : [filling])]

  async function flush (): Promise<void> {
    await Promise.all(batches().map(batch => batch.acknowledged))
  }

  return {
    accept,
    flush,
    waiting () {
      let lines = 0
      let bytes = 0
      for (const batch of batches()) {
        lines += batch.ends.length
        bytes += batch.size
      }
      return { lines, bytes }
    },
    async close () {
      while (batches().length > 0) await flush().catch(() => {})
      await appender.close()
    }
  }
}
