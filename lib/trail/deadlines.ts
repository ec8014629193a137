// How long something has waited, in coarse steps: nothing on the way of an event reads a clock
// or sets a timer for it. Made by the trail; asked by it and by the delivery.

/** So many steps make up the time-out: it is kept to a twentieth, on the early side. */
const STEPS = 20
const SHORTEST_STEP = 5
const LONGEST_STEP = 500

export interface Deadlines {
  /** The present, to be asked about later. Starts the clock when it stands. */
  mark (): number
  /** Whether what was marked has waited for the time-out, or would have before the next step. */
  passed (mark: number): boolean
  /** Stops the clock. */
  stop (): void
}

/**
 * A clock that runs while something waits. It does not keep the process alive.
 *
 * @param timeout milliseconds
 * @param look called at each step; whether anything waits still
 */
export function createDeadlines (timeout: number, look: () => boolean): Deadlines {
  const step = Math.min(Math.max(timeout / STEPS, SHORTEST_STEP), LONGEST_STEP)
  let now = 0
  let idle = 0
  let timer: NodeJS.Timeout | null = null

  function tick (): void {
    now++
    idle = look() ? 0 : idle + 1
    // Under load something waits nearly always: the clock is not stopped and started at each batch.
    if (idle > STEPS) stop()
  }

  function stop (): void {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  return {
    mark () {
      timer ??= setInterval(tick, step).unref()
      return now
    },
    passed: (mark) => (now - mark + 1) * step > timeout,
    stop
  }
}
