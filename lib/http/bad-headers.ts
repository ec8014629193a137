// Headers that only the inside may set, such as those in which a proxy passes on who the user
// is: a request from elsewhere that has one is recorded, and refused before any handler runs.
// Called by security.ts, where `internal_headers` names any.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditLogger } from '../contracts.js'
import { AUDIT_ERR_BAD_HEADERS } from '../errors.js'
import { internalHeadersEvent, type RefusedRequest } from '../events/security.js'
import type { SecuritySettings } from './security-settings.js'
import { createTrust } from './trusted-senders.js'

export interface BadHeaders {
  readonly settings: Pick<SecuritySettings, 'internal_headers' | 'trusted_proxies' | 'on_bad_headers'>
  readonly scopeOf: (request: FastifyRequest) => AuditLogger
  readonly describe: (request: FastifyRequest) => RefusedRequest
}

/** So many names stand in an event, each of so many characters: whoever sends them says how many there are. */
const MAX_NAMES = 10
const MAX_NAME = 100

/**
 * Adds the hook that looks at the headers of each request of `app`. It is the first that the
 * application has when the plugin is the first that it registers.
 *
 * @throws {AUDIT_ERR_OPTION} `trusted_proxies` holds something else than addresses and ranges
 */
export function watchHeaders (app: FastifyInstance, { settings, scopeOf, describe }: BadHeaders): void {
  const internalHeadersOf = createHeaderFilter(settings.internal_headers)
  const isTrusted = createTrust(settings.trusted_proxies, 'security.trusted_proxies')
  const isRefused = settings.on_bad_headers === 'refuse'

  app.addHook('onRequest', function lookAtHeaders (request, _reply, done) {
    const names = internalHeadersOf(request.raw)
    if (names.length === 0 || isTrusted(request.raw)) {
      done()
      return
    }
    // Nobody is to believe them any more: neither who finds out the user of this event, nor who makes the answer.
    if (isRefused) for (const name of names) Reflect.deleteProperty(request.raw.headers, name)
    scopeOf(request).log(internalHeadersEvent({ ...describe(request), names: inShort(names), isRefused }))
    if (isRefused) done(new AUDIT_ERR_BAD_HEADERS())
    else done()
  })
}

function inShort (names: readonly string[]): string[] {
  const told = names.slice(0, MAX_NAMES).map(name => name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name)
  return names.length > MAX_NAMES ? [...told, `${names.length - MAX_NAMES} more`] : told
}

/** Makes a filter of the names of headers, once each, in lower case. `*` in a pattern stands for any characters. */
export function createHeaderFilter (patterns: readonly string[]): (raw: Pick<IncomingMessage, 'rawHeaders'>) => string[] {
  const isInternal = patterns.map(pattern => compilePattern(normal(pattern)))
  return function internalHeadersOf ({ rawHeaders }) {
    // As they came: what Node makes of them leaves some out (`__proto__`), and hooks may have changed it.
    const names = new Set<string>()
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = normal(rawHeaders[i]!)
      // Those with a colon are not headers but the request line of HTTP/2.
      if (isInternal.some(matches => matches(name)) && !name.startsWith(':')) names.add(rawHeaders[i]!.toLowerCase())
    }
    return [...names]
  }
}

/** Servers behind this one may take `_` for `-`, as CGI does. */
const normal = (name: string): string => name.toLowerCase().replaceAll('_', '-')

/** Looks for one part after the other, which takes linear time, as a regular expression with several stars would not. */
function compilePattern (pattern: string): (name: string) => boolean {
  const [first, ...parts] = pattern.split('*')
  const last = parts.pop()
  if (last === undefined) return name => name === first
  return function matches (name) {
    if (!name.startsWith(first!) || !name.endsWith(last)) return false
    let from = first!.length
    for (const part of parts) {
      const found = name.indexOf(part, from)
      if (found === -1) return false
      from = found + part.length
    }
    return from <= name.length - last.length
  }
}
