// The items of bulk calls and results of Kibana's saved-objects client, `{ type, id, attributes,
// error }`, in whatever shape an application has them. Called by the table, saved-objects.ts.
import type { NameOf, ObjectReference, RefusedItem } from '../contracts.js'
import { isPlainObject } from '../layouts/value.js'
import { isObject, objectReference } from './object-reference.js'
import { isRefusal, recordedError } from './refusal.js'

/** What a client has of an object. */
export type Item = Readonly<Record<PropertyKey, unknown>>

/** Makes references of items. */
export function referTo (nameOf: NameOf): (item: Item) => ObjectReference {
  return ({ type, id, attributes }) => objectReference(type, id, nameOf(type, attributes))
}

/** The objects in a result of `bulkResolve`. */
export function resolvedObjects (result: unknown): Item[] {
  return listIn(result, 'resolved_objects').map((resolved) => isObject(resolved.saved_object) ? resolved.saved_object : resolved)
}

/** Those that came back without an error. */
export function intact (objects: readonly Item[]): Item[] {
  return objects.filter(({ error }) => isIntact(error))
}

/** Whether an item with this `error` has come back without one. */
export function isIntact (error: unknown): boolean {
  return error === undefined || error === null
}

/** Those that were refused, with the error. */
export function refusedItems (objects: readonly Item[], nameOf: NameOf): RefusedItem[] {
  const refer = referTo(nameOf)
  return objects
    .filter(({ error }) => isRefusal(error))
    .map((item) => ({ object: refer(item), error: recordedError(item.error) }))
}

/** The items in the list that a result has under `property`. @throws {TypeError} there is no list */
export function listIn (result: unknown, property: string): Item[] {
  return items(isObject(result) ? result[property] : undefined)
}

/** The items in a list. @throws {TypeError} it is none */
export function items (objects: unknown): Item[] {
  if (!Array.isArray(objects)) throw new TypeError(`expected a list of objects, got ${objects === null ? 'null' : typeof objects}`)
  return objects.filter(isObject)
}

/**
 * A list with its items copied. What is no item stays in its place: to refuse it is the repository's business.
 *
 * @throws {TypeError} it is no list
 */
export function copies (objects: unknown, toCopy: (object: Item) => Item): unknown[] {
  if (!Array.isArray(objects)) throw new TypeError(`expected a list of objects, got ${objects === null ? 'null' : typeof objects}`)
  return objects.map((object: unknown) => isObject(object) ? toCopy(object) : object)
}

/** A copy of an item, with an id. */
export function withId (object: Item, id: string): Item {
  // `assign` costs a third of a spread here, and a spread does not obey an own `__proto__`.
  return isPlainObject(object) && !Object.hasOwn(object, '__proto__') ? Object.assign({}, object, { id }) : { ...object, type: object.type, attributes: object.attributes, id }
}

/** Whether an item says which object it is. */
export function hasId (object: Item): boolean {
  return object.id !== undefined && object.id !== null
}

/** A copy of a list, and anything else as it is. */
export function copyOf (values: unknown): unknown {
  return Array.isArray(values) ? [...values as unknown[]] : values
}

/** A copy of a list; of what is none, an empty one. */
export function list (values: unknown): unknown[] {
  return Array.isArray(values) ? [...values as unknown[]] : []
}
