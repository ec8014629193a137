// The careful path: an event that cannot be written as it is becomes a plain one that can,
// with everything that could be kept and `labels.audit_fault`, which says what could not. The
// trail uses it for events that a layout refuses, and to keep an event as it was when it has
// to wait for its request's user.
import type { AuditEvent, AuditRecord, ScopeFacts } from '../contracts.js'
import { type Cut, withCutMark } from './cut.js'
import { MAX_STRING_LENGTH } from './quote.js'
import { isPlainObject, MAX_DEPTH } from './value.js'

/** The most that `labels.audit_fault` says; what goes beyond is cut. */
const MAX_FAULT_LENGTH = 1000

/** So many values are copied of one event; past it, fields are left out and marked. */
const MAX_VALUES = 20_000

/** So much text is copied of one event, in UTF-16 units; past it, fields are left out and marked. What is larger than may be shipped is cut by limit.ts. */
const MAX_TEXT = 4_000_000

/** The fields that are objects in ECS: an index refuses a document with anything else there. */
const OBJECTS = ['kibana', 'http', 'url', 'error', 'labels', 'user', 'client', 'trace'] as const

type Fields = Record<string, unknown>

/**
 * A deep copy of an event that every layout can write: plain objects, well-formed strings of
 * at most 32,766 characters, finite numbers. Never throws, whatever it is given.
 */
export function plainEvent (event: unknown): AuditEvent {
  const copy = new PlainCopy()
  const whole = copy.of(event, 'event')
  const fields = (typeof whole === 'object' && !Array.isArray(whole) ? whole : { message: whole }) as Fields
  if (typeof fields.message !== 'string') {
    copy.faults.push(`message: expected a string, got ${typeof fields.message}`)
    fields.message = fields.message === undefined ? 'An event without a message' : JSON.stringify(fields.message).slice(0, MAX_STRING_LENGTH)
  }
  if (typeof fields.event !== 'object' || Array.isArray(fields.event)) fields.event = {}
  const { event: what } = fields as { event: Fields }
  if (typeof what.action !== 'string') {
    copy.faults.push(`event.action: expected a string, got ${typeof what.action}`)
    what.action = 'unknown'
  }
  for (const name of OBJECTS) {
    const value = fields[name]
    if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) continue
    copy.faults.push(`${name}: expected an object, got ${JSON.stringify(value).slice(0, 200)}`)
    delete fields[name]
  }
  if (copy.faults.length > 0) {
    fields.labels = { ...fields.labels as Fields | undefined, audit_fault: copy.faults.join('; ').slice(0, MAX_FAULT_LENGTH).toWellFormed() }
  }
  if (copy.cuts.length > 0) fields.labels = withCutMark(fields.labels as Fields | undefined, copy.cuts)
  return fields as unknown as AuditEvent
}

/** For a layout, beside a record that is no request's, or is a copy: it says all that there is itself. */
export const NO_FACTS: ScopeFacts = {}

/** The same of a record. Every field has its place, also one that is absent: the layouts count them. */
export function plainRecord (record: AuditRecord): AuditRecord {
  const plain = plainEvent(record)
  // What the trail sets is always plain.
  const { '@timestamp': timestamp, ecs, log, process } = record
  return { ...Object.fromEntries(Object.keys(record).map(field => [field, undefined])), ...plain, event: plain.event as AuditRecord['event'], '@timestamp': timestamp, ecs, log, process }
}

/** Text that can stand in an event: well-formed, of at most 32,766 characters. */
export function plainText (text: string): string {
  return text.slice(0, MAX_STRING_LENGTH).toWellFormed()
}

class PlainCopy {
  readonly faults: string[] = []
  readonly cuts: Cut[] = []
  readonly #ancestors: object[] = []
  #values = 0
  #text = 0

  /** A plain copy of `value`, or `undefined` for what is absent in JSON; `path` is for the faults. */
  of (value: unknown, path: string): unknown {
    try {
      return this.#copy(value, path)
    } catch (error) {
      return this.#fault(path, `cannot be read (${messageOf(error)})`)
    }
  }

