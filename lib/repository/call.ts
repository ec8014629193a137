// One call of an audited method: what is needed to run it, and what its events say of it, which is
// made by described-call.ts. Read by run.ts and what it calls.
import type { AttributeChange, AuditEvent, CurrentObject, EventOutcome, ObjectReference, OnFailure, Operation, RefusedItem, RepositoryOptions } from '../contracts.js'
import type { ActingLogger } from '../trail/acting-logger.js'
import type { RecordedError } from './refusal.js'
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
