// Promises that nobody has to wait for, and promises that the process has to. Used all over the trail.

/** For whoever asks and need not wait. One for all: each promise costs, most of all while somebody follows them. */
export const NOTHING_TO_WAIT_FOR: Promise<void> = Promise.resolve()

const ASYNC_FUNCTION: unknown = Object.getPrototypeOf(async () => {})

/** True for a function that says `async` of itself: asked for each call, so one of another realm is not looked for. */
export const isAsyncFunction = (value: object): boolean => Object.getPrototypeOf(value) === ASYNC_FUNCTION

/** The same promise; a rejection of it that nobody handles does not end the process: it has been counted and told. */
export function quiet<T> (promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** Runs what others have written: where it throws it is like one that rejects. */
export function attempt<T> (run: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(run())
  } catch (thrown) {
    return Promise.reject(thrown)
  }
}

/**
 * What a promise resolves to, when it does so within so many milliseconds. What it does later is nobody's business.
 *
 * @throws {Error} (as a rejection) it has not settled by then
 */
export async function inTime<T> (promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([promise, new Promise<never>((_resolve, reject) => { timer = setTimeout(reject, milliseconds, new Error('no answer in time')) })])
  } finally {
    clearTimeout(timer)
  }
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
