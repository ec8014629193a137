// Events that the other side will never take, with the reason: kept in a file beside the spool, so
// that they stop nobody and are not lost. Written by forwarder.ts.
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../open-file.js'
import { isLineStart } from './position.js'
import type { ShippedEvent } from './sender.js'

/** An event, and why it is not taken. */
export interface DeadLetter {
  readonly event: ShippedEvent
  readonly reason: string
}

/** Nobody's answer is worth more. Characters. */
const LONGEST_REASON = 1000

export interface DeadLetters {
  /** How large the file is. Bytes. Counts for `spool.max_bytes`. */
  readonly bytes: number
  /**
   * Appends; the disk has them when it resolves.
   *
   * @throws {Error} (as a rejection) of the operating system: none of them counts as kept
   */
  keep (letters: readonly DeadLetter[]): Promise<void>
  /** Asks anew how large the file is: who has seen to its content moves it away. */
  look (): Promise<void>
}

/** @param folder of the spool: all processes append to the same file in it */
export function createDeadLetters (folder: string, now: () => number): DeadLetters {
  const path = join(folder, 'dead-letters.ndjson')
  let bytes = 0
  async function look (): Promise<void> {
    bytes = (await stat(path).catch(() => undefined))?.size ?? 0
  }
  return {
    get bytes () { return bytes },
    look,
    async keep (letters) {
      const time = new Date(now()).toISOString()
      await makeFolder(folder, false)
      const handle = await open(path, 'a', 0o600)
      try {
        await look()
        // A full disk may have left half a line. One write for all: those of other processes stand before or after it.
        const start = await isLineStart(path, bytes) ? '' : '\n'
        await handle.appendFile(start + letters.map(letter => letterLine(letter, time)).join(''))
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await look()
    }
  }
}

function letterLine ({ event: { id, line }, reason }: DeadLetter, time: string): string {
  return `{"@timestamp":${JSON.stringify(time)},"reason":${JSON.stringify(reason.slice(0, LONGEST_REASON))},"id":${JSON.stringify(id)},"event":${asJson(line)}}\n`
}

/** A line of the json layout as it stands; any other, or half of one, as a text. */
function asJson (line: string): string {
  try {
    JSON.parse(line)
    return line
  } catch {
    return JSON.stringify(line)
  }
}
