// Runs an audited method: a write after its intention has been acknowledged; a read's outcome
// is said before its data are handed over and, where `on_failure` holds reads up, acknowledged
// as well. The order of these lines is the promise. Called by audit-repository.ts.
import type { ObjectReference, RefusedItem } from '../contracts.js'
import { lookedAtBefore } from './before-write.js'
import type { Call, Run } from './call.js'
import { describeCall } from './described-call.js'
import { follow, isFollowable } from './follow.js'
import { isThenable } from './object-reference.js'
import { acknowledged, asksForPermission, carryOn, permission, refusalByRepository } from './permission.js'
import { isRemembered, remember } from './remembered.js'
import { STRETCH } from '../trail/logger.js'
import { guard, type Watch } from './protection.js'
import { say, sayNow } from './say.js'
import type { Protection } from './settings.js'

/**
 * Runs a write. Always a promise, whatever the method returns: the write begins only when the
 * log has its intention, and that cannot be waited for synchronously.
 *
 * @throws {AUDIT_ERR_PROTECTED} (as a rejection) it touches what is protected; nothing has begun
 * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it has not, and `on_failure.writes` holds writes up; nothing has begun
 */
export async function runWrite (run: Run): Promise<unknown> {
  const described = describeCall(run.operation, run.args, run.settings)
  const { protection, lookUp, differences } = run.settings
  if (protection !== undefined) await guard(run, described, protection)
  if (asksForPermission(run)) await permission(run, described)
  // Each promise costs as much as a line while @fastify/request-context follows it: none that is not needed.
  const looking = lookUp === undefined && differences === undefined ? described : lookedAtBefore(described, run)
  const call = looking instanceof Promise ? await looking : looking
  const saying = say(run.logger, call.all, call.events('unknown'))
  const { acknowledged: intention } = saying instanceof Promise ? await saying : saying
  try {
    await intention
  } catch (error) {
    const refusal = run.onFailure.refusal('writes', error)
    if (refusal !== null) throw refusal
  }
  let result: unknown
  try {
    result = await Reflect.apply(run.method, run.target, call.args)
  } catch (error) {
    await refusalByRepository(run, call, error)
    throw error
  }
  // The write is done, and each of its intentions stands in the log: nothing is left to hold up.
  const refused = call.refused(result)
  if (refused.length > 0) await acknowledged(say(run.logger, refused, item => call.refusal(item)))
  return run.own(result)
}

/**
 * Runs a read. What the method returns synchronously stays so, unless an `authorize` or the
 * acknowledgement has to be waited for, or something is protected.
 *
 * @throws {AUDIT_ERR_PROTECTED} (as a rejection) it touches what is protected; no data are handed over
 * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it was not acknowledged, and `on_failure.reads` holds reads up; no data are handed over
 */
export function runRead (run: Run): unknown {
  const call = describeCall(run.operation, run.args, run.settings)
  const { protection } = run.settings
  if (protection !== undefined) return guardedRead(run, call, protection)
  if (!asksForPermission(run)) return read(run, call)
  return permission(run, call).then(() => read(run, call))
}

async function guardedRead (run: Run, call: Call, protection: Protection): Promise<unknown> {
  const watch = await guard(run, call, protection)
  if (asksForPermission(run)) await permission(run, call)
  return read(run, call, watch)
}

function read (run: Run, call: Call, watch?: Watch): unknown {
  let result: unknown
  try {
    result = Reflect.apply(run.method, run.target, call.args)
  } catch (error) {
    // Thrown as it came, also where reads are held up: a method of streams has to stay one.
    refusalByRepository(run, call, error)
    throw error
  }
  if (isThenable(result)) return watch === undefined && isPlainPromise(result) ? handedOverLater(run, call, result) : asynchronousRead(run, call, result, watch)
  if (isFollowable(result)) return followed(run, call, result, watch)
  if (watch !== undefined) return asynchronousRead(run, call, Promise.resolve(result), watch)
  if (run.onFailure.holds('reads')) return outcomeSaid(run, call, outcome(run, call, result)).then(() => run.own(result))
  sayOutcome(run, call, outcome(run, call, result))
  return run.own(result)
}

