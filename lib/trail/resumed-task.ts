// The execution of a background task: one event, when its outcome is known. Made by
// `app.audit.resumeTask()`, with a logger that says what the task does in the name of whoever
// created it.
import type { AuditLogger, ResumedTask, ScopeFacts, TaskHandle } from '../contracts.js'
import { errorFields } from '../events/operation.js'
import { taskEvent } from '../events/task.js'
import { checkHandle } from './task-handle.js'

/**
 * @param loggerOf makes the logger for what is known of the task's creation
 * @throws {AUDIT_ERR_TASK} what was given is no handle of a task
 */
export function resumeTask (given: unknown, loggerOf: (facts: ScopeFacts) => AuditLogger): ResumedTask {
  const handle = checkHandle(given)
  const { user, trace, space_id: space } = handle
  return new TaskInHand(handle, loggerOf({ user, trace, kibana: space === undefined ? undefined : { space_id: space } }))
}

class TaskInHand implements ResumedTask {
  readonly handle: TaskHandle
  readonly audit: AuditLogger
  /** Settles with the record of the outcome; null until there is one. */
  #recorded: Promise<void> | null = null

  constructor (handle: TaskHandle, audit: AuditLogger) {
    this.handle = handle
    this.audit = audit
  }

  async run<T> (work: (task: ResumedTask) => T | Promise<T>): Promise<T> {
    let result: T
    try {
      result = await work(this)
    } catch (error) {
      await this.failure(error).catch(carryOn)
      throw error
    }
    await this.success().catch(carryOn)
    return result
  }

  success (): Promise<void> {
    return (this.#recorded ??= this.audit.ensure(taskEvent({ action: 'task_run', outcome: 'success', task: this.handle.task })))
  }

  failure (error?: unknown): Promise<void> {
    const known = error === undefined ? undefined : errorFields(error)
    return (this.#recorded ??= this.audit.ensure(taskEvent({ action: 'task_run', outcome: 'failure', task: this.handle.task, error: known })))
  }
}

// What has been done is done: its record waits in the queue, and the trail has counted and told
// that it could not be written yet. To reject would have it done a second time.
function carryOn (): void {}
