// What an object is called: its id and its name, from whatever shape a repository has them
// in. Called by the tables of operations and by described-call.ts, which checks what the tables say.
import type { NameOf, ObjectReference } from '../contracts.js'
import { isPlainObject } from '../layouts/value.js'

/**
 * An id as text: numbers, database ids with a `toString` of their own (`ObjectId`, `UUID`),
 * bytes in hexadecimal, compound keys as JSON. `undefined` when there is none.
 */
export function idText (id: unknown): string | undefined {
  if (typeof id === 'string') return id
  if (id === undefined || id === null) return undefined
  if (id instanceof Uint8Array) return Buffer.from(id).toString('hex')
  if (typeof id !== 'object') return String(id)
  const hasText = typeof id.toString === 'function' && id.toString !== Object.prototype.toString && !Array.isArray(id)
  return hasText ? String(id) : JSON.stringify(id)
}

/** The name in an object's attributes: `name`, else `title`, as in Kibana, when it is a text that is not empty. */
export function nameIn (attributes: unknown): string | undefined {
  if (!isObject(attributes)) return undefined
  return textOr(attributes.name, textOr(attributes.title, undefined))
}

/** Makes the `NameOf` of an application. @param attributes of some types, which of their attributes is the name */
export function createNameOf (attributes: Readonly<Record<string, string>>): NameOf {
  const byType = new Map<unknown, string>(Object.entries(attributes))
  if (byType.size === 0) return (_type, of) => nameIn(of)
  return (type, of) => {
    const attribute = byType.get(type)
    return attribute === undefined || !isObject(of) ? nameIn(of) : textOr(of[attribute], nameIn(of))
  }
}

function textOr (value: unknown, otherwise: string | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : otherwise
}

/** A reference with what is known: absent values are absent. */
export function objectReference (type: unknown, id?: unknown, name?: string): ObjectReference {
  const known = idText(id)
  const text = typeof type === 'string' ? type : String(type)
  if (name === undefined) return known === undefined ? { type: text } : { type: text, id: known }
  return { type: text, ...known !== undefined && { id: known }, name }
}

/** A text that is the same for references to the same object, and for those to the same type without an id. */
export function referenceKey ({ type, id }: ObjectReference): string {
  return id === undefined ? `:${type}` : `${type.length}:${type}${id}`
}

/** Whether a value is a promise, or what can be awaited like one. */
export function isThenable (value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value.then === 'function'
}

/** Whether a value has properties to look at. */
export function isObject (value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}

/**
 * The same value, when it is a list.
 *
 * @throws {TypeError} it is none
 */
export function listOf<T> (value: T): T & readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError(`expected a list, got ${value === null ? 'null' : typeof value}`)
}

/** A copy of a plain object, and anything else as it is: an instance of a class would not survive being copied. */
export function plainCopy<T> (value: T): T {
  return isPlainObject(value) ? { ...value } : value
}
