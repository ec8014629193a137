// Events about background tasks: somebody has something done later, and it is done. Said by
// `task()` of the loggers and by `app.audit.resumeTask()`; or by the application.
import type { AuditEvent, EventOutcome } from '../contracts.js'
import { operationEvent, type EventError, type SpokenOperation } from './operation.js'

/** How each action on tasks reads. */
export const TASK_ACTIONS = {
  task_create: { action: 'task_create', kind: 'write', type: 'creation', verbs: ['creating', 'created', 'create'], noun: 'task' },
  task_run: { action: 'task_run', kind: 'read', category: 'process', type: 'end', verbs: ['running', 'run', 'run'], noun: 'task' }
} as const satisfies Readonly<Record<string, SpokenOperation>>

/** `event.action` of an event about a task. */
export type TaskAction = keyof typeof TASK_ACTIONS

/** What `taskEvent` is told. */
export interface TaskEventFacts {
  readonly action: TaskAction
  /** @default 'failure' with an error; else 'unknown' for `task_create`, 'success' for `task_run` */
  readonly outcome?: EventOutcome
  readonly task: { readonly id: string, readonly type?: string, readonly name?: string }
  readonly error?: EventError
}

/**
 * A task is created, or has been run.
 *
 * @example
 * taskEvent({ action: 'task_create', task: { id: '7', type: 'report' } })
 * // message: 'User is creating report [id=7]'
 */
export function taskEvent ({ action, outcome, task: { id, type = 'task', name }, error }: TaskEventFacts): AuditEvent {
  return operationEvent(TASK_ACTIONS[action], { outcome, error, object: { type, id, name } })
}
