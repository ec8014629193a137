// One `http_request` event for each request that reaches the server, whatever becomes of it.
// Called by plugin.ts, once, when auditing is enabled. A request is recorded at the first of
// these that it comes to:
//   1. the end of its onRequest phase (the preParsing hook), or of its preHandler phase (of a
//      request without a route only the answer is sure to come after that: onSend)
//   2. its response has gone out (onResponse): somebody's hook answered or refused it
//   3. its client has gone (onRequestAbort)
//   4. it is over (watch-servers.ts): it was answered before any hook, such as a malformed URL
import type { IncomingMessage } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AuditLogger, OnFailure } from '../contracts.js'
import { httpRequestEvent } from '../events/http-request.js'
import { messageOf } from '../layouts/plain.js'
import { createRedaction } from './redact.js'
import type { RequestLike } from './scope.js'
import type { HttpSettings } from './settings.js'
import { createTargetReader } from './target.js'
import { type Ending, watchServers } from './watch-servers.js'

export interface RecordedRequests {
  readonly settings: HttpSettings
  readonly onFailure: OnFailure
  /** The logger of a request, Fastify's or one that never became Fastify's. */
  readonly scopeOf: (request: FastifyRequest | RequestLike) => AuditLogger
}

/** Goes on with a request, or refuses it with an error. */
type Done = (error?: Error) => void

const ABORTED = {
  code: 'AUDIT_ERR_ABORTED',
  message: 'The client closed the connection before a response was sent'
} as const

/** Adds the hooks that record each request of `app` once. */
export function recordRequests (app: FastifyInstance, { settings, onFailure, scopeOf }: RecordedRequests): void {
  /** The mark of a request that has been recorded, or is not to be. One per application. */
  const recorded = Symbol('fastify-audit.recorded')
  const ignoredPaths = new Set(settings.ignore_paths)
  const urlOf = createTargetReader(createRedaction(settings.redact.query))

  /** Says the event of a request, unless it has been said or is not wanted. */
  function record (request: FastifyRequest | RequestLike, ending: Ending | null): Promise<void> | undefined {
    const raw = request.raw as IncomingMessage & { [recorded]?: boolean, originalUrl?: string }
    if (raw[recorded] === true) return undefined
    raw[recorded] = true
    const { host, protocol, fault } = addressed(request)
    const url = urlOf(raw.originalUrl ?? raw.url ?? '/', host ?? raw.headers?.host ?? raw.headers?.[':authority'] as string | undefined ?? '', protocol)
    if (ignoredPaths.has(url.path) || ((request as Partial<FastifyRequest>).routeOptions?.config as { audit?: boolean } | undefined)?.audit === false) return undefined
    const method = raw.method ?? 'GET'
    const event = ending === null ? httpRequestEvent({ method, url }) : httpRequestEvent({ method, url, ...outcomeOf(ending) })
    return scopeOf(request).log(fault === undefined ? event : { ...event, labels: { audit_fault: fault } })
  }

  function recordAndGoOn (request: FastifyRequest, _reply: FastifyReply, done: Done, ending: Ending | null): void {
    record(request, ending)
    done()
  }

  function recordAndWait (request: FastifyRequest, reply: FastifyReply, done: Done, ending: Ending | null): void {
    const acknowledged = record(request, ending)
    if (acknowledged === undefined) done()
    else onFailure.mayGoOn('http', acknowledged).then(() => { done() }, refuse)

    function refuse (error: FastifyError & { headers: Record<string, string> }): void {
      // Set here too: an error handler of the application makes an answer of its own.
      reply.code(error.statusCode!).headers(error.headers)
      done(error)
    }
  }

  // Decided once: a request that need not wait does not ask.
  const recordOnItsWay = onFailure.holds('http') ? recordAndWait : recordAndGoOn

  function recordAfterPreHandler (request: FastifyRequest, reply: FastifyReply, done: Done): void {
    recordOnItsWay(request, reply, done, null)
  }

  if (settings.hook === 'onRequest') {
    app.addHook('preParsing', function recordAfterOnRequest (request, reply, _payload, done) {
      recordOnItsWay(request, reply, done, null)
    })
  } else {
    // A route's own hooks run after those of its instance, so this one is the last.
    app.addHook('onRoute', function recordLast (route) {
      route.preHandler = [route.preHandler ?? [], recordAfterPreHandler].flat()
    })
    // No hook is sure to be the last before a handler of 404s, which may have preHandlers of its own.
    app.addHook('onSend', function recordNotFound (request, reply, payload, done) {
      if (!request.is404) done(null, payload)
      else recordOnItsWay(request, reply, error => { if (error === undefined) done(null, payload); else withhold(payload, error, done) }, { statusCode: reply.statusCode })
    })
  }

  app.addHook('onResponse', function recordAnswered (request, reply, done) {
    record(request, { statusCode: reply.raw.statusCode })
    done()
  })

  app.addHook('onRequestAbort', function recordAborted (request, done) {
    record(request, {})
    done()
  })

  watchServers(app, {
    isSeen: raw => (raw as { [recorded]?: boolean })[recorded] === true,
    over (raw, ending) {
      const isSecure = Boolean(app.initialConfig.https) || (raw.socket as Partial<TLSSocket>).encrypted === true
      record({ raw, ip: raw.socket.remoteAddress, protocol: isSecure ? 'https' : 'http' }, ending)
    }
  })

  app.addHook('onClose', async function waitForTheLast () {
    // Requests whose connections the server has just cut tell so in the turns that follow.
    await nextTurn()
    await nextTurn()
  })
}

function outcomeOf ({ statusCode }: Ending): Pick<Parameters<typeof httpRequestEvent>[0], 'outcome' | 'statusCode' | 'error'> {
  if (statusCode === undefined) return { outcome: 'failure', error: ABORTED }
  return { outcome: statusCode >= 400 ? 'failure' : 'unknown', statusCode }
}

/** What a request says of the host it asks; `trustProxy` may be a function of the application, which throws. */
function addressed (request: { readonly host?: string, readonly protocol?: string }): { host?: string, protocol?: string, fault?: string } {
  try {
    const { host, protocol } = request
    return { host, protocol }
  } catch (thrown) {
    return { fault: `url: ${messageOf(thrown)}` }
  }
}

/** Refuses an answer that is ready: a stream that nobody is going to read has to be let go. */
function withhold (payload: unknown, error: Error, done: Done): void {
  (payload as { destroy?: () => void } | null | undefined)?.destroy?.()
  done(error)
}
