// The folders of a spool: one for each process, so that nobody writes or reads where somebody else
// does. What a process leaves behind that has ended is adopted by another. Used by forwarder.ts.
import { randomBytes } from 'node:crypto'
import { readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { OperationalLog } from '../../contracts.js'
import { type FileLock, takeLock } from '../file-lock.js'
import { isLineStart, readPosition } from './position.js'
import { countLines, findSegments, type Segment } from './segments.js'
import type { Slot } from './slot-reader.js'

/** A folder without events may belong to a process that is just starting. After so many milliseconds it does not. */
const STARTING = 60_000

/** How long to wait for somebody who looks into a folder, and how often. Milliseconds. */
const TURN = 20
const ATTEMPTS = 10

const NAME = /^\d{8}T\d{9}Z-\d+-[0-9a-f]{8}$/

/** A name for the folder of this process: those of earlier ones sort before it. @param now milliseconds since the epoch */
export function newSlotName (now: number): string {
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${process.pid}-${randomBytes(4).toString('hex')}`
}

/** The spool of a process that has ended; nobody else sends it as long as it is held. */
export interface AdoptedSlot extends Slot {
  /** Shows to other machines that it is held. To be called once a second. */
  touch (): Promise<void>
  /** Lets go of it, and removes it where nothing is left in it. */
  release (): Promise<void>
}

/**
 * Takes over what processes have left behind that have ended, oldest first.
 *
 * @param root the folder of the spool
 * @param own names that are not looked at
 */
export async function adoptSlots (root: string, own: ReadonlySet<string>, log: OperationalLog): Promise<AdoptedSlot[]> {
  const names = await readdir(root).catch(() => [])
  const adopted = await Promise.all(names.filter(name => NAME.test(name) && !own.has(name)).sort().map(name => adopt(join(root, name), log)))
  return adopted.filter(slot => slot !== null)
}

async function adopt (folder: string, log: OperationalLog): Promise<AdoptedSlot | null> {
  let lock: FileLock | undefined
  try {
    const isStarting = (await findNames(folder)).length === 0 && Date.now() - (await stat(folder)).mtimeMs < STARTING
    if (isStarting) return null
    lock = await takeLock(join(folder, 'spool'), folder, log)
    return await adoptedSlot(folder, lock)
  } catch {
    // It is somebody's, or he has just removed it.
    await lock?.release()
    return null
  }
}

const findNames = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(name => name.endsWith('.ndjson'))

async function adoptedSlot (folder: string, lock: FileLock): Promise<AdoptedSlot> {
  const position = await readPosition(folder) ?? { segment: 1, offset: 0 }
  const segments: Segment[] = await findSegments(folder)
  // Who was killed between noting the position and deleting what is before it has left that.
  while (segments.length > 0 && segments[0]!.number < position.segment) await dropFirst()

  async function dropFirst (): Promise<void> {
    await unlink(segments.shift()!.path).catch(() => {})
  }

  const [first] = segments
  const isRight = first !== undefined && first.number === position.segment && await isLineStart(first.path, position.offset)
  return {
    folder,
    segments,
    start: isRight ? { ...position, lines: await countLines(first.path, 0, position.offset) } : { segment: first?.number ?? 1, offset: 0, lines: 0 },
    dropFirst,
    touch: lock.touch,
    async release () {
      if (segments.length === 0) await emptySlot(folder)
      await lock.release()
      if (segments.length === 0) await removeSlot(folder)
    }
  }
}

/** Removes all that a spool leaves when everything in it has been sent, but its lock. */
async function emptySlot (folder: string): Promise<void> {
  for (const name of [...await findNames(folder).catch(() => []), 'position', 'position.new']) await unlink(join(folder, name)).catch(() => {})
}

/** Removes the folder of a spool in which there is nothing left to send, and whose lock has been released. */
export async function removeSlot (folder: string): Promise<void> {
  await emptySlot(folder)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return await rmdir(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') return
      // Somebody is just looking whether it is held.
      await wait(TURN)
    }
  }
}
