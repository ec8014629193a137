// Waiting until what has been accepted is written: `flush()` and `close()`. Part of delivery.ts.
import { AUDIT_ERR_TIMEOUT } from '../errors.js'
import type { Deadlines } from './deadlines.js'
import { quiet } from './promises.js'
import type { LineQueue } from './queue.js'

interface Waiter {
  /** So many lines have to have left the queue. */
  readonly target: number
  readonly since: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export interface Drain {
  /**
   * Resolves when what is in the queue now has left it.
   *
   * @throws {AUDIT_ERR_TIMEOUT} (as a rejection) it has not within the time-out; or why it cannot be written
   */
  empty (): Promise<void>
  /** Settles those whose time has come. Called whenever lines have left, and at each step of the clock. */
  look (failure: Error | null): void
}

export function createDrain (queue: Pick<LineQueue, 'lines' | 'added' | 'left'>, deadlines: Deadlines): Drain {
  const waiters = new Set<Waiter>()
  return {
    empty () {
      if (queue.lines === 0) return Promise.resolve()
      return quiet(new Promise((resolve, reject) => { waiters.add({ target: queue.added, since: deadlines.mark(), resolve, reject }) }))
    },
    look (failure) {
      for (const waiter of waiters) {
        if (queue.left >= waiter.target) waiter.resolve()
        else if (deadlines.passed(waiter.since)) waiter.reject(failure ?? new AUDIT_ERR_TIMEOUT('the audit log has not been written within queue.timeout'))
        else continue
        waiters.delete(waiter)
      }
    }
  }
}
