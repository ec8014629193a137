// Says the events of one call: in order, and in stretches between which the event loop goes
// on, so that a bulk call of thousands holds nobody up. Called by run.ts.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditEvent, AuditLogger } from '../contracts.js'
import { STRETCH } from '../trail/logger.js'
import { NOTHING_TO_WAIT_FOR, quiet } from '../trail/promises.js'

/** Events that have been said. Wrapped in an object so that awaiting them does not await the writing. */
export interface Said {
  /** Settles when all of them are acknowledged, or any cannot be. */
  readonly acknowledged: Promise<unknown>
}

/**
 * Says an event about each item. A promise only where there are so many that it takes several turns
 * of the event loop, which resolves when all have been said; whether they are written is in the result.
 */
export function say<T> (logger: Pick<AuditLogger, 'log' | 'logAll'>, items: readonly T[], toEvent: (item: T) => AuditEvent): Said | Promise<Said> {
  return items.length <= STRETCH ? { acknowledged: sayNow(logger, items, toEvent) } : sayInStretches(logger, items, toEvent)
}

async function sayInStretches<T> (logger: Pick<AuditLogger, 'log' | 'logAll'>, items: readonly T[], toEvent: (item: T) => AuditEvent): Promise<Said> {
  const stretches: Promise<void>[] = []
  for (let start = 0; start < items.length; start += STRETCH) {
    // Also before the first: the objects of the call have just been looked through.
    await nextTurn()
    stretches.push(sayNow(logger, items.slice(start, start + STRETCH), toEvent))
  }
  return { acknowledged: quiet(Promise.all(stretches)) }
}

/** Says all events at once, for callers that cannot wait. */
export function sayNow<T> (logger: Pick<AuditLogger, 'log' | 'logAll'>, items: readonly T[], toEvent: (item: T) => AuditEvent): Promise<void> {
  if (items.length === 0) return NOTHING_TO_WAIT_FOR
  return items.length === 1 ? logger.log(toEvent(items[0]!)) : logger.logAll(items.map((item) => toEvent(item)))
}
