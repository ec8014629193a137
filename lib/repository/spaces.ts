// The table of a spaces client: what each of its methods records. Called by the application:
// `request.audit.repository(spaces, { operations: spacesOperations() })`. Its words come from
// events/space.ts; for objects that are shared and copied from the saved-objects client.
import type { NameOf, ObjectReference, Operation, Operations } from '../contracts.js'
import { SAVED_OBJECT_ACTIONS } from '../events/saved-object.js'
import { SPACE_ACTIONS } from '../events/space.js'
import { isObject, listOf, objectReference, plainCopy } from './object-reference.js'
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
  const updateObjectsSpaces: Operation = { ...ofObjects, current: undefined, refused: (result, args, nameOf) => isObject(result) ? ofObjects.refused!(result, args, nameOf) : [] }
  return {
    create: { ...SPACE_ACTIONS.space_create, prepare: ([given, ...rest]) => [plainCopy(given), ...rest], requested: ([given], nameOf) => [spaceIn(given, nameOf)], changes: ([given]) => [{ attributes: given, isNew: true }] },
    get: { ...SPACE_ACTIONS.space_get, requested: byId, returned: (found, [id], nameOf) => isObject(found) ? [spaceIn(found, nameOf, id)] : [] },
    getAll: find,
    find,
    update: { ...SPACE_ACTIONS.space_update, prepare: ([id, given, ...rest]) => [id, plainCopy(given), ...rest], requested: ([id, given], nameOf) => [space(id, nameOf('space', given))], current, changes: ([, given]) => [{ attributes: given }] },
    delete: { ...SPACE_ACTIONS.space_delete, requested: byId, current, changes: () => [{}] },
    shareSavedObjects: updateObjectsSpaces,
    updateObjectsSpaces,
    copySavedObjectsToSpaces: {
      ...SAVED_OBJECT_ACTIONS.saved_object_create,
      prepare: ([source, destinations, options, ...rest]) => [source, list(destinations), { ...options as object, objects: list((options as Listed).objects).map(plainCopy) }, ...rest],
      requested: ([, , options], nameOf) => list((options as Listed).objects).filter(isObject).map(({ type, id, attributes }) => objectReference(type, id, nameOf(type, attributes))),
      fields: ([, destinations]) => ({ add_to_spaces: list(destinations) })
    }
  }
}

interface Listed { readonly objects?: unknown }

const space = (id: unknown, name?: string): ObjectReference => objectReference('space', id, name)

const byId = ([id]: readonly unknown[]): ObjectReference[] => [space(id)]

const spaceIn = (given: unknown, nameOf: NameOf, id?: unknown): ObjectReference => space(isObject(given) ? given.id ?? id : id, nameOf('space', given))

const current: Operation['current'] = async (client, _spaces, [id], nameOf) => {
  const found = await client.get!(id)
  return [{ ...spaceIn(found, nameOf, id), attributes: found }]
}

// A search that is refused names no space: the message says `spaces`.
const find: Operation = {
  ...SPACE_ACTIONS.space_find,
  returned: (page, _args, nameOf) => list(isObject(page) && !Array.isArray(page) ? page.spaces : page).map((found) => spaceIn(found, nameOf))
}

// What is recorded is what the client gets, whatever the caller does to its own objects meanwhile.
const list = (values: unknown): unknown[] => [...listOf(values)]
