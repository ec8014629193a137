// Checks a table of operations when a repository is wrapped, so that a typing error is told
// at once and not by an event that is missing later. Called by audit-repository.ts.
import type { Operation, Operations } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { EVENT_CATEGORIES, EVENT_TYPES } from '../events/ecs-values.js'
import { isObject } from './object-reference.js'

const TYPES: readonly unknown[] = EVENT_TYPES
const CATEGORIES: readonly unknown[] = EVENT_CATEGORIES

type Check = readonly [expected: string, holds: (value: unknown) => boolean]

const aFunction: Check = ['a function', (value) => value === undefined || typeof value === 'function']

const OPERATION: Readonly<Record<keyof Operation, Check>> = {
  action: ['a verb such as "invoice_archive"', (value) => typeof value === 'string' && /^[\w.:-]+$/.test(value)],
  kind: ['"read", "write" or "handover"', (value) => value === 'read' || value === 'write'],
  type: [`one of ${TYPES.join(', ')}`, (value) => TYPES.includes(value)],
  category: [`one of ${CATEGORIES.join(', ')}`, (value) => value === undefined || CATEGORIES.includes(value)],
  verbs: ['three verbs such as ["archiving", "archived", "archive"]', (value) => Array.isArray(value) && value.length === 3 && value.every(isText)],
  noun: ['a text', (value) => value === undefined || isText(value)],
  prepare: aFunction,
  authorize: ['true or false', (value) => value === undefined || typeof value === 'boolean'],
  records: ['true or false', (value) => value === undefined || typeof value === 'boolean'],
  requested: aFunction,
  touches: aFunction,
  current: aFunction,
  changes: aFunction,
  returned: aFunction,
  refused: aFunction,
  fields: aFunction
}

/**
 * Checks a table, all of it.
 *
 * @throws {AUDIT_ERR_OPTION} a line for each fault: where, what was expected, what came
 */
export function checkOperations (operations: Operations): void {
  const faults = [...tableFaults('operations', operations)]
  if (faults.length > 0) throw new AUDIT_ERR_OPTION(faults.join('\n'))
}

function * tableFaults (where: string, table: unknown): Generator<string> {
  if (!isObject(table) || Array.isArray(table)) {
    yield fault(where, 'a table of method names', table)
    return
  }
  // Many methods share an operation, and repositories are wrapped at every request.
  const checked = new Set<unknown>()
  for (const [method, operation] of Object.entries(table)) {
    if (checked.has(operation)) continue
    checked.add(operation)
    const place = `${where}.${method}`
    if (!isObject(operation)) yield fault(place, 'an operation', operation)
    else if (operation.kind === 'handover') yield * handoverFaults(place, operation)
    else yield * operationFaults(place, operation)
  }
}

function * operationFaults (where: string, operation: Record<string, unknown>): Generator<string> {
  for (const [key, [expected, holds]] of Object.entries(OPERATION)) {
    if (!holds(operation[key])) yield fault(`${where}.${key}`, expected, operation[key])
  }
  yield * unknownKeys(where, operation, Object.keys(OPERATION))
}

function * handoverFaults (where: string, handover: Record<string, unknown>): Generator<string> {
  const { handOn, returns } = handover
  if (!aFunction[1](handOn)) yield fault(`${where}.handOn`, aFunction[0], handOn)
  if (returns !== undefined && returns !== 'same') yield * tableFaults(`${where}.returns`, returns)
  yield * unknownKeys(where, handover, ['kind', 'handOn', 'returns'])
}

/** A line for each key that is not known: a typing error would else be an option without effect. */
export function * unknownKeys (where: string, given: Record<string, unknown>, known: readonly string[]): Generator<string> {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) yield `${where}: expected one of ${known.join(', ')}, got ${JSON.stringify(key)}`
  }
}

function fault (where: string, expected: string, got: unknown): string {
  return `${where}: expected ${expected}, got ${shown(got)}`
}

/** A value in an error's message. */
export function shown (value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return isObject(value) ? 'an object' : String(value)
}

function isText (value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}
