// Reads settings that are given in code, as an object: the section `xpack.security.audit`
// itself, its keys dotted, nested or mixed as in a yml. Called by read.ts.
import { isClient } from '../appenders/elasticsearch/connection.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import type { Place, Written } from './setting-tree.js'

/** Whether a value is an object of plain keys: not a Map, a URL or an instance of some class. */
export function isPlainObject (value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another realm has another Object.prototype, which in turn has none.
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
}

/**
 * What an object says. A key whose value is `undefined` counts as not written.
 *
 * @throws {AUDIT_ERR_OPTION} the object cannot be read: one of its getters throws
 */
export function readObject (value: unknown): Written {
  const place: Place = { text: 'config', offset: 0 }
  return written(value, [])

  function written (value: unknown, around: readonly unknown[]): Written {
    if (around.includes(value)) return { place, scalar: Symbol('a circular reference') }
    const inside = [...around, value]
    // Handed on as it is: it is no settings, and nothing may copy it.
    if (isHandedOn(value)) return { place, scalar: () => value }
    if (Array.isArray(value)) return { place, items: value.map((item: unknown) => () => written(item, inside)) }
    // A Map would pass for an object without keys, its settings unseen.
    if (typeof value === 'object' && value !== null && !isPlainObject(value)) return { place, scalar: Symbol('an instance of a class') }
    if (!isPlainObject(value)) return { place, scalar: value }
    const given = entriesOf(value).filter(([, child]) => child !== undefined)
    return { place, entries: given.map(([key, child]) => ({ key, place, value: () => written(child, inside), merged: false })) }
  }
}

function entriesOf (value: object): [string, unknown][] {
  try {
    return Object.entries(value)
  } catch (cause) {
    throw new AUDIT_ERR_OPTION('config: expected settings that can be read, got an object with a getter that throws', { cause })
  }
}

/** An appender, or a client of a store. */
function isHandedOn (value: unknown): boolean {
  try {
    const { append, close } = Object(value) as Record<string, unknown>
    return (typeof append === 'function' && typeof close === 'function') || isClient(value)
  } catch {
    return false
  }
}
