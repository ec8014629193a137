// How every appender ends: nothing is taken any more, what is under way is waited for, then it
// is closed, once. Called by the appenders, which say how to write and what to give back.
import type { Appender, Batch } from '../contracts.js'
import { AUDIT_ERR_CLOSED } from '../errors.js'

/**
 * An appender that writes by `write` and, when it is closed, gives back by `release`. After the
 * close `append` rejects with `AUDIT_ERR_CLOSED`; a second close does nothing.
 */
export function createClosable (write: (batch: Batch) => Promise<void>, release: () => Promise<void>): Appender {
  let closed = false
  let lastAppend = Promise.resolve()
  return {
    append (batch) {
      if (closed) return Promise.reject(new AUDIT_ERR_CLOSED())
      lastAppend = write(batch)
      return lastAppend
    },
    async close () {
      if (closed) return
      closed = true
      await Promise.allSettled([lastAppend])
      await release()
    }
  }
}