  #copy (value: unknown, path: string): unknown {
    if (++this.#values > MAX_VALUES) return this.#values === MAX_VALUES + 1 ? this.#fault(path, `and what follows is left out: more than ${MAX_VALUES} values`) : undefined
    switch (typeof value) {
      case 'string': return this.#string(value, path)
      case 'boolean': case 'undefined': return value
      case 'number': return Number.isFinite(value) ? value : this.#fault(path, `${value} is not a number in JSON`)
      case 'bigint': this.#fault(path, 'a bigint, written as text'); return this.#string(String(value), path)
      // Somebody may have set a field to null, which is what a difference tells.
      case 'object': return value !== null ? this.#object(value, path) : path.startsWith('kibana.diff.') ? null : undefined
      default: return this.#fault(path, `a ${typeof value} cannot be written`)
    }
  }

  #string (text: string, path: string): string | undefined {
    this.#text += Math.min(text.length, MAX_STRING_LENGTH)
    if (this.#text > MAX_TEXT) return this.#fault(path, `is left out: more than ${MAX_TEXT} characters in one event`)
    if (text.length > MAX_STRING_LENGTH) this.cuts.push({ path, bytes: Buffer.byteLength(text) })
    else if (!text.isWellFormed()) this.#fault(path, 'holds lone surrogates')
    return plainText(text)
  }

  #object (object: object, path: string): unknown {
    if (this.#ancestors.includes(object)) return this.#fault(path, 'a circular reference')
    if (this.#ancestors.length >= MAX_DEPTH) return this.#fault(path, `deeper than ${MAX_DEPTH} levels`)
    if (ArrayBuffer.isView(object)) return this.#fault(path, `${object.byteLength} bytes of binary data`)
    this.#ancestors.push(object)
    try {
      const { toJSON } = object as { toJSON?: unknown }
      if (typeof toJSON === 'function') return this.#copy(toJSON.call(object, '') ?? this.#fault(path, `${classOf(object)} has nothing to say`), path)
      if (object instanceof Error) return { type: this.of(object.name, `${path}.name`), message: this.of(object.message, `${path}.message`) }
      if (object instanceof Map) return this.#fields(Object.fromEntries(object), path)
      if (object instanceof Set) return this.#list([...object], path)
      if (Array.isArray(object)) return this.#list(object, path)
      // What it holds is not in fields: a RegExp, a Promise, a class with private ones.
      if (!isPlainObject(object) && Object.keys(object).length === 0) return this.#fault(path, `${classOf(object)} cannot be written`)
      return this.#fields(object as Fields, path)
    } finally {
      this.#ancestors.pop()
    }
  }

  #list (list: readonly unknown[], path: string): unknown[] {
    const copies: unknown[] = []
    for (let i = 0; i < list.length && this.#values <= MAX_VALUES; i++) {
      const copy = this.of(list[i], `${path}[${i}]`)
      if (copy !== undefined) copies.push(copy)
    }
    return copies
  }

  #fields (object: Fields, path: string): Fields {
    const fields: Fields = {}
    for (const key of Object.keys(object)) {
      let value: unknown
      const place = path === 'event' ? key : `${path}.${key}`
      if (key === '__proto__') {
        this.#fault(place, 'is left out: readers might take it for a prototype')
        continue
      }
      const name = this.#string(key, place)
      if (name === undefined) continue
      try {
        value = object[key]
      } catch (error) {
        this.#fault(place, `cannot be read (${messageOf(error)})`)
      }
      const copy = this.of(value, place)
      if (copy !== undefined) fields[name] = copy
    }
    return fields
  }

  #fault (path: string, what: string): undefined {
    if (this.faults.length < 20) this.faults.push(`${plainText(path).slice(0, 200)}: ${what.slice(0, 200)}`)
  }
}

const classOf = (object: object): string => `a ${String(object.constructor?.name || 'nameless class')}`

/** The message of whatever was thrown; what is thrown may be as hostile as what is read. */
export function messageOf (thrown: unknown): string {
  try {
    return plainText(thrown instanceof Error ? String(thrown.message) : String(thrown))
  } catch {
    return 'something that has no message was thrown'
  }
}
