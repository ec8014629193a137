// A field of a record by its path, `user.name`: what may be done to it, and a copy in which its
// value is another one. Records and what they refer to are shared by the events of a request:
// only what lies on the way to a field is copied. Called by compile.ts and rewrite.ts.
import { NOT_PLAIN } from '../../layouts/quote.js'
import { isPlainObject } from '../../layouts/value.js'

/** What no record may lack or lie about: when, which it is (whoever is sent it twice keeps it once), what, whether it failed (a failed login has to stay one), by which version of ECS it reads, and what every layout needs. */
export const REQUIRED = ['@timestamp', 'message', 'event.action', 'event.id', 'event.category', 'event.outcome', 'ecs.version', 'log', 'process']

/** What is wrong with the path of a field that is to be taken out or changed, or null. */
export function pathFault (path: string): string | null {
  const names = path.split('.')
  if (names.includes('') || names.includes('__proto__')) return `expected a field such as "user.name", got ${JSON.stringify(path)}`
  const required = REQUIRED.find(field => field === path || field.startsWith(path + '.') || path.startsWith(field + '.'))
  return required === undefined ? null : `expected a field that a record can be without, got ${JSON.stringify(path)}: every record has ${required}`
}

/** A path, made ready for `changeAt`: each key that an object may have at its beginning, and the path from there on. */
export type Path = readonly Step[]

interface Step {
  readonly key: string
  /** Null: the key is all of the path. */
  readonly rest: Path | null
}

/** Makes a path ready, once for all records. */
export function compilePath (path: string): Path {
  const names = path.split('.')
  let rest: Path[] = []
  for (let start = names.length - 1; start >= 0; start--) {
    const after = rest
    rest = [names.slice(start).map((_, more) => ({ key: names.slice(start, start + more + 1).join('.'), rest: after[more] ?? null })), ...after]
  }
  return rest[0]!
}

/**
 * A copy in which the value at a path is what `change` makes of it, or the object itself when
 * nothing is there. A field that becomes `undefined` is left out by every layout. `{ 'a.b': 1 }` has
 * the path `a.b` too, as Elasticsearch reads it; in a list, each item has it.
 *
 * @throws {NOT_PLAIN} something on the way writes itself (a class, `toJSON`), so that nobody knows which fields it has
 */
export function changeAt (object: object, path: Path, change: (value: unknown) => unknown): object {
  assertPlain(object)
  let copy = object
  for (const { key, rest } of path) {
    const old: unknown = Object.hasOwn(copy, key) ? (copy as Record<string, unknown>)[key] : undefined
    if (old === undefined) continue
    const next = rest === null ? change(old) : changeInside(old, rest, change)
    if (next !== old) copy = { ...copy, [key]: next }
  }
  return copy
}

function changeInside (old: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  if (typeof old !== 'object' || old === null) return old
  if (!Array.isArray(old)) return changeAt(old, path, change)
  const items = old.map((item: unknown) => changeInside(item, path, change))
  return items.some((item, index) => item !== old[index]) ? items : old
}

/** @throws {NOT_PLAIN} an object that a layout would not write field by field */
export function assertPlain (object: object): void {
  if (!isPlainObject(object) || typeof (object as { toJSON?: unknown }).toJSON === 'function') throw NOT_PLAIN
}
