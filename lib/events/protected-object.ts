// Events about objects of a type that is protected, and somebody who may not touch them. Said by
// the repository wrapper, repository/protection.ts.
import type { AuditEvent, ObjectReference, Operation } from '../contracts.js'
import { ONLY_CATEGORY, ONLY_TYPE } from './ecs-values.js'

/** What is attempted, and what becomes of it. */
export interface ProtectedAttempt {
  readonly operation: Pick<Operation, 'action' | 'verbs'>
  /** `refused`: it does not run, or what it read is not handed over. `going on`: it is about to run. `done`: it has, and hands the object over. */
  readonly outcome: 'refused' | 'going on' | 'done'
  readonly object?: ObjectReference | undefined
}

/**
 * Somebody touches an object of a protected type who has none of the roles. The name of the
 * object is not told; without an id it is a whole type, and without an object it cannot be said which.
 *
 * @example
 * protectedObjectAttemptEvent({ operation: SAVED_OBJECT_ACTIONS.saved_object_get, outcome: 'refused', object: { type: 'secret', id: '9' } })
 * // message: 'Failed attempt to access protected secret [id=9]'
 */
export function protectedObjectAttemptEvent ({ operation: { action, verbs: [progressive, past, infinitive] }, outcome, object }: ProtectedAttempt): AuditEvent {
  const what = object === undefined ? 'protected saved objects' : object.id === undefined ? `protected objects of type [${object.type}]` : `protected ${object.type} [id=${object.id}]`
  const isRefused = outcome === 'refused'
  return {
    message: isRefused ? `Failed attempt to ${infinitive} ${what}` : outcome === 'done' ? `User has ${past} ${what}` : `User is ${progressive} ${what}`,
    event: {
      action: 'protected_object_attempt',
      category: ONLY_CATEGORY.api,
      type: isRefused ? ONLY_TYPE.denied : ONLY_TYPE.allowed,
      outcome: isRefused ? 'failure' : outcome === 'done' ? 'success' : 'unknown',
      reason: action
    },
    ...object !== undefined && { kibana: { saved_object: { type: object.type, ...object.id !== undefined && { id: object.id } }, unauthorized_types: [object.type] } },
    ...isRefused && { error: { code: 'AUDIT_ERR_PROTECTED', message: 'The user has none of the roles that may touch protected objects' } }
  }
}
