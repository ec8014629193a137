// A request that is answered with 403 and has said no failure of its own gets an event:
// `missing_privileges`. Called by security.ts.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { missingPrivilegesEvent, type RefusedRequest } from '../events/security.js'
import type { Logger } from '../trail/logger.js'

export interface MissingPrivileges {
  readonly scopeOf: (request: FastifyRequest) => Logger
  readonly describe: (request: FastifyRequest) => RefusedRequest
}

/** Adds the hook that says `missing_privileges` for requests of `app`. */
export function recordMissingPrivileges (app: FastifyInstance, { scopeOf, describe }: MissingPrivileges): void {
  app.addHook('onResponse', function recordRefused (request, reply, done) {
    if (reply.raw.statusCode === 403) {
      const scope = scopeOf(request)
      if (!scope.saidFailure) scope.log(missingPrivilegesEvent(describe(request)))
    }
    done()
  })
}
