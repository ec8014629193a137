// The lines that wait to be written, as batches, in order and counted. Driven by delivery.ts.
import { MAX_BYTES_PER_UNIT } from '../layouts/quote.js'
import { QueuedBatch } from './batch.js'

/** A queue of lines, bounded in bytes. */
export class LineQueue {
  readonly #maxBytes: number
  /** Batches that take no more lines. */
  readonly #sealed: QueuedBatch[] = []
  #filling: QueuedBatch | null = null
  #lines = 0
  /** Those of all batches but the one that is filling. */
  #sealedBytes = 0
  #added = 0

  /** @param maxBytes how many bytes may wait; a single line that is longer may wait alone */
  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Lines that are not written, those under way included. */
  get lines (): number { return this.#lines }
  get bytes (): number { return this.#sealedBytes + (this.#filling?.bytes ?? 0) }
  /** Lines that have come since the start. */
  get added (): number { return this.#added }
  /** Lines that have gone since the start. */
  get left (): number { return this.#added - this.#lines }

  hasRoom (bytes: number): boolean {
    const waiting = this.bytes
    return waiting === 0 || waiting + bytes <= this.#maxBytes
  }

  /** `hasRoom`, for a line whose bytes are counted only when it comes near. */
  hasRoomFor (line: string): boolean {
    const atMost = this.#sealedBytes + (this.#filling?.bytesAtMost ?? 0) + line.length * MAX_BYTES_PER_UNIT
    return atMost <= this.#maxBytes || this.hasRoom(Buffer.byteLength(line))
  }

  /** Adds a line; `mark` gives a new batch its time. Returns the batch that it goes out in. */
  add (line: string, time: number, kind: number, mark: () => number): QueuedBatch {
    let batch = this.#filling
    if (batch === null || !batch.fits(line)) {
      const next = QueuedBatch.after(batch, line, mark())
      this.seal()
      this.#filling = batch = next
    }
    batch.add(line, time, kind)
    this.#lines++
    this.#added++
    return batch
  }

  /** What comes from now on goes out in another batch. */
  seal (): void {
    if (this.#filling === null) return
    this.#sealedBytes += this.#filling.bytes
    this.#sealed.push(this.#filling)
    this.#filling = null
  }

  /** Takes the oldest batch out, to be written. Its lines count until `wrote` says that they are. */
  take (): QueuedBatch | undefined {
    if (this.#sealed.length === 0) this.seal()
    return this.#sealed.shift()
  }

  /** Puts a batch back in front. */
  putBack (batch: QueuedBatch): void {
    this.#sealed.unshift(batch)
  }

  /** So many lines at the head of a batch that takes no more are written. */
  wrote (batch: QueuedBatch, lines: number): void {
    const before = batch.bytes
    batch.drop(lines)
    this.#sealedBytes -= before - batch.bytes
    this.#lines -= lines
  }

  /** All batches that wait, oldest first. */
  batches (): QueuedBatch[] {
    return this.#filling === null ? [...this.#sealed] : [...this.#sealed, this.#filling]
  }

  /** Forgets everything. */
  clear (): void {
    this.#sealed.length = 0
    this.#filling = null
    this.#lines = 0
    this.#sealedBytes = 0
  }
}
