// What the table says about one call of an audited method. The functions of a table are foreign
// code: what they throw becomes `labels.audit_fault` of the event and stops neither the operation
// nor the record. Called by run.ts.
import type { AttributeChange, AuditEvent, CurrentObject, EventOutcome, NameOf, ObjectReference, Operation, RefusedItem, Repository } from '../contracts.js'
import { createOperationEvent } from '../events/operation.js'
import { inTime } from '../trail/promises.js'
import type { Call } from './call.js'
import { Faults } from './faults.js'
import { createNameOf, isObject, listOf, objectReference } from './object-reference.js'
import { hasStatus, recordedError, type RecordedError } from './refusal.js'
import type { RecordedObjects } from './settings.js'

const BY_NAME_OR_TITLE = createNameOf({})

/** Asks the table about a call. Never throws. */
export function describeCall (operation: Operation, given: readonly unknown[], settings: RecordedObjects): Call {
  return new DescribedCall(operation, given, settings)
}

/** The same call, some of which reads differently. */
export function changedCall (call: Call, changes: Partial<Call>): Call {
  return Object.assign(Object.create(call) as Call, changes)
}

// A class: an object of closures costs several times as much. `private`, not `#`: what `changedCall` makes has no private fields.
class DescribedCall implements Call {
  private readonly operation: Operation
  private readonly settings: RecordedObjects
  private readonly nameOf: NameOf
  private readonly faults = new Faults()
  readonly args: unknown[]
  readonly requested: readonly ObjectReference[]
  private readonly fields: Readonly<Record<string, unknown>> | undefined
  readonly attempted: readonly (ObjectReference | undefined)[]
  readonly all: readonly (ObjectReference | undefined)[]

  constructor (operation: Operation, given: readonly unknown[], settings: RecordedObjects) {
    const { faults } = this
    const nameOf = settings.nameOf ?? BY_NAME_OR_TITLE
    const args = faults.attempt('prepare', () => operation.prepare && listOf(operation.prepare(given))) ?? [...given]
    this.operation = operation
    this.settings = settings
    this.nameOf = nameOf
    this.args = args
    this.requested = faults.attempt('requested', () => operation.requested && references(operation.requested(args, nameOf))) ?? []
    this.fields = faults.attempt('fields', () => operation.fields && { ...operation.fields(args) })
    this.attempted = operation.records === false ? [] : this.requested.length === 0 ? [undefined] : this.requested
    this.all = this.attempted === this.requested ? this.recorded(this.requested) : this.attempted
  }

  private recorded (objects: readonly ObjectReference[]): readonly ObjectReference[] {
    if (this.operation.type !== 'access') return objects
    const { unaudited_read_types: unaudited } = this.settings
    return objects.some(({ type }) => unaudited.includes(type)) ? objects.filter(({ type }) => !unaudited.includes(type)) : objects
  }

  events (outcome: EventOutcome, error?: RecordedError): (object?: ObjectReference) => AuditEvent {
    const { operation, settings, fields, faults } = this
    const factory = error === undefined && fields === undefined && settings.spoken !== undefined ? spokenOf(settings.spoken, operation, outcome) : createOperationEvent(operation, { outcome, error, fields })
    const fault = faults.text
    if (fault === null && settings.include_saved_object_names) return factory
    return (object) => {
      const named = object?.name !== undefined && !settings.include_saved_object_names
      const event = factory(named ? objectReference(object.type, object.id) : object)
      return fault === null ? event : { ...event, labels: { audit_fault: fault } }
    }
  }

  touched (): readonly (ObjectReference | undefined)[] {
    const { operation, args, faults, requested } = this
    const further = faults.attempt('touches', () => operation.touches && references(operation.touches(args))) ?? []
    return faults.text === null ? [...requested, ...further] : [...requested, ...further, undefined]
  }

  handedOver (result: unknown): readonly (ObjectReference | undefined)[] {
    const { returned } = this.operation
    return returned === undefined ? [] : this.found(returned, result) ?? [undefined]
  }

  returned (result: unknown): readonly (ObjectReference | undefined)[] {
    const { returned } = this.operation
    if (returned === undefined) return this.all
    const objects = this.found(returned, result)
    return objects === undefined ? [undefined] : this.recorded(objects)
  }

  private found (returned: NonNullable<Operation['returned']>, result: unknown): readonly ObjectReference[] | undefined {
    const { args, nameOf } = this
    return this.faults.attempt('returned', () => references(returned(result, args, nameOf)))
  }

  refused (result: unknown): readonly (RefusedItem | undefined)[] {
    const { operation: { refused }, args, nameOf } = this
    if (refused === undefined) return NONE
    return this.faults.attempt('refused', () => listOf(refused(result, args, nameOf)).map(refusedItem)) ?? [undefined]
  }

  async current (repository: object, objects: readonly ObjectReference[], timeout: number): Promise<readonly CurrentObject[] | undefined> {
    const { operation, args, nameOf } = this
    try {
      const found = await inTime(Promise.resolve(operation.current?.(repository as Repository, objects, args, nameOf)), timeout)
      return found === undefined ? undefined : currentObjects(found)
    } catch (error) {
      // An object that is not there has no name, and that is no fault.
      if (hasStatus(error, [404])) return []
      this.faults.note('current', error)
      return undefined
    }
  }

  changes (): readonly (AttributeChange | undefined)[] {
    const { operation, args, requested } = this
    return this.faults.attempt('changes', () => {
      const changes = operation.changes === undefined ? [] : listOf(operation.changes(args))
      if (changes.length > 0 && changes.length !== requested.length) throw new TypeError(`expected ${requested.length} changes, as many as objects, got ${changes.length}`)
      return changes
    }) ?? []
  }

  refusal (item: RefusedItem | undefined): AuditEvent {
    return item === undefined ? this.events('unknown')() : this.events('failure', item.error)(item.object)
  }
}

const NONE: readonly never[] = Object.freeze([])

/** What is the same for each call of an operation is made once for an application. */
function spokenOf (spoken: NonNullable<RecordedObjects['spoken']>, operation: Operation, outcome: EventOutcome): (object?: ObjectReference) => AuditEvent {
  let factories = spoken.get(operation)
  if (factories === undefined) spoken.set(operation, factories = {})
  return (factories[outcome] ??= createOperationEvent(operation, { outcome }))
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
