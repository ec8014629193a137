// The security events of an application: what the settings ask for, wired to its hooks and its
// servers. Called by plugin.ts, once, when auditing is enabled; what is not asked for costs nothing.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditLogger } from '../contracts.js'
import type { RefusedRequest } from '../events/security.js'
import { plainText } from '../layouts/plain.js'
import type { Logger } from '../trail/logger.js'
import { watchHeaders } from './bad-headers.js'
import { limitFloods } from './flood-limit.js'
import { recordMissingPrivileges } from './missing-privileges.js'
import { createRedaction } from './redact.js'
import type { SecuritySettings } from './security-settings.js'
import { createTargetReader } from './target.js'
import { watchConnections } from './watch-connections.js'

export interface SecurityParts {
  readonly settings: SecuritySettings
  /** What `http.redact.query` names: hidden here too. */
  readonly redactedQuery: readonly string[]
  readonly scopeOf: (request: FastifyRequest) => Logger
  readonly withoutRequest: AuditLogger
}

/** Adds the hooks and listeners of the security events that the settings ask for. */
export function recordSecurityEvents (app: FastifyInstance, { settings, redactedQuery, scopeOf, withoutRequest }: SecurityParts): void {
  const urlOf = createTargetReader(createRedaction(redactedQuery))

  function describe (request: FastifyRequest): RefusedRequest {
    const { method, originalUrl, routeOptions } = request
    // Of what a proxy forwards, a `trustProxy` of the application may throw: `url.domain` is what the request itself says.
    const host = request.raw.headers.host ?? String(request.raw.headers[':authority'] ?? '')
    return { method, url: urlOf(originalUrl, host, undefined), ...routeOptions.url !== undefined && { route: plainText(routeOptions.url) } }
  }

  if (settings.internal_headers.length > 0) watchHeaders(app, { settings, scopeOf, describe })
  if (settings.missing_privileges) recordMissingPrivileges(app, { scopeOf, describe })
  if (settings.bad_requests || settings.tls_errors) watchConnections(app, { settings, limit: () => limitFloods(settings.connection_events_per_second, event => { withoutRequest.log(event) }) })
}
