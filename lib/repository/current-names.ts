// The names of objects that a write does not name itself, read before it: `saved_objects.look_up_names`.
// Called by run.ts when the permission has been given and the intention has not been said yet.
import type { ObjectReference } from '../contracts.js'
import type { Call } from './call.js'
import { referenceKey } from './object-reference.js'
import type { NamesLookUp } from './settings.js'

/**
 * The same call, whose events have the names that its objects have now. One read, of those that
 * have an id and no name. Never rejects, and waits no longer than `timeout`: without a name the
 * write goes on, and its events say why where that is a fault.
 */
export async function withCurrentNames (call: Call, repository: object, { timeout }: NamesLookUp): Promise<Call> {
  const nameless = call.all.filter(isNameless)
  if (nameless.length === 0) return call
  const names = new Map<string, string>()
  for (const { type, id, name } of await call.current(repository, nameless, timeout)) {
    if (id !== undefined && name !== undefined) names.set(referenceKey({ type, id }), name)
  }
  if (names.size === 0) return call
  const named = (object: ObjectReference | undefined): ObjectReference | undefined => {
    const name = isNameless(object) ? names.get(referenceKey(object)) : undefined
    return name === undefined ? object : { ...object as ObjectReference, name }
  }
  return {
    ...call,
    all: call.all.map(named),
    refused: (result) => call.refused(result).map((item) => item && { ...item, object: named(item.object)! })
  }
}

function isNameless (object: ObjectReference | undefined): object is ObjectReference & { readonly id: string } {
  return object !== undefined && object.name === undefined && object.id !== undefined
}
