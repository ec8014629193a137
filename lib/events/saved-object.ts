// Events about saved objects, as Kibana records them: the table of what each action is
// called, and the factory. Called by the application; the repository wrapper's table of the
// saved-objects client builds on `SAVED_OBJECT_ACTIONS`.
import type { AuditEvent, EventOutcome, ObjectReference, SavedObjectDiff } from '../contracts.js'
import { operationEvent, type EventError, type OperationFacts, type SpokenOperation } from './operation.js'

/** How each action on saved objects reads: its verbs, whether it is a read or a write, its ECS type. */
export const SAVED_OBJECT_ACTIONS = {
  saved_object_create: { action: 'saved_object_create', kind: 'write', type: 'creation', verbs: ['creating', 'created', 'create'] },
  saved_object_get: { action: 'saved_object_get', kind: 'read', type: 'access', verbs: ['accessing', 'accessed', 'access'] },
  saved_object_resolve: { action: 'saved_object_resolve', kind: 'read', type: 'access', verbs: ['resolving', 'resolved', 'resolve'] },
  saved_object_find: { action: 'saved_object_find', kind: 'read', type: 'access', verbs: ['accessing', 'accessed', 'access'] },
  saved_object_update: { action: 'saved_object_update', kind: 'write', type: 'change', verbs: ['updating', 'updated', 'update'] },
  saved_object_delete: { action: 'saved_object_delete', kind: 'write', type: 'deletion', verbs: ['deleting', 'deleted', 'delete'] },
  saved_object_open_point_in_time: {
    action: 'saved_object_open_point_in_time',
    kind: 'write',
    type: 'creation',
    verbs: ['opening point-in-time', 'opened point-in-time', 'open point-in-time']
  },
  saved_object_close_point_in_time: {
    action: 'saved_object_close_point_in_time',
    kind: 'write',
    type: 'deletion',
    verbs: ['closing point-in-time', 'closed point-in-time', 'close point-in-time']
  },
  saved_object_remove_references: {
    action: 'saved_object_remove_references',
    kind: 'write',
    type: 'change',
    verbs: ['removing references to', 'removed references to', 'remove references to']
  },
  saved_object_collect_multinamespace_references: {
    action: 'saved_object_collect_multinamespace_references',
    kind: 'read',
    type: 'access',
    verbs: ['collecting references and spaces of', 'collected references and spaces of', 'collect references and spaces of']
  },
  saved_object_update_objects_spaces: {
    action: 'saved_object_update_objects_spaces',
    kind: 'write',
    type: 'change',
    verbs: ['updating spaces of', 'updated spaces of', 'update spaces of']
  },
  saved_object_update_objects_owner: {
    action: 'saved_object_update_objects_owner',
    kind: 'write',
    type: 'change',
    verbs: ['updating owner of', 'updated owner of', 'update owner of']
  },
  saved_object_update_objects_access_mode: {
    action: 'saved_object_update_objects_access_mode',
    kind: 'write',
    type: 'change',
    verbs: ['updating access mode of', 'updated access mode of', 'update access mode of']
  }
} as const satisfies Readonly<Record<string, SpokenOperation>>

/** `event.action` of an event about saved objects. */
export type SavedObjectAction = keyof typeof SAVED_OBJECT_ACTIONS

/** What `savedObjectEvent` is told. */
export interface SavedObjectFacts {
  readonly action: SavedObjectAction
  /** @default 'failure' with an error; else 'unknown' for a write, 'success' for a read */
  readonly outcome?: EventOutcome
  /** None: the message says `saved objects`. */
  readonly object?: ObjectReference
  readonly error?: EventError
  /** `kibana.add_to_spaces`; absent when empty. */
  readonly addToSpaces?: readonly string[]
  /** `kibana.delete_from_spaces`; absent when empty. */
  readonly deleteFromSpaces?: readonly string[]
  /** `kibana.unauthorized_spaces`; absent when empty. */
  readonly unauthorizedSpaces?: readonly string[]
  /** `kibana.unauthorized_types`; absent when empty. */
  readonly unauthorizedTypes?: readonly string[]
  /** `kibana.diff`: what the write changes of the object. */
  readonly diff?: SavedObjectDiff
}

/**
 * Somebody creates, reads, changes or deletes a saved object, or tried to.
 *
 * @example
 * savedObjectEvent({ action: 'saved_object_update', outcome: 'unknown', object: { type: 'dashboard', id: '123' } })
 * // message: 'User is updating dashboard [id=123]'
 */
export function savedObjectEvent (facts: SavedObjectFacts): AuditEvent {
  const { action, outcome, object, error } = facts
  return operationEvent(SAVED_OBJECT_ACTIONS[action], { outcome, object, error, fields: furtherFields(facts) })
}

function furtherFields ({ addToSpaces, deleteFromSpaces, unauthorizedSpaces, unauthorizedTypes, diff }: SavedObjectFacts): OperationFacts['fields'] {
  // Most events name no spaces, and pay nothing for those that do.
  if ((addToSpaces ?? deleteFromSpaces ?? unauthorizedSpaces ?? unauthorizedTypes ?? diff) === undefined) return undefined
  return {
    ...diff !== undefined && { diff },
    add_to_spaces: addToSpaces ?? [],
    delete_from_spaces: deleteFromSpaces ?? [],
    unauthorized_spaces: unauthorizedSpaces ?? [],
    unauthorized_types: unauthorizedTypes ?? []
  }
}
