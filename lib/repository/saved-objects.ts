// The table of Kibana's saved-objects client: what each of its methods records. The default
// table of audit-repository.ts; its words come from events/saved-object.ts.
import { randomUUID } from 'node:crypto'
import type { CurrentObject, NameOf, ObjectReference, Operation, Operations } from '../contracts.js'
import { SAVED_OBJECT_ACTIONS } from '../events/saved-object.js'
import { copies, copyOf, hasId, intact, isIntact, type Item, items, list, listIn, refusedItems, referTo, resolvedObjects, withId } from './items.js'
import { isObject, objectReference, plainCopy } from './object-reference.js'
import { hasStatus } from './refusal.js'

/** How the table differs from Kibana's. */
export interface SavedObjectsOperationsOptions {
  /** Makes the id of an object that is created without one. @default a random UUID */
  readonly newId?: () => string
}

/**
 * The table of Kibana's saved-objects client. `checkConflicts` records nothing. Names are taken from the attributes: of the arguments for writes, of the result
 * for reads.
 */
export function savedObjectsOperations ({ newId = randomUUID }: SavedObjectsOperationsOptions = {}): Operations {
  return {
    create: {
      ...SAVED_OBJECT_ACTIONS.saved_object_create,
      prepare: ([type, attributes, options, ...rest]) => [type, attributes, { ...options as Item, id: (options as Item | undefined)?.id ?? newId() }, ...rest],
      requested: ([type, attributes, options], nameOf) => [objectReference(type, (options as Item).id, nameOf(type, attributes))],
      current: currentOf(2),
      changes: ([, attributes, options]) => [{ attributes, isNew: !overwrites(options) }]
    },
    bulkCreate: {
      ...SAVED_OBJECT_ACTIONS.saved_object_create,
      ...bulk,
      prepare: ([objects, ...rest]) => [copies(objects, (object) => hasId(object) ? plainCopy(object) : withId(object, newId())), ...rest],
      current: currentOf(1),
      changes: ([objects, options]) => items(objects).map(({ attributes }) => ({ attributes, isNew: !overwrites(options) })),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'saved_objects'), nameOf)
    },
    get: {
      ...SAVED_OBJECT_ACTIONS.saved_object_get,
      requested: one,
      returned: (result, [type, id], nameOf) => isObject(result) ? [objectReference(type, id, nameOf(type, result.attributes))] : []
    },
    bulkGet: {
      ...SAVED_OBJECT_ACTIONS.saved_object_get,
      ...bulk,
      returned: (result, _args, nameOf) => intact(listIn(result, 'saved_objects')).map(referTo(nameOf)),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'saved_objects'), nameOf)
    },
    resolve: {
      ...SAVED_OBJECT_ACTIONS.saved_object_resolve,
      requested: one,
      returned: (result, _args, nameOf) => isObject(result) && isObject(result.saved_object) ? [referTo(nameOf)(result.saved_object)] : []
    },
    bulkResolve: {
      ...SAVED_OBJECT_ACTIONS.saved_object_resolve,
      ...bulk,
      returned: (result, _args, nameOf) => intact(resolvedObjects(result)).map(referTo(nameOf)),
      refused: (result, _args, nameOf) => refusedItems(resolvedObjects(result), nameOf)
    },
    find,
    update: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update,
      requested: ([type, id, attributes], nameOf) => [objectReference(type, id, nameOf(type, attributes))],
      current: currentOf(3),
      changes: ([, , attributes, options]) => [{ attributes, isPartial: merges(options) }]
    },
    bulkUpdate: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update,
      ...bulk,
      current: currentOf(1),
      changes: ([objects]) => items(objects).map((object) => ({ attributes: object.attributes, isPartial: merges(object) })),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'saved_objects'), nameOf)
    },
    incrementCounter: { ...SAVED_OBJECT_ACTIONS.saved_object_update, requested: one, current: currentOf(3) },
    delete: { ...SAVED_OBJECT_ACTIONS.saved_object_delete, requested: one, current: currentOf(2), changes: () => [{}] },
    bulkDelete: {
      ...SAVED_OBJECT_ACTIONS.saved_object_delete,
      ...bulk,
      current: currentOf(1),
      changes: ([objects]) => items(objects).map(() => ({})),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'statuses'), nameOf)
    },
    checkConflicts: { ...CHECK_CONFLICTS, ...bulk },
    openPointInTimeForType: { ...SAVED_OBJECT_ACTIONS.saved_object_open_point_in_time, touches: ([types]) => ofTypes(types) },
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
      returned: (result, _args, nameOf) => listIn(result, 'objects').filter(({ spaces }) => Array.isArray(spaces) && spaces.length > 0).map(referTo(nameOf))
    },
    updateObjectsSpaces: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update_objects_spaces,
      ...bulk,
      current: currentOf(3),
      prepare: ([objects, spacesToAdd, spacesToRemove, ...rest]) => [copies(objects, plainCopy), copyOf(spacesToAdd), copyOf(spacesToRemove), ...rest],
      fields: ([, spacesToAdd, spacesToRemove]) => ({ add_to_spaces: list(spacesToAdd), delete_from_spaces: list(spacesToRemove) }),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'objects'), nameOf)
    },
    removeReferencesTo: { ...SAVED_OBJECT_ACTIONS.saved_object_remove_references, requested: one, current: currentOf(2) },
    changeOwnership: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update_objects_owner,
      ...bulk,
      current: currentOf(1),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'objects'), nameOf)
    },
    changeAccessMode: {
      ...SAVED_OBJECT_ACTIONS.saved_object_update_objects_access_mode,
      ...bulk,
      current: currentOf(1),
      refused: (result, _args, nameOf) => refusedItems(listIn(result, 'objects'), nameOf)
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
  requested: ([objects], nameOf) => items(objects).map(referTo(nameOf))
} satisfies Pick<Operation, 'prepare' | 'requested'>

