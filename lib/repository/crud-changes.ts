// What the writes of a repository of one kind of object make of its objects, as far as their
// arguments tell: for `savedObjectDiff`. Part of crud.ts.
import type { AttributeChange, Operation } from '../contracts.js'
import { isObject } from './object-reference.js'

type Changes = NonNullable<Operation['changes']>

/** An object with properties, not an id that is an object (`ObjectId`, `UUID`, `Date`, bytes). */
export function isRecord (value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) && !(value instanceof Uint8Array) && (value.toString === Object.prototype.toString || value.toString === undefined)
}

/** The objects of a write's first argument, one by one; else the argument itself. */
export function manyIn (first: unknown, isOne: (object: Record<PropertyKey, unknown>) => boolean): unknown {
  return isRecord(first) && Array.isArray(first.data) && !('where' in first) && !isOne(first) ? first.data as unknown[] : first
}

/** Makes `changes` for each kind of write. @param isOne whether an object has an id of its own */
export function createChanges (isOne: (object: Record<PropertyKey, unknown>) => boolean): Readonly<Record<'creation' | 'update' | 'replacement' | 'deletion', Changes>> {
  /** What an object is written with. None: that is not certain, as where both arguments are objects. */
  const attributesOf = (first: unknown, second: unknown): Record<string, unknown> | undefined => {
    if (!isRecord(first)) return isRecord(second) && !Object.keys(second).some((name) => name.startsWith('$')) ? second : undefined
    if (isRecord(first.data) && ('where' in first || !isOne(first))) return first.data
    return isRecord(second) || 'where' in first ? undefined : first
  }
  const changes = (change: (first: unknown, second: unknown) => AttributeChange | undefined): Changes => ([first, second]) => {
    if (first === undefined || first === null) return []
    const many = manyIn(first, isOne)
    return Array.isArray(many) ? many.map((one: unknown) => change(one, second)) : [change(first, second)]
  }
  const written = (more: Pick<AttributeChange, 'isPartial' | 'isNew'>): Changes => changes((first, second) => {
    const attributes = attributesOf(first, more.isNew === true ? undefined : second)
    return attributes && { attributes, ...more }
  })
  return { creation: written({ isNew: true }), update: written({ isPartial: true }), replacement: written({}), deletion: changes(() => ({})) }
}
