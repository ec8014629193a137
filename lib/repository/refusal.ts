// When an error means "not allowed", and what is recorded of it. Called by run.ts for what a
// repository throws, and by the tables for items of a bulk result.
import type { RefusedItem } from '../contracts.js'
import { errorFields } from '../events/operation.js'
import { isObject } from './object-reference.js'

/** What an event says of an error. */
export type RecordedError = RefusedItem['error']

/**
 * Whether an error says that the caller was not permitted: HTTP status 401 or 403, as
 * `statusCode` (Fastify, Elasticsearch, Kibana), `status` (http-errors) or
 * `output.statusCode` (Boom). Never throws.
 */
export function isRefusal (error: unknown): boolean {
  try {
    if (!isObject(error)) return false
    const { output } = error
    return [error.statusCode, error.status, isObject(output) ? output.statusCode : undefined]
      .some((status) => status === 401 || status === 403)
  } catch {
    // A getter of the error threw: it says nothing about permission. The caller gets the error itself.
    return false
  }
}

/** `error.code` (the error's name, as in Kibana) and `error.message` of whatever was thrown. Never throws. */
export function recordedError (error: unknown): RecordedError {
  const { code = 'Error', message = '' } = errorFields(error)
  return { code, message }
}
