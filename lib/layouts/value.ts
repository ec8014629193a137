// Any plain value as JSON, for the parts of a record whose shape is not known beforehand.
import { NOT_PLAIN, quote } from './quote.js'

/** Deeper than this a value is not written: it may be a cycle. */
export const MAX_DEPTH = 12

/**
 * The JSON of a plain value: strings, finite numbers, booleans, null, arrays and objects
 * without a class. Fields that are `undefined` are absent.
 *
 * @throws {NOT_PLAIN} anything else, and whatever a getter throws
 */
export function valueJson (value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string': return quote(value)
    case 'boolean': return value ? 'true' : 'false'
    case 'number': if (Number.isFinite(value)) return '' + value; break
    case 'object':
      if (value === null) return 'null'
      if (depth < MAX_DEPTH) return Array.isArray(value) ? arrayJson(value, depth) : objectJson(value, depth)
  }
  throw NOT_PLAIN
}

/**
 * True for `{}` and its like: an object without a class, whose fields are all there is to it. On the
 * hot path it is asked right after a field has been read: V8 then knows the shape, and with it the
 * prototype; else it calls its runtime, which costs as much as a search of forty characters.
 */
export function isPlainObject (value: unknown): value is object {
  if (value === null || typeof value !== 'object') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** True for an object that has one field, of that name, or none. */
export function hasOnly (name: string, object: object | undefined): boolean {
  for (const field in object) {
    if (field !== name) return false
  }
  return true
}

/** The JSON of an object without a class. */
export function objectJson (object: object, depth: number): string {
  if (!isPlainObject(object)) throw NOT_PLAIN
  let json = ''
  for (const key in object) {
    if (key === '__proto__') throw NOT_PLAIN
    const value = (object as Record<string, unknown>)[key]
    if (value !== undefined) json += (json === '' ? '{' : ',') + quote(key) + ':' + valueJson(value, depth + 1)
  }
  return json === '' ? '{}' : json + '}'
}

function arrayJson (array: readonly unknown[], depth: number): string {
  let json = '['
  for (let i = 0; i < array.length; i++) json += (i === 0 ? '' : ',') + valueJson(array[i], depth + 1)
  return json + ']'
}
