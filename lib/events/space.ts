// Events about spaces, as Kibana records them. Called by the application.
import type { AuditEvent, EventOutcome } from '../contracts.js'
import { operationEvent, type EventError, type SpokenOperation } from './operation.js'

/** How each action on spaces reads. */
export const SPACE_ACTIONS = {
  space_create: { action: 'space_create', kind: 'write', type: 'creation', verbs: ['creating', 'created', 'create'], noun: 'spaces' },
  space_get: { action: 'space_get', kind: 'read', type: 'access', verbs: ['accessing', 'accessed', 'access'], noun: 'spaces' },
  space_find: { action: 'space_find', kind: 'read', type: 'access', verbs: ['accessing', 'accessed', 'access'], noun: 'spaces' },
  space_update: { action: 'space_update', kind: 'write', type: 'change', verbs: ['updating', 'updated', 'update'], noun: 'spaces' },
  space_delete: { action: 'space_delete', kind: 'write', type: 'deletion', verbs: ['deleting', 'deleted', 'delete'], noun: 'spaces' }
} as const satisfies Readonly<Record<string, SpokenOperation>>

/** `event.action` of an event about spaces. */
export type SpaceAction = keyof typeof SPACE_ACTIONS

/** What `spaceEvent` is told. */
export interface SpaceFacts {
  readonly action: SpaceAction
  /** @default 'failure' with an error; else 'unknown' for a write, 'success' for a read */
  readonly outcome?: EventOutcome
  /** None: the message says `spaces`. */
  readonly space?: { readonly id: string, readonly name?: string }
  readonly error?: EventError
}

/**
 * Somebody creates, reads, changes or deletes a space, or tried to. Finding spaces is one
 * event for each space found.
 *
 * @example
 * spaceEvent({ action: 'space_create', outcome: 'unknown', space: { id: 'marketing' } })
 * // message: 'User is creating space [id=marketing]'
 */
export function spaceEvent ({ action, outcome, space, error }: SpaceFacts): AuditEvent {
  return operationEvent(SPACE_ACTIONS[action], { outcome, error, object: space && { type: 'space', id: space.id, name: space.name } })
}
