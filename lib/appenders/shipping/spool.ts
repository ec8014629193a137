// The spool of this process: an appender that writes lines to numbered files, with the writer of
// the file appenders, so that what holds for a file holds for it. What it has taken is
// acknowledged; the forwarder reads it from here. Made by appender.ts.
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Appender, Batch, Surroundings, WriteFailure } from '../../contracts.js'
import { AUDIT_ERR_SPOOL_FULL } from '../../errors.js'
import { type Progress, writeLines } from '../file-writer.js'
import { keepFile } from '../kept-file.js'
import { createKeptFileAppender } from '../kept-file-appender.js'
import type { OpenFile } from '../open-file.js'
import { createSizeLimit } from '../rolling/size-limit.js'
import { type Segment, segmentPath } from './segments.js'
import type { Slot } from './slot-reader.js'

/** How large a segment is at the most: what is deleted at once when the other side has it. Bytes. */
const LARGEST_SEGMENT = 16 * 1024 * 1024
/** A spool consists of so many segments at least, so that the oldest can go before all is sent. */
const SEGMENTS = 8

export interface SpoolParts {
  /** Absolute; of this process alone. */
  readonly folder: string
  /** Where its path was set, for errors. */
  readonly setting: string
  readonly surroundings: Pick<Surroundings, 'log' | 'durability' | 'mayOpenLater' | 'notice'>
  /** `spool.max_bytes`. */
  readonly maxBytes: number
  /** What else counts for it: spools that others have left, dead letters. Bytes. */
  readonly otherBytes: () => number
  /** Told when events have come, with the time of the first. */
  readonly arrived: (time: number) => void
}

export interface Spool {
  readonly appender: Appender
  readonly slot: Slot
}

interface OwnSegment extends Segment {
  readonly file: OpenFile
  readable: number
  readableLines: number
  written: number
  isSealed: boolean
}

/**
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) its first file cannot be opened
 */
export async function openSpool ({ folder, setting, surroundings, maxBytes, otherBytes, arrived }: SpoolParts): Promise<Spool> {
  const firstLineAfterRoll = createSizeLimit({ type: 'size-limit', size: `${Math.max(1, Math.min(LARGEST_SEGMENT, Math.floor(maxBytes / SEGMENTS)))}b` })
  const segments: OwnSegment[] = []
  let lastNumber = 0
  /** Lines of the append that is under way, and how many of them have been counted. */
  let underWay = 0
  let counted = 0

  const kept = await keepFile({
    path: join(folder, 'spool'),
    nextPath: () => segmentPath(folder, ++lastNumber),
    setting,
    surroundings,
    async opened (file) {
      const live = segments.at(-1)
      if (live !== undefined) live.isSealed = true
      segments.push(segmentOf(file, lastNumber))
    }
  })

  function segmentOf (file: OpenFile, number: number): OwnSegment {
    return {
      number,
      path: file.path,
      file,
      readable: 0,
      readableLines: 0,
      written: 0,
      isSealed: false,
      get size () { return this.isSealed ? file.size : this.readable },
      // Never more than may be read: a reader that is told of them would look for them again and again.
      get lines () { return this.isSealed ? this.written : this.readableLines }
    }
  }

  const ownBytes = (): number => segments.reduce((sum, { file }) => sum + file.size, 0)

  /** How many lines of a batch, counted from its first, may be written now. */
  function linesWithRoom ({ ends }: Batch, from: number): number {
    const own = ownBytes()
    const before = from === 0 ? 0 : ends[from - 1]!
    const room = maxBytes - own - otherBytes()
    if (ends.length > 0 && ends.at(-1)! - before <= room) return ends.length
    let to = from
    while (to < ends.length && ends[to]! - before <= room) to++
    // A line that is larger than all of the spool would otherwise stop everything for good.
    return own === 0 ? Math.max(to, from + 1) : to
  }

  async function write (progress: Progress): Promise<void> {
    const { batch } = progress
    const lines = batch.ends.length
    // Half a line stands at the end of a file, where its reader finds it.
    if (kept.current!.tornBytes > 0) await roll()
    let mayRoll = true
    while (progress.lines < lines && !progress.isTakenOver) {
      const fits = mayRoll ? firstLineAfterRoll(batch, progress.lines, kept.current!.size) : lines
      const to = Math.min(fits, linesWithRoom(batch, progress.lines))
      const live = segments.at(-1)!
      const before = progress.lines
      try {
        await writeLines(live.file, progress, to, kept.isDurable)
      } finally {
        if (!progress.isTakenOver) count(live, progress.lines - before)
      }
      if (to < fits) throw new AUDIT_ERR_SPOOL_FULL(`${setting}: ${ownBytes() + otherBytes()} bytes wait to be sent already, of ${maxBytes} (spool.max_bytes)`)
      // Where no new file can be made, the one that is there is better than none.
      if (to < lines) mayRoll = await roll().then(() => true, () => false)
    }
  }

  function count (segment: OwnSegment, lines: number): void {
    segment.written += lines
    counted += lines
  }

  // Nothing is renamed: the next file has another name.
  const roll = (): Promise<void> => kept.roll(async () => {}, async () => {})

  const files = createKeptFileAppender(kept, write)

  /** What has been written may be read now: nothing of it is cut off any more. */
  function settled (lines: number, { times }: Batch): void {
    underWay = counted = 0
    const live = segments.at(-1)
    if (live !== undefined) {
      live.readable = live.file.size - live.file.tornBytes
      live.readableLines = live.written
    }
    if (lines > 0) arrived(times[0]!)
  }

  const appender: Appender = {
    async append (batch) {
      underWay = batch.ends.length
      counted = 0
      try {
        await files.append(batch)
        settled(batch.ends.length, batch)
      } catch (error) {
        settled((error as WriteFailure).linesWritten ?? 0, batch)
        throw error
      }
    },
    appendNow (batches) {
      const written = files.appendNow!(batches)
      const live = segments.at(-1)
      if (live !== undefined) {
        live.written += Math.max(0, written - underWay)
        count(live, Math.min(written, underWay) - counted)
      }
      return written
    },
    reopen: files.reopen!,
    close: files.close
  }

  return {
    appender,
    slot: {
      folder,
      segments,
      start: { segment: 1, offset: 0, lines: 0 },
      async dropFirst () {
        const [first] = segments
        if (first === undefined || !first.isSealed) return
        segments.shift()
        await unlink(first.path).catch(() => {})
      }
    }
  }
}
