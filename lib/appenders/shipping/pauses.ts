// How long to wait before the other side is asked again: twice as long each time, less up to a half
// by chance, so that a thousand processes that have lost the same server do not come back in the
// same moment. Used by forwarder.ts.

export interface Pauses {
  /** Waits for as long as it is time to. `atLeast`: what the other side has asked for, milliseconds. Never rejects. */
  wait (atLeast?: number): Promise<void>
  /** It has answered as it should: the next pause is a short one again. */
  reset (): void
  /** Ends the pause that is under way. */
  hurry (): void
}

/** Nobody may keep us waiting for longer, by mistake or not. Milliseconds. */
const LONGEST = 60 * 60 * 1000

/**
 * @param init the first pause, milliseconds
 * @param max the longest, milliseconds
 * @param random between 0 and 1
 */
export function createPauses (init: number, max: number, random: () => number = Math.random): Pauses {
  let next = init
  let end: (() => void) | null = null
  return {
    wait (atLeast = 0) {
      const pause = Math.max(Math.min(next, max) * (1 - random() / 2), Math.min(atLeast, LONGEST))
      next = Math.min(next * 2, max)
      return new Promise(resolve => {
        const timer = setTimeout(done, pause).unref()
        end = done
        function done (): void {
          clearTimeout(timer)
          end = null
          resolve()
        }
      })
    },
    reset () { next = init },
    hurry () { end?.() }
  }
}
