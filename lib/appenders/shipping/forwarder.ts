// Sends what is in the spool: what ended processes have left first, then what this one writes, in
// order, one batch at a time. Never stops but with the application. Made by appender.ts.
import type { ShippingStatus, Surroundings } from '../../contracts.js'
import { messageOf } from '../../layouts/plain.js'
import { createCounters } from './counters.js'
import type { DeadLetters } from './dead-letters.js'
import { dispatch, STOPPED } from './dispatch.js'
import { createGathering } from './gathering.js'
import type { Pauses } from './pauses.js'
import type { LineLimits } from './read-lines.js'
import type { Sender } from './sender.js'
import { createSlotReader, type Slot, type SlotReader, type SpooledBatch } from './slot-reader.js'
import type { AdoptedSlot } from './slots.js'

/** How often it is looked whether a process has ended and left something. Milliseconds. */
const LOOK_AROUND = 60_000
/** How often locks are touched. Milliseconds. */
const TOUCH = 1000
/** How long a sender may take to notice that it is to stop. Milliseconds. */
const PATIENCE = 1000

const TORN = 'half a line, which was never acknowledged: the process ended, or the disk was full, while it was written'

export interface ForwarderParts {
  readonly sender: () => Promise<Sender>
  readonly own: Slot
  /** Takes over what others have left, but for what is held already. */
  readonly adopt: () => Promise<readonly AdoptedSlot[]>
  readonly deadLetters: DeadLetters
  readonly limits: LineLimits
  readonly pauses: Pauses
  /** How long an event waits for others. Milliseconds. */
  readonly linger: number
  readonly surroundings: Pick<Surroundings, 'log' | 'now' | 'notice'>
}

export interface Forwarder {
  /** Events have come. @param time of the first */
  arrived (time: number): void
  /** Bytes of what others have left. */
  readonly adoptedBytes: number
  status (): ShippingStatus
  /** Sends what is left, for so many milliseconds at the most, then ends for good. Whether nothing is left. */
  close (timeout: number): Promise<boolean>
}

interface Adopted { readonly slot: AdoptedSlot, readonly reader: SlotReader }

export function startForwarder ({ sender, own, adopt, deadLetters, limits, pauses, linger, surroundings }: ForwarderParts): Forwarder {
  const { now, notice } = surroundings
  const counters = createCounters(surroundings)
  const ownReader = createSlotReader(own, limits, surroundings)
  const gathering = createGathering(() => ownReader.events, limits.maxLines, linger)
  const stopping = new AbortController()
  let adopted: readonly Adopted[] = []
  let oldest: number | null = null
  let isClosing = false
  let lookAroundAt = -Infinity

  const dispatchParts = {
    sender,
    signal: stopping.signal,
    pauses,
    observer: {
      delivered: counters.delivered,
      failed: counters.failed,
      recovered: counters.recovered,
      async rejected (letters: Parameters<DeadLetters['keep']>[0]) {
        await deadLetters.keep(letters)
        counters.rejectedEvents(letters.length, letters[0]!.reason)
      }
    }
  }

  async function lookAround (): Promise<void> {
    if (isClosing || performance.now() < lookAroundAt) return
    lookAroundAt = performance.now() + LOOK_AROUND
    await deadLetters.look()
    const found = await adopt()
    // They are somebody else's to send.
    if (isClosing) await Promise.all(found.map(slot => slot.release()))
    else adopted = [...adopted, ...found.map(slot => ({ slot, reader: createSlotReader(slot, limits, surroundings) }))]
  }

  async function nextBatch (): Promise<{ readonly reader: SlotReader, readonly batch: SpooledBatch } | null> {
    for (const one of adopted) {
      const batch = await one.reader.next()
      if (batch !== null) return { reader: one.reader, batch }
      adopted = adopted.filter(other => other !== one)
      await one.slot.release()
    }
    await gathering.gathered()
    const batch = await ownReader.next()
    return batch === null ? null : { reader: ownReader, batch }
  }

  async function ship (reader: SlotReader, batch: SpooledBatch): Promise<void> {
    const { events, torn } = batch
    oldest = events[0]?.time ?? oldest
    if (torn !== '') {
      notice({ what: 'line_torn', path: reader.slot.folder, bytes: Buffer.byteLength(torn) })
      await deadLetters.keep([{ event: { id: '', time: now(), line: torn }, reason: TORN }])
    }
    await dispatch(events, dispatchParts)
    await reader.acknowledge(batch)
    oldest = backlog() === 0 ? null : events.at(-1)?.time ?? oldest
  }

  /** One step: a batch, or waiting for one. False when there is nothing more to do. */
  async function step (): Promise<boolean> {
    await lookAround()
    const found = await nextBatch()
    if (found !== null) await ship(found.reader, found.batch)
    else if (isClosing) return false
    else await gathering.some(Math.max(0, lookAroundAt - performance.now()))
    return true
  }

  async function run (): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (!await step()) return
      } catch (error) {
        if (error === STOPPED) return
        // Of the disk: a segment that cannot be read, dead letters that cannot be written.
        counters.failed(error instanceof Error ? error : new Error(messageOf(error)))
        await pauses.wait()
      }
    }
  }

  const readers = (): SlotReader[] => [...adopted.map(({ reader }) => reader), ownReader]
  const backlog = (): number => readers().reduce((sum, { events }) => sum + events, 0)
  const touching = setInterval(() => { for (const { slot } of adopted) slot.touch() }, TOUCH).unref()
  const ended = run()

  return {
    arrived (time) {
      oldest ??= time
      gathering.came()
    },
    get adoptedBytes () { return adopted.reduce((sum, { reader }) => sum + reader.bytes, 0) },
    status () {
      const events = backlog()
      const { sent, rejected, retries, lastError } = counters
      return { backlog: events, backlogBytes: readers().reduce((sum, { bytes }) => sum + bytes, 0), oldestAge: events === 0 || oldest === null ? 0 : Math.max(0, now() - oldest), sent, rejected, retries, lastError }
    },
    async close (timeout) {
      isClosing = true
      gathering.end()
      pauses.hurry()
      await within(timeout, ended)
      stopping.abort()
      pauses.hurry()
      await within(PATIENCE, ended)
      clearInterval(touching)
      await Promise.all(adopted.map(({ slot }) => slot.release()))
      return ownReader.events === 0
    }
  }
}

/** Waits, but not for longer, and keeps the process alive meanwhile. */
export async function within (milliseconds: number, done: Promise<unknown> | null | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([done, new Promise(resolve => { timer = setTimeout(resolve, milliseconds) })])
  clearTimeout(timer)
}