const isPlainPromise = (value: object): value is Promise<unknown> => Object.getPrototypeOf(value) === Promise.prototype && !Object.hasOwn(value, 'then')

/** What `asynchronousRead` does, for what nearly all repositories return: with one promise in place of three. */
function handedOverLater (run: Run, call: Call, pending: Promise<unknown>): Promise<unknown> {
  return pending.then((result) => {
    if (isFollowable(result)) return followed(run, call, result)
    const saying = saidBeforeHandedOver(run, call, result)
    return saying === undefined ? run.own(result) : saying.then(() => run.own(result))
  }, async (error) => {
    await refusalByRepository(run, call, error)
    throw error
  })
}

async function asynchronousRead (run: Run, call: Call, pending: PromiseLike<unknown>, watch?: Watch): Promise<unknown> {
  let result: unknown
  try {
    result = await pending
  } catch (error) {
    await refusalByRepository(run, call, error)
    throw error
  }
  if (isFollowable(result)) return followed(run, call, result, watch)
  if (watch !== undefined) await watch.result(result)
  const saying = saidBeforeHandedOver(run, call, result)
  if (saying !== undefined) await saying
  return run.own(result)
}

/** A promise only where something has to be waited for. */
function saidBeforeHandedOver (run: Run, call: Call, result: unknown): Promise<void> | undefined {
  const said = outcome(run, call, result)
  if (run.onFailure.holds('reads') || said.objects.length + said.refused.length > STRETCH) return outcomeSaid(run, call, said)
  sayOutcome(run, call, said)
  return undefined
}

async function outcomeSaid (run: Run, call: Call, { objects, refused }: Outcome): Promise<void> {
  const success = await say(run.logger, objects, call.events('success'))
  const failure = await say(run.logger, refused, item => call.refusal(item))
  if (run.onFailure.holds('reads')) {
    // Of what was refused there are no data to be held back.
    await Promise.all([run.onFailure.mayGoOn('reads', success.acknowledged), failure.acknowledged.catch(carryOn)])
  }
}

/** Nobody waits: a rejection is none of the reader's business, and has been counted and told. */
function sayOutcome (run: Run, call: Call, { objects, refused }: Outcome): void {
  sayNow(run.logger, objects, call.events('success'))
  sayNow(run.logger, refused, item => call.refusal(item))
}

function followed (run: Run, call: Call, items: object, watch?: Watch): object {
  let unseen: Promise<void> | undefined
  return follow(items, {
    waits: watch !== undefined || run.onFailure.holds('reads'),
    taken: async (item) => {
      await watch?.result(item)
      await saidBeforeHandedOver(run, call, item)
    },
    takenNow: (item) => { sayOutcome(run, call, outcome(run, call, item)) },
    failed: (error) => refusalByRepository(run, call, error),
    unseen: (method) => {
      const goOn = (): Promise<void> => run.onFailure.mayGoOn('reads', sayUnseen(run, call, method))
      unseen ??= watch === undefined ? goOn() : watch.unseen().then(goOn)
      return unseen
    }
  })
}

function sayUnseen (run: Run, call: Call, method: string): Promise<void> {
  const toEvent = call.events('success')
  const labels = { audit_fault: `returned: items are taken by ${method}(), which cannot be followed: they are not recorded one by one` }
  return sayNow(run.logger, call.all, (object?: ObjectReference) => ({ ...toEvent(object), labels }))
}

interface Outcome {
  readonly objects: readonly (ObjectReference | undefined)[]
  readonly refused: readonly (RefusedItem | undefined)[]
}

function outcome (run: Run, call: Call, result: unknown): Outcome {
  if (run.skip !== undefined && isRemembered(run.skip, result)) return { objects: [], refused: [] }
  if (run.remember !== undefined) remember(run.remember, result)
  return { objects: call.returned(result), refused: call.refused(result) }
}
