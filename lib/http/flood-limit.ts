// A bound on events that whoever can open connections can cause: so many in a second. What is
// left out is counted, and the count is told. Called by security.ts.
import type { AuditEvent } from '../contracts.js'

export interface FloodLimit {
  /** Says an event, or leaves it out when there were too many within a second. */
  readonly say: (event: AuditEvent) => void
  /** Tells of what was left out so far, without waiting for the end of its second. */
  readonly tell: () => void
}

/** One second, in milliseconds. */
const WINDOW = 1000

/**
 * Passes on the first `perSecond` events of each second. Of those that come after them the last is
 * said when the second is over, with the number of the others as `labels.left_out_events`.
 *
 * @param now milliseconds of a clock that nobody sets
 */
export function limitFloods (perSecond: number, say: (event: AuditEvent) => void, now: () => number = () => performance.now()): FloodLimit {
  let endsAt = -Infinity
  let passed = 0
  let leftOut = 0
  let last: AuditEvent | null = null
  let timer: NodeJS.Timeout | undefined

  function tell (): void {
    clearTimeout(timer)
    timer = undefined
    if (last === null) return
    const event = leftOut === 0 ? last : { ...last, labels: { ...last.labels, left_out_events: leftOut } }
    last = null
    leftOut = 0
    say(event)
  }

  return {
    tell,
    say (event) {
      const time = now()
      if (time >= endsAt) {
        // The timer may be late: in a flood there is much to do.
        tell()
        endsAt = time + WINDOW
        passed = 0
      }
      if (passed < perSecond) {
        passed++
        say(event)
        return
      }
      if (last !== null) leftOut++
      last = event
      timer ??= setTimeout(tell, endsAt - time).unref()
    }
  }
}
