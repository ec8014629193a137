// Reads lines of a segment, a bounded piece of it in each turn of the event loop. Called by
// slot-reader.ts.
import { open } from 'node:fs/promises'

/** What is read at once. Bytes. */
const CHUNK = 256 * 1024

export interface ReadLines {
  /** Whole lines, without their line feeds. */
  readonly lines: readonly string[]
  /** Where each of them ends: the offset after its line feed. */
  readonly ends: readonly number[]
  /** What stands behind the last line feed, where there is no further one; empty: nothing. */
  readonly torn: string
}

export interface LineLimits {
  readonly maxLines: number
  /** A single line that is longer is read all the same. */
  readonly maxBytes: number
}

/**
 * Reads lines from an offset on, at which a line begins.
 *
 * @param to how far to read: the size of the file, or of what may be read of it
 * @throws {Error} (as a rejection) of the operating system
 */
export async function readLines (path: string, from: number, to: number, { maxLines, maxBytes }: LineLimits): Promise<ReadLines> {
  const lines: string[] = []
  const ends: number[] = []
  /** Pieces of the line whose end has not been read yet: joined once, however many they are. */
  let pieces: Buffer[] = []
  let lineStart = from
  const handle = await open(path, 'r')
  try {
    for (let offset = from; offset < to;) {
      const length = Math.min(CHUNK, to - offset)
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
      if (bytesRead === 0) break
      let start = 0
      for (let at = buffer.indexOf(0x0a); at !== -1 && at < bytesRead; at = buffer.indexOf(0x0a, start)) {
        const end = offset + at + 1
        if (lines.length > 0 && (lines.length === maxLines || end - from > maxBytes)) return { lines, ends, torn: '' }
        lines.push(pieces.length === 0 ? buffer.toString('utf8', start, at) : Buffer.concat([...pieces, buffer.subarray(start, at)]).toString())
        ends.push(end)
        pieces = []
        lineStart = end
        start = at + 1
      }
      if (start < bytesRead) pieces.push(buffer.subarray(start, bytesRead))
      offset += bytesRead
      if (lines.length > 0 && offset - from > maxBytes) return { lines, ends, torn: '' }
    }
  } finally {
    await handle.close()
  }
  return { lines, ends, torn: lineStart < to ? Buffer.concat(pieces).toString() : '' }
}
