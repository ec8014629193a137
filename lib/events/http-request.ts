// The event of a request. Called once for every request, with parts that the http hooks have
// taken out of it: keep it one object literal.
import type { AuditEvent, EventOutcome } from '../contracts.js'
import { ONLY_CATEGORY } from './ecs-values.js'

/** The parts of a request that its event records. */
export interface HttpRequestFacts {
  /** In any case: recorded in lower case. */
  readonly method: string
  /** `query` without the leading `?`. */
  readonly url: { readonly domain?: string, readonly path: string, readonly port?: number, readonly query?: string, readonly scheme?: string }
  /** The status that refused the request, where the event is recorded with its response. */
  readonly statusCode?: number
  /** @default 'unknown' */
  readonly outcome?: EventOutcome
  readonly error?: { readonly code: string, readonly message: string }
  /** True for the event at the end of a request: its message says what became of it. @default false */
  readonly isOver?: boolean
}

/**
 * A request has come in. The message is the same whatever became of it, unless the event is
 * that of its end: `event.outcome` says what did.
 *
 * @example
 * httpRequestEvent({ method: 'GET', url: { scheme: 'https', domain: 'kibana.example', path: '/api/status' } })
 * // message: 'User is requesting [/api/status] endpoint'
 */
export function httpRequestEvent ({ method, url, statusCode, outcome, error, isOver }: HttpRequestFacts): AuditEvent {
  const request = { method: method.toLowerCase() }
  const said = {
    message: isOver === true ? endMessage(url.path, outcome) : `User is requesting [${url.path}] endpoint`,
    event: { action: 'http_request', category: ONLY_CATEGORY.web, outcome: outcome ?? 'unknown' },
    http: statusCode === undefined ? { request } : { request, response: { status_code: statusCode } },
    url
  }
  return error === undefined ? said : { ...said, error }
}

function endMessage (path: string, outcome: EventOutcome | undefined): string {
  return outcome === 'failure' ? `Failed attempt to request [${path}] endpoint` : `User has requested [${path}] endpoint`
}
