// The files that a spool consists of: numbered, written in order, deleted in order. Used by
// spool.ts, which writes them, and slots.ts, which finds those of earlier processes.
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of a spool, as who reads it sees it. */
export interface Segment {
  readonly number: number
  readonly path: string
  /** So many of its bytes may be read: what is beyond is being written. */
  readonly size: number
  /** Lines in these. */
  readonly lines: number
  /** True when nothing more will be written to it. */
  readonly isSealed: boolean
}

const NAME = /^(\d{12})\.ndjson$/

/** Bytes that are looked at in one turn of the event loop. */
const CHUNK = 256 * 1024

export function segmentPath (folder: string, number: number): string {
  return join(folder, `${String(number).padStart(12, '0')}.ndjson`)
}

/** The segments in the folder of a process that has ended, oldest first, with their lines counted. */
export async function findSegments (folder: string): Promise<Segment[]> {
  const numbers = (await readdir(folder)).map(name => Number(NAME.exec(name)?.[1] ?? 0)).filter(number => number > 0)
  const segments: Segment[] = []
  for (const number of numbers.sort((one, other) => one - other)) {
    const path = segmentPath(folder, number)
    const { size } = await stat(path)
    segments.push({ number, path, size, lines: await countLines(path, 0, size), isSealed: true })
  }
  return segments
}

/** How many line feeds stand between two offsets. */
export async function countLines (path: string, from: number, to: number): Promise<number> {
  const handle = await open(path, 'r')
  const chunk = Buffer.allocUnsafeSlow(CHUNK)
  let lines = 0
  try {
    for (let offset = from; offset < to;) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(CHUNK, to - offset), offset)
      if (bytesRead === 0) break
      for (let at = chunk.indexOf(0x0a); at !== -1 && at < bytesRead; at = chunk.indexOf(0x0a, at + 1)) lines++
      offset += bytesRead
    }
  } finally {
    await handle.close()
  }
  return lines
}
