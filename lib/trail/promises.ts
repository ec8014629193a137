// Promises that nobody has to wait for, and promises that the process has to. Used all over the trail.

/** For whoever asks and need not wait. One for all: each promise costs, most of all while somebody follows them. */
export const NOTHING_TO_WAIT_FOR: Promise<void> = Promise.resolve()

/** The same promise; a rejection of it that nobody handles does not end the process: it has been counted and told. */
export function quiet<T> (promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** The same, and the process stays alive until it has settled: timers of the trail alone do not keep it. */
export async function keepingAlive<T> (promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 60_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
