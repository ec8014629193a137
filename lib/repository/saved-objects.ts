// The table of Kibana's saved-objects client: what each of its methods records. The default
// table of audit-repository.ts; its words come from events/saved-object.ts.
import { randomUUID } from 'node:crypto'
import type { ObjectReference, Operation, Operations, RefusedItem } from '../contracts.js'
import { SAVED_OBJECT_ACTIONS } from '../events/saved-object.js'
import { isPlainObject } from '../layouts/value.js'
import { isObject, nameIn, objectReference, plainCopy } from './object-reference.js'
import { isRefusal, recordedError } from './refusal.js'

/** How the table differs from Kibana's. */
export interface SavedObjectsOperationsOptions {
  /** Makes the id of an object that is created without one. @default a random UUID */
  readonly newId?: () => string
}

type Item = Readonly<Record<PropertyKey, unknown>>

/**
 * The table of Kibana's saved-objects client. `checkConflicts` is in no table: it records
 * nothing. Names are taken from the attributes `title` or `name`: of the arguments for
 * writes, of the result for reads.
 */
export function savedObjectsOperations ({ newId = randomUUID }: SavedObjectsOperationsOptions = {}): Operations {
  return {
    create: {
      ...SAVED_OBJECT_ACTIONS.saved_object_create,
      prepare: ([type, attributes, options, ...rest]) => [type, attributes, { ...options as Item, id: (options as Item | undefined)?.id ?? newId() }, ...rest],
      requested: ([type, attributes, options]) => [objectReference(type, (options as Item).id, nameIn(attributes))]
    },
    bulkCreate: {
      ...SAVED_OBJECT_ACTIONS.saved_object_create,
      ...bulk,
      prepare: ([objects, ...rest]) => [copies(objects, (object) => hasId(object) ? plainCopy(object) : withId(object, newId())), ...rest],
      refused: (result) => refusedItems(listIn(result, 'saved_objects'))
    },
    get: {
      ...SAVED_OBJECT_ACTIONS.saved_object_get,
      requested: one,
      returned: (result, [type, id]) => isObject(result) ? [objectReference(type, id, nameIn(result.attributes))] : []
    },
    bulkGet: {
      ...SAVED_OBJECT_ACTIONS.saved_object_get,
      ...bulk,
      returned: (result) => intact(listIn(result, 'saved_objects')).map(fromItem),
      refused: (result) => refusedItems(listIn(result, 'saved_objects'))
    },
    resolve: {
      ...SAVED_OBJECT_ACTIONS.saved_object_resolve,
      requested: one,
      returned: (result) => isObject(result) && isObject(result.saved_object) ? [fromItem(result.saved_object)] : []
    },
    bulkResolve: {
      ...SAVED_OBJECT_ACTIONS.saved_object_resolve,
      ...bulk,
      returned: (result) => intact(resolvedObjects(result)).map(fromItem),
      refused: (result) => refusedItems(resolvedObjects(result))
    },
    find,
    update: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update,
      requested: ([type, id, attributes]) => [objectReference(type, id, nameIn(attributes))]
    },
    bulkUpdate: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update,
      ...bulk,
      refused: (result) => refusedItems(listIn(result, 'saved_objects'))
    },
    incrementCounter: { ...SAVED_OBJECT_ACTIONS.saved_object_update, requested: one },
    delete: { ...SAVED_OBJECT_ACTIONS.saved_object_delete, requested: one },
    bulkDelete: {
      ...SAVED_OBJECT_ACTIONS.saved_object_delete,
      ...bulk,
      refused: (result) => refusedItems(listIn(result, 'statuses'))
    },
    openPointInTimeForType: SAVED_OBJECT_ACTIONS.saved_object_open_point_in_time,
    // Whoever holds a point in time may give it back: never refused.
    closePointInTime: { ...SAVED_OBJECT_ACTIONS.saved_object_close_point_in_time, authorize: false },
    createPointInTimeFinder: {
      kind: 'handover',
      handOn: ([options, dependencies, ...rest], audited) => {
        const given = isObject(dependencies) ? dependencies : {}
        return [options, { ...given, client: audited(isObject(given.client) ? given.client : undefined) }, ...rest]
      },
      returns: { find }
    },
    collectMultiNamespaceReferences: {
      ...SAVED_OBJECT_ACTIONS.saved_object_collect_multinamespace_references,
      ...bulk,
      returned: (result) => listIn(result, 'objects').filter(({ spaces }) => Array.isArray(spaces) && spaces.length > 0).map(fromItem)
    },
    updateObjectsSpaces: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update_objects_spaces,
      ...bulk,
      prepare: ([objects, spacesToAdd, spacesToRemove, ...rest]) => [copies(objects, plainCopy), copyOf(spacesToAdd), copyOf(spacesToRemove), ...rest],
      fields: ([, spacesToAdd, spacesToRemove]) => ({ add_to_spaces: list(spacesToAdd), delete_from_spaces: list(spacesToRemove) }),
      refused: (result) => refusedItems(listIn(result, 'objects'))
    },
    removeReferencesTo: { ...SAVED_OBJECT_ACTIONS.saved_object_remove_references, requested: one },
    changeOwnership: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update_objects_owner,
      ...bulk,
      refused: (result) => refusedItems(listIn(result, 'objects'))
    },
    changeAccessMode: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update_objects_access_mode,
      ...bulk,
      refused: (result) => refusedItems(listIn(result, 'objects'))
    },
    asScopedToNamespace: { kind: 'handover', returns: 'same' }
  }
}