const find: Operation = {
  ...SAVED_OBJECT_ACTIONS.saved_object_find,
  touches: ([options]) => isObject(options) ? [...ofTypes(options.type), ...ofTypes(options.typeToNamespacesMap), ...referredTo(options.hasReference), ...referredTo(options.hasNoReference)] : [],
  returned: (page, _args, nameOf) => (Array.isArray(page) ? items(page) : listIn(page, 'saved_objects')).map(referTo(nameOf))
}

// It tells which objects there are, and records nothing, as in Kibana.
const CHECK_CONFLICTS = { action: 'saved_object_check_conflicts', kind: 'read', type: 'access', verbs: ['checking conflicts of', 'checked conflicts of', 'check conflicts of'], authorize: false, records: false } as const satisfies Operation

function ofTypes (types: unknown): ObjectReference[] {
  const listed: readonly unknown[] = types instanceof Map ? [...types.keys()] : Array.isArray(types) ? types : types === undefined ? [] : [types]
  return listed.map((type) => objectReference(type))
}

function referredTo (references: unknown): ObjectReference[] {
  return [references].flat().filter(isObject).map(({ type, id }) => objectReference(type, id))
}

// Without `overwrite`, the client refuses to create what is there already.
const overwrites = (options: unknown): boolean => isObject(options) && options.overwrite === true

// Kibana's client keeps the attributes that an update does not name, unless it is told not to.
const merges = (options: unknown): boolean => !isObject(options) || options.mergeAttributes !== false

// Reads objects as the client has them, in the namespace that the call names in its options.
function currentOf (optionsAt: number): Operation['current'] {
  return async (client, objects, args, nameOf) => {
    const options = args[optionsAt]
    const where = isObject(options) && options.namespace !== undefined ? [{ namespace: options.namespace }] : []
    const [first, ...more] = objects
    if (first === undefined) return []
    if (more.length === 0) {
      const found = await client.get!(first.type, first.id, ...where)
      return [asItIs({ ...isObject(found) ? found : {}, type: first.type, id: first.id }, nameOf)]
    }
    const found = listIn(await client.bulkGet!(objects.map(({ type, id }) => ({ type, id })), ...where), 'saved_objects')
    // Who is not there is left out; of who cannot be read nothing is known.
    return found.filter(({ error }) => !hasStatus(error, [404])).map(({ type, id, attributes, error }) => asItIs({ type, id, ...isIntact(error) && { attributes } }, nameOf))
  }
}

function asItIs ({ type, id, attributes }: Item, nameOf: NameOf): CurrentObject {
  return { ...objectReference(type, id, nameOf(type, attributes)), attributes }
}
