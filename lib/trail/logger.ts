// What callers hold: `log()` with the facts of a scope behind it. Events reach the trail in the
// order in which they were said, also when the first of them has to wait for its user.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AccessAgreementFacts, AuditEvent, AuditLogger, AuditUser, RepositoryOptions, ScopeFacts, SessionCleanupFacts, TaskFacts, TaskHandle, UserLoginFacts, UserLogoutFacts } from '../contracts.js'
import { taskEvent } from '../events/task.js'
import { messageOf, NO_FACTS, plainEvent } from '../layouts/plain.js'
import type { WrapRepository } from './acting-logger.js'
import { type Made, makeAcknowledgement, makeCleanup, makeLogin, makeLogout } from './authentication.js'
import { failureClassOf } from './on-failure.js'
import { NOTHING_TO_WAIT_FOR, quiet } from './promises.js'
import { saysFailure } from './says-failure.js'
import { makeHandle, newTask, newTrace } from './task-handle.js'
import type { Trail } from './trail.js'

/** So many events are said in one turn of the event loop: a millisecond of work. More are said in as many turns as it takes. */
export const STRETCH = 250

/** An `AuditLogger` over a trail. Who extends it says where the facts of its events come from. */
export abstract class Logger implements AuditLogger {
  readonly #trail: Trail
  readonly #wrap: WrapRepository
  /** Settles when the last event that had to wait has been handed to the trail; null when none waits. */
  #handedOver: Promise<void> | null = null
  /** The facts have been asked for, and waited for as long as the settings allow. */
  #isUnanswered = false
  #saidFailure = false

  constructor (trail: Trail, wrap: WrapRepository) {
    this.#trail = trail
    this.#wrap = wrap
  }

