// One call of an audited method: what the table says about it, and its events. The functions
// of a table are foreign code: what they throw becomes `labels.audit_fault` of the event and
// stops neither the operation nor the record. Called by run.ts.
import type { AttributeChange, AuditEvent, CurrentObject, EventOutcome, ObjectReference, OnFailure, Operation, RefusedItem, Repository, RepositoryOptions } from '../contracts.js'
import { createOperationEvent } from '../events/operation.js'
import { createNameOf, isObject, listOf, objectReference } from './object-reference.js'
import type { ActingLogger } from '../trail/acting-logger.js'
import { inTime } from '../trail/promises.js'
import { hasStatus, recordedError, type RecordedError } from './refusal.js'
import type { RecordedObjects } from './settings.js'

/** Any method. */
export type Method = (...args: unknown[]) => unknown

/** What is needed to run one call. */
export interface Run {
  readonly name: string
  readonly method: Method
  /** What the method is called on. */
  readonly target: object
  readonly operation: Operation
  readonly args: readonly unknown[]
  readonly logger: Pick<ActingLogger, 'log' | 'logAll' | 'actingUser'>
  /** What is handed out for a result that may be the target itself. */
  readonly own: (result: unknown) => unknown
  readonly settings: RecordedObjects
  readonly onFailure: OnFailure
  readonly authorize?: RepositoryOptions['authorize']
  /** Collects results and errors that have been recorded, for a `skip` elsewhere. */
  readonly remember?: WeakSet<object>
  /** Results and errors that have been recorded already, by whom they came from. */
  readonly skip?: WeakSet<object>
}

/** A call as its events tell it. `undefined` among objects stands for those that are not known. */
export interface Call {
  /** What the method is really called with. */
  readonly args: unknown[]
  /** The objects that are asked for. */
  readonly requested: readonly ObjectReference[]
  /** The objects of events about all that was asked for: at least one, unless they are not recorded. */
  readonly all: readonly (ObjectReference | undefined)[]
  /** The same for a call that is refused: also those whose reads are not recorded. */
  readonly attempted: readonly (ObjectReference | undefined)[]
  /** The objects that a read has returned. */
  returned (result: unknown): readonly (ObjectReference | undefined)[]
  /** The items of a bulk result that were refused. */
  refused (result: unknown): readonly (RefusedItem | undefined)[]
  /** All that the call may touch before it runs, for who protects it. `undefined`: it cannot be told what. */
  touched (): readonly (ObjectReference | undefined)[]
  /** All that a read hands over, whether or not it is recorded. `undefined` as above. */
  handedOver (result: unknown): readonly (ObjectReference | undefined)[]
  /** Makes the events of this call with one outcome. */
  events (outcome: EventOutcome, error?: RecordedError): (object?: ObjectReference) => AuditEvent
  /** The objects as they are before the write; `undefined`: they cannot be read, or not within `timeout` milliseconds. Never rejects. */
  current (repository: object, objects: readonly ObjectReference[], timeout: number): Promise<readonly CurrentObject[] | undefined>
  /** What the write makes of each of those that are requested; none where that is not known. */
  changes (): readonly (AttributeChange | undefined)[]
  /** Makes the event about a refused item; none: that it could not be found out which were. */
  refusal (item: RefusedItem | undefined): AuditEvent
}

const BY_NAME_OR_TITLE = createNameOf({})

