// The names of objects that a write does not name itself, read before it: `saved_objects.look_up_names`.
// Called by before-write.ts, with what it has read.
import type { ObjectReference } from '../contracts.js'
import type { Call } from './call.js'
import { changedCall } from './described-call.js'
import { referenceKey } from './object-reference.js'

/** The same call, whose events have the names that its objects have now. */
export function withCurrentNames (call: Call, found: readonly ObjectReference[]): Call {
  const names = new Map<string, string>()
  for (const { type, id, name } of found) {
    if (id !== undefined && name !== undefined) names.set(referenceKey({ type, id }), name)
  }
  if (names.size === 0) return call
  const named = (object: ObjectReference | undefined): ObjectReference | undefined => {
    const name = isNameless(object) ? names.get(referenceKey(object)) : undefined
    return name === undefined ? object : { ...object as ObjectReference, name }
  }
  return changedCall(call, {
    all: call.all.map(named),
    attempted: call.attempted.map(named),
    refused: (result) => call.refused(result).map((item) => item && { ...item, object: named(item.object)! })
  })
}

/** Whether an object has an id by which its name can be found. */
export function isNameless (object: ObjectReference | undefined): object is ObjectReference & { readonly id: string } {
  return object !== undefined && object.name === undefined && object.id !== undefined
}
