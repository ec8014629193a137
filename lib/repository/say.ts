// Says the events of one call: in order, and in stretches between which the event loop goes
// on, so that a bulk call of thousands holds nobody up. Called by run.ts.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditEvent, AuditLogger } from '../contracts.js'
import { STRETCH } from '../trail/logger.js'

/** Events that have been said. Wrapped in an object so that awaiting them does not await the writing. */
export interface Said {
  /** Settles when all of them are acknowledged, or any cannot be. */
  readonly acknowledged: Promise<unknown>
}

/** Says an event about each item. Resolves when all have been said; whether they are written is in the result. */
export async function say<T> (logger: Pick<AuditLogger, 'logAll'>, items: readonly T[], toEvent: (item: T) => AuditEvent): Promise<Said> {
  if (items.length <= STRETCH) return { acknowledged: sayNow(logger, items, toEvent) }
  const stretches: Promise<void>[] = []
  for (let start = 0; start < items.length; start += STRETCH) {
    // Also before the first: the objects of the call have just been looked through.
    await nextTurn()
    const acknowledged = sayNow(logger, items.slice(start, start + STRETCH), toEvent)
    // Rejecting while later stretches are being said is not unhandled: the promise below has it.
    acknowledged.catch(() => {})
    stretches.push(acknowledged)
  }
  return { acknowledged: Promise.all(stretches) }
}

/** Says all events at once, for callers that cannot wait. */
export function sayNow<T> (logger: Pick<AuditLogger, 'logAll'>, items: readonly T[], toEvent: (item: T) => AuditEvent): Promise<void> {
  return items.length === 0 ? Promise.resolve() : logger.logAll(items.map((item) => toEvent(item)))
}
