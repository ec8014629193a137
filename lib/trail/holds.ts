// Events that have been said and cannot be recorded yet, because the user, session or space of
// their request is still being found out, or because there are too many of them for one turn of
// the event loop. Part of trail.ts.
import type { AuditEvent, ScopeFacts } from '../contracts.js'
import type { Deadlines } from './deadlines.js'
import { quiet } from './promises.js'

/** A place in the trail for some events. */
export interface Hold {
  /** Records some of them, also while the trail is closing. */
  record (events: readonly AuditEvent[], facts: ScopeFacts, time: number): void
  /** Settles when all of them are acknowledged. */
  readonly acknowledged: Promise<void>
}

interface Held {
  /** How many are still to be recorded. */
  events: number
  readonly since: number
  /** Records all of them at once, with what is known. */
  readonly giveUp: () => void
  readonly acknowledged: Promise<void>
}

export class Holds {
  readonly #held = new Set<Held>()
  readonly #recordAll: (events: readonly AuditEvent[], facts: ScopeFacts, time: number) => Promise<void>
  readonly #deadlines: Deadlines

  constructor (recordAll: (events: readonly AuditEvent[], facts: ScopeFacts, time: number) => Promise<void>, deadlines: Deadlines) {
    this.#recordAll = recordAll
    this.#deadlines = deadlines
  }

  /** How many events are held. */
  get events (): number {
    let events = 0
    for (const held of this.#held) events += held.events
    return events
  }

  /** @param giveUp called when they have been held for too long: it has to record them before it returns */
  hold (events: number, giveUp: () => void): Hold {
    const recorded: Promise<void>[] = []
    let settle!: (acknowledged: Promise<void>) => void
    const held: Held = { events, since: this.#deadlines.mark(), giveUp, acknowledged: quiet(new Promise(resolve => { settle = resolve })) }
    this.#held.add(held)
    return {
      acknowledged: held.acknowledged,
      record: (some, facts, time) => {
        held.events -= some.length
        recorded.push(quiet(this.#recordAll(some, facts, time)))
        if (held.events > 0) return
        this.#held.delete(held)
        settle(Promise.all(recorded).then(() => {}))
      }
    }
  }

  /** Gives up those that have been held for too long, oldest first. Whether any are left. */
  expire (): boolean {
    for (const held of this.#held) if (this.#deadlines.passed(held.since)) held.giveUp()
    return this.#held.size > 0
  }

  giveUpAll (): void {
    for (const held of this.#held) held.giveUp()
  }

  /** Resolves when those that are held now have been recorded and settled. */
  async settled (): Promise<void> {
    await Promise.allSettled([...this.#held].map(({ acknowledged }) => acknowledged))
  }
}
