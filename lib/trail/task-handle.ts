// What a background task is remembered by between its creation and its execution: made by
// `task()` of the loggers, kept by the application, read again by `app.audit.resumeTask()`,
// perhaps in another process. What comes back has been in foreign hands, and is looked at as such.
import { randomBytes, randomUUID } from 'node:crypto'
import type { AuditUser, ScopeFacts, TaskFacts, TaskHandle } from '../contracts.js'
import { AUDIT_ERR_OPTION, AUDIT_ERR_TASK } from '../errors.js'
import { USER_TEXTS } from '../events/audit-user.js'
import { plainText } from '../layouts/plain.js'
import { MAX_STRING_LENGTH } from '../layouts/quote.js'

const MAX_ROLES = 10_000

/**
 * What is to be done, with an id.
 *
 * @throws {AUDIT_ERR_OPTION} it is not described by texts
 */
export function newTask (facts: TaskFacts): TaskHandle['task'] {
  const { id = randomUUID(), type = 'task', name, ...others } = typeof facts === 'object' && facts !== null ? facts : refuse('an object with the task')
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) refuse('id, type and name', JSON.stringify(unknown))
  for (const text of [id, type, name ?? type]) if (typeof text !== 'string' || text === '') refuse('texts', typeof text)
  return { type: plainText(type), id: plainText(id), ...name !== undefined && { name: plainText(name) } }
}

function refuse (expected: string, got = 'something else'): never {
  throw new AUDIT_ERR_OPTION(`task: expected ${expected}, got ${got}`)
}

/** A trace for a task that no request has created, so that its two events are found together. */
export const newTrace = (): { readonly id: string } => ({ id: randomBytes(16).toString('hex') })

/** The handle of a task: a plain object, with copies of all that it holds. */
export function makeHandle (task: TaskHandle['task'], { user, kibana, trace = newTrace() }: ScopeFacts): TaskHandle {
  const space = kibana?.space_id
  return structuredClone({ version: 1, task, trace, ...user !== undefined && { user }, ...space !== undefined && { space_id: space } })
}

/**
 * A handle that has come back, as a copy of what handles hold.
 *
 * @throws {AUDIT_ERR_TASK} it is none: nothing of what came is in the message
 */
export function checkHandle (given: unknown): TaskHandle {
  const { version, task, trace, user, space_id: space } = fieldsOf(given, 'the handle', ['version', 'task', 'trace', 'user', 'space_id'])
  if (version !== 1) throw new AUDIT_ERR_TASK('version: expected 1')
  const { type, id, name } = fieldsOf(task, 'task', ['type', 'id', 'name'])
  return {
    version,
    task: { type: text(type, 'task.type'), id: text(id, 'task.id'), ...name !== undefined && { name: text(name, 'task.name') } },
    trace: { id: text(fieldsOf(trace, 'trace', ['id']).id, 'trace.id') },
    ...user !== undefined && { user: userIn(user) },
    ...space !== undefined && { space_id: text(space, 'space_id') }
  }
}

function userIn (given: unknown): AuditUser {
  const { roles, ...texts } = fieldsOf(given, 'user', [...USER_TEXTS, 'roles'])
  const user = Object.fromEntries(USER_TEXTS.flatMap((key) => texts[key] === undefined ? [] : [[key, text(texts[key], `user.${key}`)]]))
  if (roles === undefined) return user
  if (!Array.isArray(roles) || roles.length > MAX_ROLES) throw new AUDIT_ERR_TASK(`user.roles: expected a list of at most ${MAX_ROLES} texts`)
  return { ...user, roles: Array.from(roles, (role) => text(role, 'user.roles')) }
}

function fieldsOf (given: unknown, where: string, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new AUDIT_ERR_TASK(`${where}: expected an object`)
  const fields = Object.entries(given)
  if (fields.some(([key]) => !known.includes(key))) throw new AUDIT_ERR_TASK(`${where}: expected no other fields than ${known.join(', ')}`)
  return Object.fromEntries(fields)
}

function text (given: unknown, where: string): string {
  if (typeof given !== 'string' || given.length > MAX_STRING_LENGTH || !given.isWellFormed()) {
    throw new AUDIT_ERR_TASK(`${where}: expected a text of at most ${MAX_STRING_LENGTH} characters`)
  }
  return given
}
