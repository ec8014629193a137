// `saved_objects.protected`: types of objects that only some roles may touch. Who has none of them
// has each attempt recorded, and refused unless the settings say otherwise. Called by run.ts.
import type { ObjectReference } from '../contracts.js'
import { AUDIT_ERR_PROTECTED } from '../errors.js'
import { protectedObjectAttemptEvent, type ProtectedAttempt } from '../events/protected-object.js'
import { inTime } from '../trail/promises.js'
import type { Call, Run } from './call.js'
import { referenceKey } from './object-reference.js'
import { acknowledged, failure } from './permission.js'
import { isRemembered } from './remembered.js'
import { say } from './say.js'
import type { Protection, ProtectionRule } from './settings.js'

/** Looks at what a read hands over, to somebody who may not touch everything. */
export interface Watch {
  /**
   * Resolves when the result may be handed over: nothing in it is protected, or that is recorded.
   *
   * @throws {AUDIT_ERR_PROTECTED} (as a rejection) it may not
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it cannot be recorded, and `on_failure.writes` is `block` or `stop`
   */
  result (result: unknown): Promise<void>
  /** The same where it cannot be seen what is handed over. */
  unseen (): Promise<void>
}

type Objects = readonly (ObjectReference | undefined)[]

/**
 * Resolves when the call may run: its user has a role for all that is protected, or nothing that
 * it touches is, or the attempt is recorded. For somebody who has not every role it resolves to
 * what has to look at the result. Who cannot be found out in time has no role.
 *
 * @throws {AUDIT_ERR_PROTECTED} (as a rejection) it may not; each attempt has been recorded
 * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it cannot be recorded, and `on_failure.writes` is `block` or `stop`
 */
export async function guard (run: Run, call: Call, { rules, timeout }: Protection): Promise<Watch | undefined> {
  const roles = await rolesOf(run, timeout)
  const against = rules.filter((rule) => !rule.roles.some((role) => roles.includes(role)))
  if (against.length === 0) return undefined
  const touched = call.touched()
  await attempted(run, call, touched, against, 'going on')
  // What the call was said to touch has been recorded, and is not a second time when it comes back.
  const known = new Set(touched.map((object) => object && referenceKey(object)))
  const isNews = (object: ObjectReference | undefined): boolean => object === undefined || !(known.has(referenceKey({ type: object.type })) || known.has(referenceKey(object)))
  return {
    async result (result) {
      if (run.skip !== undefined && isRemembered(run.skip, result)) return
      await attempted(run, call, call.handedOver(result).filter(isNews), against, 'done')
    },
    unseen: () => attempted(run, call, NOBODY_KNOWS_WHAT, against, 'done')
  }
}

const NOBODY_KNOWS_WHAT: Objects = [undefined]

async function rolesOf ({ logger }: Run, timeout: number): Promise<readonly string[]> {
  try {
    const user = logger.actingUser?.()
    return (user instanceof Promise ? await inTime(user, timeout) : user)?.roles ?? []
  } catch {
    return []
  }
}

async function attempted (run: Run, call: Call, objects: Objects, against: readonly ProtectionRule[], outcome: 'going on' | 'done'): Promise<void> {
  const isUnder = (object: ObjectReference | undefined, { types }: ProtectionRule): boolean => object === undefined || types.includes(object.type)
  const touched = objects.filter((object) => against.some((rule) => isUnder(object, rule)))
  if (touched.length === 0) return
  const isRefused = touched.some((object) => against.some((rule) => rule.refuse && isUnder(object, rule)))
  const became: ProtectedAttempt['outcome'] = isRefused ? 'refused' : outcome
  const saying = say(run.logger, touched, (object) => protectedObjectAttemptEvent({ operation: run.operation, outcome: became, object }))
  if (!isRefused) return await run.onFailure.mayGoOn('writes', (await saying).acknowledged)
  await acknowledged(saying)
  const error = new AUDIT_ERR_PROTECTED(`refused: ${run.operation.action} touches objects that are protected, and the user has none of the roles`)
  await failure(run, call, error)
  throw error
}
