// What callers hold: `log()` with the facts of a scope behind it. Events reach the trail in the
// order in which they were said, also when the first of them has to wait for its user.
import type { AuditEvent, AuditLogger, RepositoryOptions, ScopeFacts } from '../contracts.js'
import { plainEvent } from '../layouts/plain.js'
import type { Trail } from './trail.js'

/** Wraps a repository so that its events go to a logger; given by plugin.ts. */
export type WrapRepository = <T extends object>(repository: T, options: RepositoryOptions | undefined, logger: () => AuditLogger) => T

/** Where a logger's facts come from. A promise only while something is being found out. */
export type FactsNow = () => ScopeFacts | Promise<ScopeFacts>

const NOTHING_TO_WAIT_FOR = Promise.resolve()

/** An `AuditLogger` over a trail. */
export class Logger implements AuditLogger {
  readonly #trail: Trail
  readonly #factsNow: FactsNow
  readonly #wrap: WrapRepository
  /** Settles when the last event that had to wait has been handed to the trail; null when none waits. */
  #handedOver: Promise<void> | null = null

  constructor (trail: Trail, factsNow: FactsNow, wrap: WrapRepository) {
    this.#trail = trail
    this.#factsNow = factsNow
    this.#wrap = wrap
  }

  log (event: AuditEvent): Promise<void> {
    const time = this.#trail.now()
    const facts = this.#factsNow()
    if (this.#handedOver !== null || facts instanceof Promise) return this.#later([event], facts, time)
    return this.#trail.log(event, facts, time)
  }

  logAll (events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return NOTHING_TO_WAIT_FOR
    const time = this.#trail.now()
    const facts = this.#factsNow()
    if (this.#handedOver !== null || facts instanceof Promise) return this.#later(events, facts, time)
    return this.#handOver(events, facts, time)
  }

  repository<T extends object> (repository: T, options?: RepositoryOptions): T {
    return this.#wrap(repository, options, () => this)
  }

  #handOver (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void> {
    // Events of one batch share a promise: many events, few promises.
    const acknowledgements = new Set<Promise<void>>()
    for (const event of events) acknowledgements.add(this.#trail.log(event, facts, time))
    if (acknowledgements.size === 1) return [...acknowledgements][0]!
    return quiet(Promise.all(acknowledgements).then(() => {}))
  }

  #later (events: readonly AuditEvent[], facts: ScopeFacts | Promise<ScopeFacts>, time: number): Promise<void> {
    // The caller may change its objects after this call; what is recorded is what was said.
    const said = events.map(plainEvent)
    const before = this.#handedOver
    let acknowledged!: Promise<void>
    const handedOver = Promise.all([facts, before]).then(([known]) => {
      acknowledged = this.#handOver(said, known, time)
      if (this.#handedOver === handedOver) this.#handedOver = null
    })
    this.#handedOver = handedOver
    return quiet(handedOver.then(() => acknowledged))
  }
}

/** The same promise; nobody has to handle its rejection, the trail has counted it. */
function quiet (promise: Promise<void>): Promise<void> {
  promise.catch(() => {})
  return promise
}