/** Asks the table about a call. Never throws. */
export function describeCall (operation: Operation, given: readonly unknown[], settings: RecordedObjects): Call {
  const faults: Faults = new Map()
  const { nameOf = BY_NAME_OR_TITLE } = settings
  const args = attempt(faults, 'prepare', () => operation.prepare && listOf(operation.prepare(given))) ?? [...given]
  const requested = attempt(faults, 'requested', () => operation.requested && references(operation.requested(args, nameOf))) ?? []
  const fields = attempt(faults, 'fields', () => operation.fields && { ...operation.fields(args) })
  const unaudited = operation.type === 'access' ? settings.unaudited_read_types : []

  function recorded (objects: readonly ObjectReference[]): readonly ObjectReference[] {
    return objects.some(({ type }) => unaudited.includes(type)) ? objects.filter(({ type }) => !unaudited.includes(type)) : objects
  }

  function events (outcome: EventOutcome, error?: RecordedError): (object?: ObjectReference) => AuditEvent {
    const factory = error === undefined && fields === undefined && settings.spoken !== undefined ? spokenOf(settings.spoken, operation, outcome) : createOperationEvent(operation, { outcome, error, fields })
    if (faults.size === 0 && settings.include_saved_object_names) return factory
    const labels = faults.size === 0 ? undefined : { audit_fault: [...faults].map(([what, fault]) => `${what}: ${fault}`).join('; ') }
    return (object) => {
      const named = object?.name !== undefined && !settings.include_saved_object_names
      const event = factory(named ? objectReference(object.type, object.id) : object)
      return labels === undefined ? event : { ...event, labels }
    }
  }

  const found = (returned: NonNullable<Operation['returned']>, result: unknown): readonly ObjectReference[] | undefined =>
    attempt(faults, 'returned', () => references(returned(result, args, nameOf)))

  const attempted = operation.records === false ? [] : requested.length === 0 ? [undefined] : requested
  const all = attempted === requested ? recorded(requested) : attempted
  return {
    args,
    requested,
    all,
    attempted,
    events,
    touched () {
      const further = attempt(faults, 'touches', () => operation.touches && references(operation.touches(args))) ?? []
      return faults.size === 0 ? [...requested, ...further] : [...requested, ...further, undefined]
    },
    handedOver (result) {
      return operation.returned === undefined ? [] : found(operation.returned, result) ?? [undefined]
    },
    returned (result) {
      const { returned } = operation
      if (returned === undefined) return all
      const objects = found(returned, result)
      return objects === undefined ? [undefined] : recorded(objects)
    },
    refused (result) {
      const { refused } = operation
      if (refused === undefined) return []
      return attempt(faults, 'refused', () => listOf(refused(result, args, nameOf)).map(refusedItem)) ?? [undefined]
    },
    async current (repository, objects, timeout) {
      try {
        const found = await inTime(Promise.resolve(operation.current?.(repository as Repository, objects, args, nameOf)), timeout)
        return found === undefined ? undefined : currentObjects(found)
      } catch (error) {
        // An object that is not there has no name, and that is no fault.
        if (hasStatus(error, [404])) return []
        note(faults, 'current', error)
        return undefined
      }
    },
    changes () {
      return attempt(faults, 'changes', () => {
        const changes = operation.changes === undefined ? [] : listOf(operation.changes(args))
        if (changes.length > 0 && changes.length !== requested.length) throw new TypeError(`expected ${requested.length} changes, as many as objects, got ${changes.length}`)
        return changes
      }) ?? []
    },
    refusal: (item) => item === undefined ? events('unknown')() : events('failure', item.error)(item.object)
  }
}

/** What is the same for each call of an operation is made once for an application. */
function spokenOf (spoken: NonNullable<RecordedObjects['spoken']>, operation: Operation, outcome: EventOutcome): (object?: ObjectReference) => AuditEvent {
  let factories = spoken.get(operation)
  if (factories === undefined) spoken.set(operation, factories = {})
  return (factories[outcome] ??= createOperationEvent(operation, { outcome }))
}

// What the functions of the table threw, each of them last: one that fails for every item of a
// long iterable must not make every event longer than the one before.
type Faults = Map<string, string>

function attempt<T> (faults: Faults, what: string, ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    note(faults, what, error)
    return undefined
  }
}

function note (faults: Faults, what: string, error: unknown): void {
  const { code, message } = recordedError(error)
  faults.set(what, `${code}: ${message}`)
}

function references (objects: readonly ObjectReference[]): readonly ObjectReference[] {
  return listOf(objects).every(isReference) ? objects : objects.map(toReference)
}

function currentObjects (found: readonly CurrentObject[]): readonly CurrentObject[] {
  const objects = references(found)
  return objects === found ? found : objects.map((object, index) => ({ ...object, attributes: (found[index] as CurrentObject | null)?.attributes }))
}

function isReference (object: unknown): boolean {
  return isObject(object) && typeof object.type === 'string' &&
    (object.id === undefined || typeof object.id === 'string') && (object.name === undefined || typeof object.name === 'string')
}

// One odd object does not take the others' records with it.
function toReference (object: unknown): ObjectReference {
  if (!isObject(object)) return objectReference('unknown')
  return objectReference(object.type ?? 'unknown', object.id, typeof object.name === 'string' ? object.name : undefined)
}

function refusedItem (item: RefusedItem): RefusedItem {
  const { object, error } = isObject(item) ? item : {} as Partial<RefusedItem>
  return { object: toReference(object), error: recordedError(error) }
}
