// Headers that only the inside may set, such as those in which a proxy passes on who the user
// is: a request from elsewhere that has one is recorded, and refused before any handler runs.
// Called by security.ts, where `internal_headers` names any.
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditLogger } from '../contracts.js'
import { AUDIT_ERR_BAD_HEADERS } from '../errors.js'
import { internalHeadersEvent, type RefusedRequest } from '../events/security.js'
import type { SecuritySettings } from './security-settings.js'
import { createTrust } from './trace.js'

export interface BadHeaders {
  readonly settings: Pick<SecuritySettings, 'internal_headers' | 'trusted_proxies' | 'on_bad_headers'>
  readonly scopeOf: (request: FastifyRequest) => AuditLogger
  readonly describe: (request: FastifyRequest) => RefusedRequest
}

/**
 * Adds the hook that looks at the headers of each request of `app`. It is the first that the
 * application has when the plugin is the first that it registers.
 *
 * @throws {AUDIT_ERR_OPTION} `trusted_proxies` holds something else than addresses and ranges
 */
export function watchHeaders (app: FastifyInstance, { settings, scopeOf, describe }: BadHeaders): void {
  const internalHeadersOf = createHeaderFilter(settings.internal_headers)
  const isTrusted = createTrust({ allowFromAnyIp: false, ipAllowlist: settings.trusted_proxies }, 'security.trusted_proxies')
  const isRefused = settings.on_bad_headers === 'refuse'

  app.addHook('onRequest', function lookAtHeaders (request, _reply, done) {
    const names = internalHeadersOf(request.raw.headers)
    if (names.length === 0 || isTrusted(request.raw)) {
      done()
      return
    }
    scopeOf(request).log(internalHeadersEvent({ ...describe(request), names, isRefused }))
    if (isRefused) done(new AUDIT_ERR_BAD_HEADERS())
    else done()
  })
}

/** Makes a filter of names: in a pattern `*` stands for any characters, and upper case for lower case. */
export function createHeaderFilter (patterns: readonly string[]): (headers: IncomingHttpHeaders) => string[] {
  const sources = patterns.map(pattern => pattern.toLowerCase().split('*').map(part => part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('[^]*'))
  const isInternal = new RegExp(`^(?:${sources.join('|')})$`)
  // Node writes names in lower case; those with a colon are not headers but the request line of HTTP/2.
  return headers => Object.keys(headers).filter(name => isInternal.test(name) && !name.startsWith(':'))
}
