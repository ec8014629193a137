// Reads the events of one spool in their order, batch after batch, and keeps account of what the
// other side has. Used by forwarder.ts, for the process's own spool and for those that others have left.
import { basename } from 'node:path'
import type { Surroundings } from '../../contracts.js'
import { shippedEvent } from './event-facts.js'
import { type Position, writePosition } from './position.js'
import { type LineLimits, readLines } from './read-lines.js'
import type { Segment } from './segments.js'
import type { ShippedEvent } from './sender.js'

/** A spool, as who reads it sees it. */
export interface Slot {
  readonly folder: string
  /** Oldest first; new ones come at the end. */
  readonly segments: readonly Segment[]
  /** Where to begin. */
  readonly start: Position & {
    /** Lines before it, in its segment. */
    readonly lines: number
  }
  /** Deletes the oldest segment. */
  dropFirst (): Promise<void>
}

export interface SpooledBatch {
  readonly events: readonly ShippedEvent[]
  /** Half a line that a crash has left behind them: never acknowledged. Empty: none. */
  readonly torn: string
  readonly end: Position
}

export interface SlotReader {
  readonly slot: Slot
  /** Events that the other side does not have. */
  readonly events: number
  readonly bytes: number
  /** The next events; null when there are none at the moment. The same again until they are acknowledged. */
  next (): Promise<SpooledBatch | null>
  /** The other side has them, or will never take them. */
  acknowledge (batch: SpooledBatch): Promise<void>
}

export function createSlotReader (slot: Slot, limits: LineLimits, { log, now, notice }: Pick<Surroundings, 'log' | 'now' | 'notice'>): SlotReader {
  const name = basename(slot.folder)
  let { segment: segmentNumber, offset, lines: linesDone } = slot.start
  let positionIsFailing = false

  /** Where reading goes on in a segment: at its start, if it is another than before. */
  function enter (segment: Segment): void {
    if (segment.number === segmentNumber) return
    segmentNumber = segment.number
    offset = linesDone = 0
  }

  async function next (): Promise<SpooledBatch | null> {
    for (;;) {
      const [segment] = slot.segments
      if (segment === undefined) return null
      enter(segment)
      // Asked before its size: what is sealed in between has grown.
      const { isSealed, size } = segment
      if (offset < size) {
        const batch = await read(segment, size, isSealed)
        if (batch !== null) return batch
      }
      if (!isSealed) return null
      await slot.dropFirst()
    }
  }

  async function read (segment: Segment, size: number, isSealed: boolean): Promise<SpooledBatch | null> {
    try {
      const { lines, ends, torn: rest } = await readLines(segment.path, offset, size, limits)
      // Of one that is being written it may yet become a line.
      const torn = isSealed ? rest : ''
      if (lines.length === 0 && torn === '') return null
      const events = lines.map((line, index) => shippedEvent(line, `${name}/${segment.number}:${ends[index]!}`, now()))
      return { events, torn, end: { segment: segment.number, offset: torn === '' ? ends.at(-1)! : size } }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      const { path, lines } = segment
      log.error({ path, events: lines - linesDone }, 'fastify-audit: a file of the spool has been deleted by somebody else, with events that had not been sent')
      notice({ what: 'file_changed', path, change: 'deleted' })
      // One that is being written stays the first: it is not to be looked for, and told of, again and again.
      offset = size
      linesDone = lines
      return null
    }
  }

  async function acknowledge ({ events, end }: SpooledBatch): Promise<void> {
    offset = end.offset
    linesDone += events.length
    await writePosition(slot.folder, end).then(() => { positionIsFailing = false }, (error: Error) => {
      if (!positionIsFailing) log.warn({ err: error, path: slot.folder }, 'fastify-audit: how far the spool has been sent cannot be noted. Events that have been sent are sent again after a restart')
      positionIsFailing = true
    })
    const [segment] = slot.segments
    if (segment !== undefined && segment.number === end.segment && segment.isSealed && offset >= segment.size) await slot.dropFirst()
  }

  const isEntered = (): boolean => slot.segments[0]?.number === segmentNumber
  return {
    slot,
    next,
    acknowledge,
    get events () { return slot.segments.reduce((sum, { lines }) => sum + lines, 0) - (isEntered() ? linesDone : 0) },
    get bytes () { return slot.segments.reduce((sum, { size }) => sum + size, 0) - (isEntered() ? offset : 0) }
  }
}
