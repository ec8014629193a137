// `event.id`: what an event is called wherever it goes, so that whoever gets it twice keeps it
// once. UUIDs of version 7 (RFC 9562): they sort by time. Made by the trail, one for each event.
import { randomBytes } from 'node:crypto'
import { joined } from '../layouts/quote.js'

/** Makes the id of the next event, which was said at `time` (milliseconds since the epoch). */
export type NextEventId = (time: number) => string

/** So many ids differ in three hexadecimal digits alone. */
const STEP = 4096
/** What counts the steps within a millisecond has 14 bits: `rand_a`, and what is left of the first group of `rand_b`. */
const MAX_STEPS = 1 << 14

/**
 * Makes ids that ascend strictly, as texts and as numbers: by the millisecond, within it by a
 * counter of 26 bits (RFC 9562, section 6.2, method 1), which goes on in the next millisecond when
 * it is full. A time that is not later than the one before, because the clock was set back or the
 * event had to wait, takes the next number of the latest millisecond. The last 48 bits are random,
 * drawn once: they are what two processes differ by.
 *
 * A tenth of `randomUUID()`'s price: nearly always only the counter is new.
 *
 * @param steps how many times 4096 ids a millisecond has; a power of two. All that there are, but for a test
 */
export function createEventIds (steps = MAX_STEPS): NextEventId {
  const random = randomBytes(8)
  const tail = '-' + random.toString('hex', 0, 6)
  /** What comes after the head: an id is two pieces, for whoever makes a line of them. */
  const endings = Array.from({ length: STEP }, (_, number) => joined(hex(number, 3) + tail))
  /** Where the counter of a millisecond begins: half of its range at the most, so that there is room to count. */
  const firstStep = random.readUInt16BE(6) % (steps / 2)
  let last = 0
  let step = firstStep
  let next = 0
  let head = headOf(last, step)

  function moveOn (time: number): void {
    next = 0
    if (time >= last + 1) {
      last = Math.floor(time)
      step = firstStep
    } else if (++step === steps) {
      last++
      step = 0
    }
    head = headOf(last, step)
  }

  return function nextEventId (time) {
    if (time >= last + 1 || next === STEP) moveOn(time)
    return head + endings[next++]!
  }
}

/** An id that these functions may have made. */
export const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')

/** All that stands before the last three digits of the counter. */
function headOf (time: number, step: number): string {
  const milliseconds = hex(time, 12)
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${hex(step >> 2, 3)}-${hex(8 | step & 3, 1)}`
}
