// What the wrapper of repositories is told: a table of operations, and what each of them touches.
import type { EventCategory, EventType } from './event.js'

/** Which object an operation touches. */
export interface ObjectReference {
  readonly type: string
  readonly id?: string
  readonly name?: string
}

/**
 * The name of an object, from its attributes: of the attribute that `saved_objects.name_attributes`
 * has for its type, else of `name`, else of `title`. None where that is no text.
 */
export type NameOf = (type: unknown, attributes: unknown) => string | undefined

/** What is wrapped, as a table of operations calls it. */
export type Repository = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** An object as it is before a write. */
export interface CurrentObject extends ObjectReference {
  /** What it consists of, for `savedObjectDiff`. Absent: that is not known. */
  readonly attributes?: unknown
}

/** What a write makes of the attributes of an object. */
export interface AttributeChange {
  /** The attributes that are written. Absent: none is left, as by a deletion. */
  readonly attributes?: unknown
  /** True when attributes that are not among them stay as they are. @default false */
  readonly isPartial?: boolean
  /** True when there is no such object yet. @default false */
  readonly isNew?: boolean
}

/** An item of a bulk result that was refused. */
export interface RefusedItem {
  readonly object: ObjectReference
  readonly error: { readonly code: string, readonly message: string }
}

/** How one method of a repository is audited. */
export interface Operation {
  /** `event.action`. */
  readonly action: string
  /** A write is recorded as an intention before it runs, a read as an outcome after. */
  readonly kind: 'read' | 'write'
  /** `event.type`. */
  readonly type: EventType
  /** `event.category`. @default 'database' */
  readonly category?: EventCategory
  /** The verb of the message: progressive, past, infinitive: `['updating', 'updated', 'update']`. */
  readonly verbs: readonly [progressive: string, past: string, infinitive: string]
  /** What an object is called in the message when it has no id. @default 'saved objects' */
  readonly noun?: string
  /**
   * Returns the arguments that the method is really called with, such as ones in which
   * missing ids have been generated. Must not change what it is given.
   */
  readonly prepare?: (args: readonly unknown[]) => unknown[]
  /** `false`: the `authorize` option is not asked about this method. @default true */
  readonly authorize?: boolean
  /** `false`: no event of its own, but `saved_objects.protected` counts. @default true */
  readonly records?: boolean
  /** The objects that are asked for, from the arguments. None: one event without an object. */
  readonly requested?: (args: readonly unknown[], nameOf: NameOf) => readonly ObjectReference[]
  /**
   * What else the call may touch, for `saved_objects.protected`: the types of a search, for instance,
   * as references without an id. What comes back is looked at in any case.
   */
  readonly touches?: (args: readonly unknown[]) => readonly ObjectReference[]
  /**
   * For writes: reads objects as they are before it. Called where `saved_objects.look_up_names` or
   * `savedObjectDiff` says so, with the repository itself: what it reads is not recorded. Who is
   * left out is not there; `undefined`: these objects cannot be read. What cannot be read has no
   * name, and no old values, in the event.
   */
  readonly current?: (repository: Repository, objects: readonly ObjectReference[], args: readonly unknown[], nameOf: NameOf) => Promise<readonly CurrentObject[] | undefined>
  /**
   * For writes: what the call makes of each of the objects that `requested` tells, in the same
   * order; `undefined` among them: it cannot be told. Called where `savedObjectDiff` includes their types.
   */
  readonly changes?: (args: readonly unknown[]) => readonly (AttributeChange | undefined)[]
  /**
   * For reads: the objects that came back, from the result; of an async iterable, from each
   * item as it is taken. None: no event. @default those asked for
   */
  readonly returned?: (result: unknown, args: readonly unknown[], nameOf: NameOf) => readonly ObjectReference[]
  /** Items of a bulk result that were refused for lack of permission. */
  readonly refused?: (result: unknown, args: readonly unknown[], nameOf: NameOf) => readonly RefusedItem[]
  /** Further `kibana.*` fields of every event of the call. */
  readonly fields?: (args: readonly unknown[]) => Readonly<Record<string, unknown>>
}

/**
 * A method that records nothing of its own, because what it hands out or hands on is audited
 * in its place: a finder, a transaction, a repository for another tenant.
 */
export interface Handover {
  readonly kind: 'handover'
  /**
   * Returns the arguments that the method is really called with, in which `audited(repository)`
   * stands for a repository; `audited()` is the one that the method belongs to. Must not
   * change what it is given.
   */
  readonly handOn?: (args: readonly unknown[], audited: (repository?: object) => object) => unknown[]
  /** The table for what the method returns; `'same'`: the table that this stands in. @default it is returned as it is */
  readonly returns?: Operations | 'same'
}

/** Method name → how it is audited. */
export type Operations = Readonly<Record<string, Operation | Handover>>

/** What an `authorize` option is asked about. */
export interface AuthorizeCall {
  readonly method: string
  readonly action: string
  readonly objects: readonly ObjectReference[]
  readonly args: readonly unknown[]
}

export interface RepositoryOptions {
  /**
   * How each method is audited. For a repository that is wrapped already: added to its table.
   * @default the table of Kibana's saved-objects client
   */
  readonly operations?: Operations
  /**
   * Called before the operation runs; what it throws refuses the operation, is recorded as
   * a `failure` for each object, and reaches the caller untouched. For a repository that is
   * wrapped already: asked after the one of the wrapper inside.
   */
  readonly authorize?: (call: AuthorizeCall) => void | Promise<void>
}