const one = ([type, id]: readonly unknown[]): ObjectReference[] => [objectReference(type, id)]

// Bulk methods take their objects as the first argument. They are copied once, before they
// are recorded: what is recorded is what the repository gets, whatever the caller does to its
// own list in the meantime.
const bulk = {
  prepare: ([objects, ...rest]) => [copies(objects, plainCopy), ...rest],
  requested: ([objects]) => items(objects).map(fromItem)
} satisfies Pick<Operation, 'prepare' | 'requested'>

const find: Operation = {
  ...SAVED_OBJECT_ACTIONS.saved_object_find,
  returned: (page) => (Array.isArray(page) ? items(page) : listIn(page, 'saved_objects')).map(fromItem)
}

function fromItem (item: Item): ObjectReference {
  return objectReference(item.type, item.id, nameIn(item.attributes))
}

function resolvedObjects (result: unknown): Item[] {
  return listIn(result, 'resolved_objects').map((resolved) => isObject(resolved.saved_object) ? resolved.saved_object : resolved)
}

function intact (objects: readonly Item[]): Item[] {
  return objects.filter(({ error }) => error === undefined || error === null)
}

function refusedItems (objects: readonly Item[]): RefusedItem[] {
  return objects
    .filter(({ error }) => isRefusal(error))
    .map((item) => ({ object: fromItem(item), error: recordedError(item.error) }))
}

function listIn (result: unknown, property: string): Item[] {
  return items(isObject(result) ? result[property] : undefined)
}

function items (objects: unknown): Item[] {
  if (!Array.isArray(objects)) throw new TypeError(`expected a list of objects, got ${objects === null ? 'null' : typeof objects}`)
  return objects.filter(isObject)
}

// What is no object stays in its place: to refuse it is the repository's business.
function copies (objects: unknown, toCopy: (object: Item) => Item): unknown[] {
  if (!Array.isArray(objects)) throw new TypeError(`expected a list of objects, got ${objects === null ? 'null' : typeof objects}`)
  return objects.map((object: unknown) => isObject(object) ? toCopy(object) : object)
}

// `assign` costs a third of a spread here, and a spread does not obey an own `__proto__`.
function withId (object: Item, id: string): Item {
  return isPlainObject(object) && !Object.hasOwn(object, '__proto__') ? Object.assign({}, object, { id }) : { ...object, type: object.type, attributes: object.attributes, id }
}

function hasId (object: Item): boolean {
  return object.id !== undefined && object.id !== null
}

function copyOf (values: unknown): unknown {
  return Array.isArray(values) ? [...values as unknown[]] : values
}

function list (values: unknown): unknown[] {
  return Array.isArray(values) ? [...values as unknown[]] : []
}
