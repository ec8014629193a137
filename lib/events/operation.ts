// The one place where the message and the shape of an event about an object are made, from
// an `Operation`: its action, category, type and verbs. Called by savedObjectEvent,
// spaceEvent and the repository wrapper, which says up to 10,000 such events in one call.
import type { AuditEvent, EventOutcome, ObjectReference, Operation, SavedObjectReference } from '../contracts.js'
import { ONLY_CATEGORY, ONLY_TYPE } from './ecs-values.js'

/** An error, or its fields as they are to be recorded. */
export type EventError = Error | { readonly code?: string, readonly message?: string }

/** What `operationEvent` reads of an `Operation`. */
export type SpokenOperation = Pick<Operation, 'action' | 'kind' | 'type' | 'category' | 'verbs' | 'noun'>

/** What all events of one call have in common. */
export interface OperationFacts {
  /** @default 'failure' with an error; else 'unknown' for a write, 'success' for a read */
  readonly outcome?: EventOutcome
  /** Why the operation was refused or failed. */
  readonly error?: EventError
  /** Further `kibana.*` fields. Empty lists are left out. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/**
 * An event about one object, or none: what `operation` does to it, or did.
 *
 * @example
 * operationEvent({ action: 'invoice_void', kind: 'write', type: 'change', verbs: ['voiding', 'voided', 'void'] },
 *   { outcome: 'unknown', object: { type: 'invoice', id: '7' } })
 * // { message: 'User is voiding invoice [id=7]',
 * //   event: { action: 'invoice_void', category: ['database'], type: ['change'], outcome: 'unknown' },
 * //   kibana: { saved_object: { type: 'invoice', id: '7' } } }
 */
export function operationEvent (operation: SpokenOperation, said: OperationFacts & { readonly object?: ObjectReference }): AuditEvent {
  return createOperationEvent(operation, said)(said.object)
}

/**
 * Makes the factory of one call's events: given an object, the event about it; given none,
 * the event about objects that are not known. The events share what they have in common
 * (`event`, `error`), frozen.
 *
 * @example
 * const deleting = createOperationEvent(operation, { outcome: 'unknown' })
 * await audit.logAll(objects.map(deleting))
 */
export function createOperationEvent (operation: SpokenOperation, facts: OperationFacts): (object?: ObjectReference) => AuditEvent {
  const outcome = facts.outcome ?? (facts.error !== undefined ? 'failure' : operation.kind === 'write' ? 'unknown' : 'success')
  const opening = messageOpening(operation.verbs, outcome)
  const noun = operation.noun ?? 'saved objects'
  const event = Object.freeze({
    action: operation.action,
    category: ONLY_CATEGORY[operation.category ?? 'database'],
    type: ONLY_TYPE[operation.type],
    outcome
  })
  const error = facts.error === undefined ? undefined : Object.freeze(errorFields(facts.error))
  const fields = presentFields(facts.fields)
  // Literals, not spreads: in a bulk call of thousands this is where the garbage comes from.
  return (object) => {
    const message = opening + objectPhrase(object, noun)
    if (object === undefined) return fields === undefined ? withError({ message, event }) : withError({ message, event, kibana: fields })
    if (fields === undefined) return withError({ message, event, kibana: { saved_object: savedObject(object) } })
    return withError({ message, event, kibana: { saved_object: savedObject(object), ...fields } })
  }

  function withError (said: AuditEvent): AuditEvent {
    return error === undefined ? said : { ...said, error }
  }
}

function messageOpening (verbs: Operation['verbs'], outcome: EventOutcome): string {
  switch (outcome) {
    case 'unknown': return `User is ${verbs[0]} `
    case 'success': return `User has ${verbs[1]} `
    case 'failure': return `Failed attempt to ${verbs[2]} `
  }
}

function objectPhrase (object: ObjectReference | undefined, noun: string): string {
  return object?.id === undefined ? noun : `${object.type} [id=${object.id}]`
}

// The contract's `saved_object` names an id. An object that the database has yet to give one
// is recorded by its type, so that filters by type see it.
function savedObject ({ type, id, name }: ObjectReference): SavedObjectReference {
  if (id !== undefined) return name === undefined ? { type, id } : { type, id, name }
  return (name === undefined ? { type } : { type, name }) as SavedObjectReference
}

function presentFields (fields: OperationFacts['fields']): Readonly<Record<string, unknown>> | undefined {
  if (fields === undefined) return undefined
  const present = Object.entries(fields).filter(([, value]) => !(Array.isArray(value) && value.length === 0))
  return present.length === 0 ? undefined : Object.fromEntries(present)
}

/**
 * ECS `error.code` and `error.message` of an error: for an `Error` the code is its name, as
 * in Kibana; for an item of a bulk result, its `error`. What is not known is absent. Takes
 * whatever was thrown, and never throws.
 *
 * @example
 * errorFields(new TypeError('no such type'))   // { code: 'TypeError', message: 'no such type' }
 */
export function errorFields (error: unknown): { code?: string, message?: string } {
  try {
    if (typeof error !== 'object' || error === null) return { message: String(error) }
    const { name, code, error: title, message } = error as Readonly<Record<string, unknown>>
    const known = [name, code, title].find((text) => typeof text === 'string') as string | undefined
    return { ...known !== undefined && { code: known }, ...typeof message === 'string' && { message } }
  } catch {
    return { message: 'an error that cannot be read' }
  }
}
