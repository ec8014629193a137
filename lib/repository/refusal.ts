// When an error means "not allowed", and what is recorded of it. Called by run.ts for what a
// repository throws, and by the tables for items of a bulk result.
import type { RefusedItem } from '../contracts.js'
import { errorFields } from '../events/operation.js'
import { isObject } from './object-reference.js'

/** What an event says of an error. */
export type RecordedError = RefusedItem['error']

/** Whether an error says that the caller was not permitted: HTTP status 401 or 403. Never throws. */
export function isRefusal (error: unknown): boolean {
  return hasStatus(error, REFUSED)
}

const REFUSED = [401, 403]

/**
 * Whether an error has one of these HTTP statuses, as `statusCode` (Fastify, Elasticsearch,
 * Kibana), `status` (http-errors) or `output.statusCode` (Boom). Never throws.
 */
export function hasStatus (error: unknown, statuses: readonly unknown[]): boolean {
  try {
    if (!isObject(error)) return false
    const { output } = error
    return [error.statusCode, error.status, isObject(output) ? output.statusCode : undefined]
      .some((status) => statuses.includes(status))
  } catch {
    // A getter of the error threw: it has no status. The caller gets the error itself.
    return false
  }
}

/** `error.code` (the error's name, as in Kibana) and `error.message` of whatever was thrown. Never throws. */
export function recordedError (error: unknown): RecordedError {
  const { code = 'Error', message = '' } = errorFields(error)
  return { code, message }
}
