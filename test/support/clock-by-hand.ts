// A clock that a test puts on: for what happens once in a minute. Timers of less than half a minute run
// as ever, so that what is really waited for goes on.
import type { Test } from 'tap'

const LONG = 30_000

export interface ClockByHand {
  /** How many long timers wait. */
  readonly waiting: number
  /** Puts the clock on and lets everything happen that was to happen by then. @param milliseconds how far */
  putOn (milliseconds: number): void
}

/** Until the end of the test `performance.now()` and long timers follow this clock. */
export function clockByHand (t: Pick<Test, 'teardown'>): ClockByHand {
  const { setTimeout, clearTimeout } = globalThis
  const now = performance.now.bind(performance)
  const late = new Map<unknown, { readonly at: number, readonly run: () => void }>()
  let ahead = 0
  performance.now = () => now() + ahead
  globalThis.setTimeout = ((run: () => void, milliseconds = 0) => {
    const timer = setTimeout(run, milliseconds)
    if (milliseconds >= LONG) late.set(timer, { at: performance.now() + milliseconds, run })
    return timer
  }) as typeof setTimeout
  globalThis.clearTimeout = timer => {
    late.delete(timer)
    clearTimeout(timer)
  }
  t.teardown(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout })
    performance.now = now
  })
  return {
    get waiting () { return late.size },
    putOn (milliseconds) {
      ahead += milliseconds
      for (const [timer, { at, run }] of late) {
        if (at > performance.now()) continue
        globalThis.clearTimeout(timer as NodeJS.Timeout)
        run()
      }
    }
  }
}
