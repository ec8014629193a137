// How far the other side has a spool: written after each batch, so that it outlives the process
// and a loss of power. Where it is lost, or cannot be right, what is there is sent again; the other
// side knows events by their id. Used by slots.ts.
import { open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The other side has all before this. */
export interface Position {
  /** The number of a segment. */
  readonly segment: number
  /** A place in it, at the beginning of a line. Bytes. */
  readonly offset: number
}

const pathIn = (folder: string): string => join(folder, 'position')

/** The position in a folder; undefined where there is none that can be read. */
export async function readPosition (folder: string): Promise<Position | undefined> {
  try {
    const { segment, offset } = JSON.parse(await readFile(pathIn(folder), 'utf8')) as Position
    return Number.isSafeInteger(segment) && Number.isSafeInteger(offset) && segment > 0 && offset >= 0 ? { segment, offset } : undefined
  } catch {
    return undefined
  }
}

/** Replaces the position as a whole: at every moment the file holds the old one or the new. */
export async function writePosition (folder: string, { segment, offset }: Position): Promise<void> {
  const draft = `${pathIn(folder)}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify({ segment, offset })}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(draft, pathIn(folder))
}

/** Whether an offset is where a line of a file begins: whatever else stands in a position cannot be right. */
export async function isLineStart (path: string, offset: number): Promise<boolean> {
  if (offset === 0) return true
  if (offset > (await stat(path)).size) return false
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, offset - 1)
    return bytesRead === 1 && buffer[0] === 0x0a
  } finally {
    await handle.close()
  }
}
