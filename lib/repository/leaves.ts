// The fields of an object one by one: the leaves of its attributes by their JSON Pointers
// (RFC 6901), as values that a line can hold. Called by difference.ts, twice for each object.
import { isObject } from './object-reference.js'

/** A field of an object. */
export interface Leaf {
  /** The names on the way to it. */
  readonly names: readonly string[]
  /** Text, a finite number, a boolean, null, or lists and objects of these. */
  readonly value: unknown
  /** The value as JSON, by which it is compared and measured. */
  readonly json: string
}

/** So many fields of an object are looked at. */
const MAX_LEAVES = 10_000
/** So deep fields are looked for. */
const MAX_DEPTH = 32
/** So deep the lists and objects within a field are written. */
const MAX_VALUE_DEPTH = 6

const TOO_DEEP = '[too deep]'
const CIRCULAR = '[circular]'

/**
 * The fields of attributes: what is no object, a list, or an object without fields. What writes
 * itself (`toJSON`: a date, a document) is what it writes; bytes are Base64.
 */
export function leavesOf (attributes: Readonly<Record<string, unknown>>): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  inside(attributes, '', [], [attributes])
  return leaves

  function inside (fields: Readonly<Record<string, unknown>>, pointer: string, names: readonly string[], ancestors: readonly object[]): void {
    for (const name of Object.keys(fields)) {
      if (leaves.size >= MAX_LEAVES) return
      const value = written(read(fields, name))
      if (isAbsent(value)) continue
      const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const path = [...names, name]
      const further = fieldsIn(value)
      if (further === undefined || Object.keys(further).length === 0) add(place, path, plainValue(value, ancestors, 0))
      else if (ancestors.includes(further)) add(place, path, CIRCULAR)
      else if (path.length >= MAX_DEPTH) add(place, path, TOO_DEEP)
      else inside(further, place, path, [...ancestors, further])
    }
  }

  function add (pointer: string, names: readonly string[], value: unknown): void {
    leaves.set(pointer, { names, value, json: JSON.stringify(value) })
  }
}

/** The fields of attributes, in whatever they come; those that are not set are absent. None: they have none. */
export function attributeFields (attributes: unknown): Readonly<Record<string, unknown>> {
  const fields = fieldsIn(written(attributes)) ?? {}
  return Object.fromEntries(Object.keys(fields).map((name) => [name, read(fields, name)] as const).filter(([, value]) => value !== undefined))
}

const isAbsent = (value: unknown): boolean => value === undefined || typeof value === 'function' || typeof value === 'symbol'

function read (fields: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return fields[name]
  } catch {
    return '[cannot be read]'
  }
}

/** What a value writes of itself. */
function written (value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return isObject(value) && typeof value.toJSON === 'function' ? value.toJSON('') as unknown : value
}

/** An object with fields; not one that is all in its text, such as a regular expression. */
function fieldsIn (value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(value) || Array.isArray(value) || value instanceof Set) return undefined
  if (value instanceof Map) return Object.fromEntries(value) as Record<string, unknown>
  return isText(value) ? undefined : value
}

const isText = (object: object): boolean => Object.keys(object).length === 0 && object.toString !== Object.prototype.toString && typeof object.toString === 'function'

function plainValue (given: unknown, ancestors: readonly object[], depth: number): unknown {
  const value = depth === 0 ? given : written(given)
  switch (typeof value) {
    case 'string': return value.toWellFormed()
    case 'number': return Number.isFinite(value) ? value : String(value)
    case 'boolean': return value
    case 'bigint': return String(value)
    case 'object': return value === null ? null : plainObject(value, ancestors, depth)
    default: return null
  }
}

function plainObject (object: object, ancestors: readonly object[], depth: number): unknown {
  if (ancestors.includes(object)) return CIRCULAR
  if (depth >= MAX_VALUE_DEPTH) return TOO_DEEP
  const within = [...ancestors, object]
  if (Array.isArray(object) || object instanceof Set) return [...object as Iterable<unknown>].map((item) => plainValue(item, within, depth + 1))
  const fields = fieldsIn(object)
  if (fields === undefined) return String(object).toWellFormed()
  return Object.fromEntries(Object.keys(fields).filter((name) => name !== '__proto__').flatMap((name) => {
    const value = read(fields, name)
    return isAbsent(value) ? [] : [[name.toWellFormed(), plainValue(value, within, depth + 1)]]
  }))
}
