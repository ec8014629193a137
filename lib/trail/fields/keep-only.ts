// What `fields.include` leaves of a record: the fields that are listed, and those that no record
// can be without. Called by compile.ts.
import { NOT_PLAIN } from '../../layouts/quote.js'
import { MAX_DEPTH } from '../../layouts/value.js'
import { assertPlain, REQUIRED } from './path.js'

/** Kept whatever is listed: what every record has, and the marks that say that a record is not as it was said. */
const ALWAYS = [...REQUIRED, 'labels.audit_fault', 'labels.audit_truncated']

/** A copy with these fields only; `dropped` is told the values of the others. @throws {NOT_PLAIN} something writes itself */
export function keepOnly (record: object, paths: readonly string[], dropped: (value: unknown, path: string) => void): object {
  return keepIn(record, '', [...ALWAYS, ...paths], dropped, 0)
}

function keepIn (object: object, prefix: string, paths: readonly string[], dropped: (value: unknown, path: string) => void, depth: number): object {
  assertPlain(object)
  if (depth > MAX_DEPTH) throw NOT_PLAIN
  const kept: Record<string, unknown> = {}
  for (const key of Object.keys(object)) {
    if (key === '__proto__') throw NOT_PLAIN
    const value = (object as Record<string, unknown>)[key]
    const path = prefix + key
    if (paths.some(listed => listed === path || path.startsWith(listed + '.'))) kept[key] = value
    else if (paths.some(listed => listed.startsWith(path + '.')) && typeof value === 'object' && value !== null) kept[key] = keepInside(value, path, paths, dropped, depth + 1)
    else {
      dropped(value, path)
      // The layouts count the fields that they know; one that is missing altogether is not one that is undefined.
      if (prefix === '') kept[key] = undefined
    }
  }
  return prefix !== '' && Object.keys(kept).length === 0 ? EMPTY : kept
}

const EMPTY = Object.freeze({})

function keepInside (value: object, path: string, paths: readonly string[], dropped: (value: unknown, path: string) => void, depth: number): unknown {
  const inside = (item: object): object | undefined => {
    const kept = keepIn(item, path + '.', paths, dropped, depth)
    return kept === EMPTY ? undefined : kept
  }
  if (!Array.isArray(value)) return inside(value)
  return value.filter((item: unknown) => typeof item === 'object' && item !== null).map(inside).filter(item => item !== undefined)
}
