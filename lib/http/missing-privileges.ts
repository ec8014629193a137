// A request that is answered with 403 and has said no failure of its own gets an event:
// `missing_privileges`. Called by security.ts; plugin.ts makes the loggers that notice.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditEvent, ScopedAuditLogger, UserLoginFacts } from '../contracts.js'
import { userLoginEvent } from '../events/authentication.js'
import { missingPrivilegesEvent, type RefusedRequest } from '../events/security.js'
import { type RequestLike, RequestScope } from './scope.js'

/** The logger of a request that remembers whether something of it was refused. */
export class NoticingScope<Request extends RequestLike> extends RequestScope<Request> {
  /** True when an event of the request says a failure: `http_request` events tell of the answer only, and do not count. */
  saidFailure = false

  override log (event: AuditEvent): Promise<void> {
    this.#notice(event)
    return super.log(event)
  }

  override logAll (events: readonly AuditEvent[]): Promise<void> {
    if (Array.isArray(events)) for (const event of events) this.#notice(event as AuditEvent)
    return super.logAll(events)
  }

  override userLogin (said: UserLoginFacts): Promise<void> {
    this.#notice(() => userLoginEvent(said))
    return super.userLogin(said)
  }

  #notice (said: AuditEvent | (() => AuditEvent)): void {
    if (this.saidFailure) return
    try {
      const { outcome, type, action } = (typeof said === 'function' ? said() : said).event
      if (outcome !== 'failure' && type === undefined) return
      this.saidFailure = action !== 'http_request' && (outcome === 'failure' || type === 'denied' || (Array.isArray(type) && type.includes('denied')))
    } catch {
      // Whatever an application says instead of an event goes out marked, and is no refusal.
    }
  }
}

export interface MissingPrivileges {
  readonly scopeOf: (request: FastifyRequest) => ScopedAuditLogger
  readonly describe: (request: FastifyRequest) => RefusedRequest
}

/** Adds the hook that says `missing_privileges` for requests of `app`; their loggers are `NoticingScope`s. */
export function recordMissingPrivileges (app: FastifyInstance, { scopeOf, describe }: MissingPrivileges): void {
  app.addHook('onResponse', function recordRefused (request, reply, done) {
    if (reply.raw.statusCode === 403) {
      const scope = scopeOf(request)
      if (!(scope instanceof NoticingScope && scope.saidFailure)) scope.log(missingPrivilegesEvent(describe(request)))
    }
    done()
  })
}