  /** True when one of its events says a failure or a refusal (`saysFailure`), also when it is still to be recorded. */
  get saidFailure (): boolean { return this.#saidFailure }

  /** What is known of the scope by now. A promise only while something is being found out. */
  protected abstract factsNow (): ScopeFacts | Promise<ScopeFacts>

  /** What is known without waiting any longer. */
  protected factsAtOnce (): ScopeFacts { return NO_FACTS }

  /** True while the running code is what finds the facts out: to wait for them would be to wait for itself. */
  protected isAskingNow (): boolean { return false }

  log (event: AuditEvent): Promise<void> {
    if (saysFailure(event)) this.#saidFailure = true
    const time = this.#trail.now()
    const facts = this.#facts()
    if (this.#handedOver !== null || facts instanceof Promise) return this.#later(1, keep([event]), facts, time)
    return this.#trail.log(event, facts, time)
  }

  logAll (said: readonly AuditEvent[]): Promise<void> {
    const events = listOf(said)
    if (events.length === 0) return NOTHING_TO_WAIT_FOR
    if (events.some(saysFailure)) this.#saidFailure = true
    const time = this.#trail.now()
    const facts = this.#facts()
    if (this.#handedOver !== null || facts instanceof Promise) return this.#later(events.length, keep(events), facts, time)
    if (events.length > STRETCH) return this.#inStretches(events, facts, time)
    return this.#trail.logAll(events, facts, time)
  }

  ensure (event: AuditEvent): Promise<void> {
    return quiet(this.#trail.onFailure.mayGoOn(failureClassOf(event), this.log(event)))
  }

  userLogin (said: UserLoginFacts): Promise<void> { return this.#ensureMade(makeLogin(said, this.#trail.recordsAttemptedNames)) }

  userLogout (said: UserLogoutFacts): Promise<void> { return this.#ensureMade(makeLogout(said)) }

  sessionCleanup (said: SessionCleanupFacts): Promise<void> { return this.#ensureMade(makeCleanup(said)) }

  accessAgreementAcknowledged (said: Omit<AccessAgreementFacts, 'user'> & { readonly user?: AuditUser }): Promise<void> {
    return this.#ensureMade(makeAcknowledgement(said))
  }

  repository<T extends object> (repository: T, options?: RepositoryOptions): T {
    return this.#wrap(repository, options, () => this)
  }

  /** Never rejects: who cannot be found out is nobody. */
  actingUser (): AuditUser | undefined | Promise<AuditUser | undefined> {
    const facts = this.#facts()
    return facts instanceof Promise ? facts.then(({ user }) => user) : facts.user
  }

  /** `ensure()` for an event that is made when the facts are known. */
  #ensureMade (make: (facts: ScopeFacts) => Made): Promise<void> {
    // Who it is about may take time; whether it has failed does not depend on that.
    if (make(NO_FACTS).events.some(saysFailure)) this.#saidFailure = true
    const time = this.#trail.now()
    const facts = this.#facts()
    const acknowledged = this.#handedOver !== null || facts instanceof Promise
      ? this.#later(1, make, facts, time)
      : this.#record(make(facts), time)
    return quiet(this.#trail.onFailure.mayGoOn('authentication', acknowledged))
  }

  #record ({ events, facts }: Made, time: number): Promise<void> { return this.#trail.logAll(events, facts, time) }

  async task (facts: TaskFacts): Promise<TaskHandle> {
    const task = newTask(facts)
    const asked = this.#facts()
    const trace = newTrace()
    await this.ensure({ ...taskEvent({ action: 'task_create', task }), trace })
    // The event has been recorded with what is known by now; so is the handle made of it.
    const known = asked instanceof Promise ? await Promise.race([asked, NOTHING_TO_WAIT_FOR.then(() => this.factsAtOnce())]) : asked
    return makeHandle(task, known.trace === undefined ? { ...known, trace } : known)
  }

  /** Facts that cannot be had keep no event from going out. */
  #facts (): ScopeFacts | Promise<ScopeFacts> {
    try {
      const facts = this.factsNow()
      return facts instanceof Promise ? facts.catch(withoutFacts) : facts
    } catch (error) {
      return withoutFacts(error)
    }
  }

  #inStretches (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void> {
    let next = 0
    const recordNext = (count: number): void => {
      const some = events.slice(next, next + count)
      next += some.length
      if (some.length > 0) record(some, facts, time)
    }
    const { record, acknowledged } = this.#trail.hold(events.length, () => recordNext(events.length))
    this.#wait((async () => {
      recordNext(STRETCH)
      while (next < events.length) {
        await nextTurn()
        recordNext(STRETCH)
      }
    })())
    return acknowledged
  }

  #later (count: number, make: (facts: ScopeFacts) => Made, facts: ScopeFacts | Promise<ScopeFacts>, time: number): Promise<void> {
    // Whoever does not answer is waited for once, not once for each event.
    if (this.isAskingNow() || this.#isUnanswered) return this.#record(make(this.factsAtOnce()), time)
    let isRecorded = false
    const recordWith = (found: ScopeFacts): void => {
      if (isRecorded) return
      isRecorded = true
      const { events, facts } = make(found)
      record(events, facts, time)
    }
    const { record, acknowledged } = this.#trail.hold(count, () => {
      this.#isUnanswered = true
      recordWith(this.factsAtOnce())
    })
    this.#wait(Promise.all([facts, this.#handedOver]).then(([found]) => {
      this.#isUnanswered = false
      recordWith(found)
    }))
    return acknowledged
  }

  /** Makes what is said from now on come after what is being handed over. */
  #wait (handedOver: Promise<void>): void {
    const done = handedOver.then(() => {
      if (this.#handedOver === done) this.#handedOver = null
    })
    this.#handedOver = done
  }
}

/** The logger of what no request has caused: nothing is known of its scope but what it is made with. */
export class RequestlessLogger extends Logger {
  readonly #known: ScopeFacts

  constructor (trail: Trail, wrap: WrapRepository, known: ScopeFacts = NO_FACTS) {
    super(trail, wrap)
    this.#known = known
  }

  protected override factsNow (): ScopeFacts { return this.#known }
}

/** The caller may change its objects after it has said them; what is recorded is what was said. */
function keep (said: readonly AuditEvent[]): (facts: ScopeFacts) => Made {
  const events = said.map(plainEvent)
  return facts => ({ events, facts })
}

/** What is no list, or one that cannot be read, is one event that cannot be written as it is: it goes out marked. */
function listOf (said: unknown): readonly AuditEvent[] {
  try {
    if (Array.isArray(said)) return [...said] as AuditEvent[]
  } catch {}
  return [said as AuditEvent]
}

function withoutFacts (error: unknown): ScopeFacts {
  return { error: { code: 'AUDIT_ERR_SCOPE', message: messageOf(error) } }
}
