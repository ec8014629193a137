// Waiting for events to send, and for others to send them with. Part of forwarder.ts.

export interface Gathering {
  /** Events have come. */
  came (): void
  /** Resolves when there is something to send, after so many milliseconds at the latest. */
  some (atMost: number): Promise<void>
  /** Resolves when the events that there are have waited for others as long as they should, or are enough. */
  gathered (): Promise<void>
  /** Nobody waits any longer. */
  end (): void
}

/**
 * @param waiting how many events there are to send
 * @param enough so many are not kept waiting
 * @param linger how long an event waits for others, milliseconds
 */
export function createGathering (waiting: () => number, enough: number, linger: number): Gathering {
  /** When the first of those came that wait now. */
  let since: number | null = null
  let hasEnded = false
  let wake: { readonly at: number, readonly done: () => void } | null = null

  /** Waits until so many events are there. */
  function until (events: number, atMost: number): Promise<void> {
    if (hasEnded || atMost <= 0 || waiting() >= events) return Promise.resolve()
    return new Promise(resolve => {
      const timer = setTimeout(done, atMost).unref()
      wake = { at: events, done }
      function done (): void {
        clearTimeout(timer)
        wake = null
        resolve()
      }
    })
  }

  return {
    came () {
      since ??= performance.now()
      if (wake !== null && waiting() >= wake.at) wake.done()
    },
    some: atMost => until(1, atMost),
    async gathered () {
      if (waiting() > 0) await until(enough, linger - (performance.now() - (since ?? -Infinity)))
      // What is left when enough has been taken waits for others from now on.
      since = waiting() > enough ? performance.now() : null
    },
    end () {
      hasEnded = true
      wake?.done()
    }
  }
}
