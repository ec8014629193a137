// Who may do what: whether a call is permitted, and what is recorded of one that is not, whoever
// refused it. Called by run.ts.
import type { AuthorizeCall, RepositoryOptions } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import type { Call, Run } from './call.js'
import { isObject } from './object-reference.js'
import { isRefusal, recordedError } from './refusal.js'
import { say, type Said } from './say.js'

/** Whether anybody is to be asked before the method runs. */
export function asksForPermission (run: Run): boolean {
  return run.authorize !== undefined && run.operation.authorize !== false
}

/**
 * Asks for permission.
 *
 * @throws {AUDIT_ERR_OPTION} the answer is `false`: a predicate in this place would permit everything
 */
export async function ask (authorize: NonNullable<RepositoryOptions['authorize']>, question: AuthorizeCall): Promise<void> {
  const answer: unknown = await authorize(question)
  if (answer === false) throw new AUDIT_ERR_OPTION(`authorize: expected an error to be thrown to refuse ${question.action}, got false`)
}

/**
 * Asks whether the call is permitted. A refusal has been recorded when this rejects with it.
 *
 * @throws {unknown} (as a rejection) what `authorize` has thrown, untouched
 */
export async function permission (run: Run, call: Call): Promise<void> {
  try {
    if (run.authorize !== undefined) await ask(run.authorize, { method: run.name, action: run.operation.action, objects: call.requested, args: call.args })
  } catch (error) {
    await failure(run, call, error)
    throw error
  }
}

/** Records what a repository has thrown, where it is a refusal. */
export async function refusalByRepository (run: Run, call: Call, error: unknown): Promise<void> {
  if (isRefusal(error)) await failure(run, call, error)
}

/** Records a refusal, once for each object; a refusal that comes from another audited repository has been recorded there. */
export function failure (run: Run, call: Call, error: unknown): Promise<void> {
  if (isObject(error)) {
    if (run.skip?.has(error)) return Promise.resolve()
    run.remember?.add(error)
  }
  return acknowledged(say(run.logger, call.attempted, call.events('failure', recordedError(error))))
}

/** Resolves when what has been said is acknowledged, or cannot be. */
export async function acknowledged (saying: Said | Promise<Said>): Promise<void> {
  await (await saying).acknowledged.catch(carryOn)
}

/**
 * What happens, whatever `on_failure` says, when the record of a refusal cannot be written: the
 * caller gets the refusal itself, since nothing was done and nothing is disclosed. And what
 * happens to reads that are not held up. Nothing is lost silently by it: the trail has counted
 * and reported the failure before its promise rejects.
 */
export function carryOn (): void {}
