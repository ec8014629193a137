// The table of a spaces client: what each of its methods records. Called by the application:
// `request.audit.repository(spaces, { operations: spacesOperations() })`. Its words come from
// events/space.ts; for objects that are shared and copied from the saved-objects client.
import type { ObjectReference, Operation, Operations } from '../contracts.js'
import { SAVED_OBJECT_ACTIONS } from '../events/saved-object.js'
import { SPACE_ACTIONS } from '../events/space.js'
import { isObject, listOf, nameIn, objectReference, plainCopy } from './object-reference.js'
import { savedObjectsOperations } from './saved-objects.js'

/**
 * The table of a spaces client, by the names of Kibana's: `create(space)`, `get(id)`,
 * `getAll()` or `find()`, `update(id, space)`, `delete(id)`; and for objects in several spaces
 * `shareSavedObjects` or `updateObjectsSpaces(objects, spacesToAdd, spacesToRemove)`, and
 * `copySavedObjectsToSpaces(sourceSpaceId, destinationSpaceIds, { objects })`, which is
 * recorded as creating each object, with the destinations as `kibana.add_to_spaces`.
 */
export function spacesOperations (): Operations {
  const { updateObjectsSpaces: ofObjects } = savedObjectsOperations() as { readonly updateObjectsSpaces: Operation }
  // Unlike the client of saved objects, one of spaces may have nothing to tell when it has shared them.
  const updateObjectsSpaces: Operation = { ...ofObjects, refused: (result, args) => isObject(result) ? ofObjects.refused!(result, args) : [] }
  return {
    create: { ...SPACE_ACTIONS.space_create, prepare: ([given, ...rest]) => [plainCopy(given), ...rest], requested: ([given]) => [spaceIn(given)] },
    get: { ...SPACE_ACTIONS.space_get, requested: byId, returned: (found, [id]) => isObject(found) ? [spaceIn(found, id)] : [] },
    getAll: find,
    find,
    update: { ...SPACE_ACTIONS.space_update, prepare: ([id, given, ...rest]) => [id, plainCopy(given), ...rest], requested: ([id, given]) => [space(id, nameIn(given))] },
    delete: { ...SPACE_ACTIONS.space_delete, requested: byId },
    shareSavedObjects: updateObjectsSpaces,
    updateObjectsSpaces,
    copySavedObjectsToSpaces: {
      ...SAVED_OBJECT_ACTIONS.saved_object_create,
      prepare: ([source, destinations, options, ...rest]) => [source, list(destinations), { ...options as object, objects: list((options as Listed).objects).map(plainCopy) }, ...rest],
      requested: ([, , options]) => list((options as Listed).objects).filter(isObject).map(({ type, id, attributes }) => objectReference(type, id, nameIn(attributes))),
      fields: ([, destinations]) => ({ add_to_spaces: list(destinations) })
    }
  }
}

interface Listed { readonly objects?: unknown }

const space = (id: unknown, name?: string): ObjectReference => objectReference('space', id, name)

const byId = ([id]: readonly unknown[]): ObjectReference[] => [space(id)]

const spaceIn = (given: unknown, id?: unknown): ObjectReference => space(isObject(given) ? given.id ?? id : id, nameIn(given))

// A search that is refused names no space: the message says `spaces`.
const find: Operation = {
  ...SPACE_ACTIONS.space_find,
  returned: (page) => list(isObject(page) && !Array.isArray(page) ? page.spaces : page).map((found) => spaceIn(found))
}

// What is recorded is what the client gets, whatever the caller does to its own objects meanwhile.
const list = (values: unknown): unknown[] => [...listOf(values)]
