// Promises that nobody has to wait for. Used all over the trail.

/** The same promise; a rejection of it that nobody handles does not end the process: it has been counted and told. */
export function quiet<T> (promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
