// Events about what was refused or attempted at the edge of the application: requests without
// the privilege, headers from outside that only the inside may set, what is no HTTP, failed TLS
// handshakes. Said by http/missing-privileges, http/bad-headers and http/watch-connections.
import type { AuditEvent } from '../contracts.js'
import { ONLY_CATEGORY, ONLY_TYPE } from './ecs-values.js'

/** A request, as far as it says what was refused. */
export interface RefusedRequest {
  /** In any case: recorded in lower case. */
  readonly method: string
  readonly url: NonNullable<AuditEvent['url']> & { readonly path: string }
  /** The pattern of the route: `/api/objects/:type/:id`. */
  readonly route?: string
}

/** The other end of a connection; nothing for that of a pipe. */
export interface Peer {
  readonly ip?: string
  readonly port?: number
}

/** What went wrong: a stable code, and text that holds nothing of what the client has sent. */
export interface Fault {
  readonly code: string
  readonly message: string
}

/**
 * A request was answered with 403, and none of its own events says why.
 *
 * @example
 * missingPrivilegesEvent({ method: 'DELETE', url: { path: '/api/users/7' }, route: '/api/users/:id' })
 * // message: 'Failed attempt to request [/api/users/7] endpoint'
 */
export function missingPrivilegesEvent ({ method, url, route }: RefusedRequest): AuditEvent {
  return {
    message: `Failed attempt to request [${url.path}] endpoint`,
    event: { action: 'missing_privileges', category: ONLY_CATEGORY.api, type: ONLY_TYPE.denied, outcome: 'failure' },
    http: { ...route !== undefined && { route }, request: { method: method.toLowerCase() }, response: { status_code: 403 } },
    url,
    error: { code: 'Forbidden', message: 'The request was answered with status 403' }
  }
}

/**
 * A request from outside has headers that only the inside may set. Only their names are told.
 * When it is refused, the outcome is `failure`, otherwise `unknown`.
 *
 * @example
 * internalHeadersEvent({ method: 'GET', url: { path: '/' }, names: ['x-internal-user'], isRefused: true })
 * // message: 'Failed attempt to set internal headers [x-internal-user]'
 */
export function internalHeadersEvent ({ method, url, names, isRefused }: RefusedRequest & { readonly names: readonly string[], readonly isRefused: boolean }): AuditEvent {
  const listed = names.join(', ')
  return {
    message: isRefused ? `Failed attempt to set internal headers [${listed}]` : `User is setting internal headers [${listed}]`,
    event: {
      action: 'bad_headers',
      category: ONLY_CATEGORY.network,
      type: isRefused ? ONLY_TYPE.denied : ONLY_TYPE.allowed,
      outcome: isRefused ? 'failure' : 'unknown',
      reason: `internal headers: ${listed}`
    },
    http: { request: { method: method.toLowerCase() }, ...isRefused && { response: { status_code: 400 } } },
    url,
    error: { code: 'AUDIT_ERR_BAD_HEADERS', message: 'The request has headers that only trusted proxies may set' }
  }
}

/**
 * What a client has sent is no HTTP, or has not all come in time.
 *
 * @example
 * badRequestEvent({ client: { ip: '192.0.2.7', port: 51234 }, error: { code: 'HPE_INVALID_METHOD', message: 'Parse Error: Invalid method encountered' } })
 * // message: 'Failed attempt to send a request that is no HTTP'
 */
export function badRequestEvent ({ client, error }: { readonly client: Peer, readonly error: Fault }): AuditEvent {
  return {
    message: 'Failed attempt to send a request that is no HTTP',
    event: { action: 'bad_headers', category: ONLY_CATEGORY.network, type: ONLY_TYPE.denied, outcome: 'failure' },
    client: { ...client },
    error: { ...error }
  }
}

/**
 * A TLS handshake has failed; with `isOpen`, it has not, but the client's certificate is not valid.
 *
 * @example
 * tlsErrorEvent({ client: { ip: '192.0.2.7', port: 51234 }, error: { code: 'ERR_SSL_HTTP_REQUEST', message: 'http request' } })
 * // message: 'Failed attempt to open a TLS connection'
 */
export function tlsErrorEvent ({ client, error, isOpen = false }: { readonly client: Peer, readonly error: Fault, readonly isOpen?: boolean }): AuditEvent {
  return {
    message: isOpen ? 'Client has opened a TLS connection with a certificate that is not valid' : 'Failed attempt to open a TLS connection',
    event: { action: 'tls_error', category: ONLY_CATEGORY.network, type: isOpen ? ONLY_TYPE.allowed : ONLY_TYPE.denied, outcome: 'failure' },
    client: { ...client },
    error: { ...error }
  }
}
