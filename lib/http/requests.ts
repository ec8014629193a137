// One `http_request` event for each request that reaches the server, whatever becomes of it.
// Called by plugin.ts, once, when auditing is enabled. A request is recorded at the first of
// these that it comes to (`http.record: response` goes without the first, `both` has it announced there):
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
import { createDetails } from './details.js'
import { outcomeAtEnd, outcomeOf } from './outcome.js'
import { createRedaction } from './redact.js'
import type { RequestLike } from './scope.js'
import type { HttpSettings } from './settings.js'
import { createTargetReader } from './target.js'
import { type Ending, isCut, watchServers } from './watch-servers.js'

export interface RecordedRequests {
  readonly settings: HttpSettings
  readonly onFailure: OnFailure
  /** The logger of a request, Fastify's or one that never became Fastify's. */
  readonly scopeOf: (request: FastifyRequest | RequestLike) => AuditLogger
}

/** Goes on with a request, or refuses it with an error. */
type Done = (error?: Error) => void

/** Adds the hooks that record each request of `app` once. */
export function recordRequests (app: FastifyInstance, { settings, onFailure, scopeOf }: RecordedRequests): void {
  /** The mark of a request that has been recorded, or is not to be. One per application. */
  const recorded = Symbol('fastify-audit.recorded')
  const ignoredPaths = new Set(settings.ignore_paths)
  /** A set has to look through each path once, which is a text of its own each time. */
  const ignoresPaths = ignoredPaths.size > 0
  /** The mark of its first event, where its end is another. */
  const announced = settings.record === 'both' ? Symbol('fastify-audit.announced') : recorded
  const redaction = createRedaction(settings.redact.query)
  const urlOf = createTargetReader(redaction)
  const outcome = settings.record === 'request' ? outcomeOf : outcomeAtEnd
  /** Null when nothing is set: a request then pays one comparison. */
  const details = createDetails(app, settings, redaction)

  const isSeen = (raw: RequestLike['raw']): boolean => (raw as { [recorded]?: boolean })[recorded] === true

  const record = (request: FastifyRequest | RequestLike, ending: Ending | null): Promise<void> | undefined => say(request, ending, recorded)

  /** Says an event of a request, unless it has been said or is not wanted. */
  function say (request: FastifyRequest | RequestLike, ending: Ending | null, mark: symbol): Promise<void> | undefined {
    const raw = request.raw as IncomingMessage & { [mark: symbol]: boolean | undefined, originalUrl?: string }
    if (raw[mark] === true) return undefined
    raw[mark] = true
    const { host, protocol, fault } = addressed(request)
    const url = urlOf(raw.originalUrl ?? raw.url ?? '/', host ?? raw.headers?.host ?? raw.headers?.[':authority'] as string | undefined ?? '', protocol)
    if ((ignoresPaths && ignoredPaths.has(url.path)) || ((request as Partial<FastifyRequest>).routeOptions?.config as { audit?: boolean } | undefined)?.audit === false) return undefined
    const method = raw.method ?? 'GET'
    const said = ending === null ? httpRequestEvent({ method, url }) : httpRequestEvent({ method, url, ...outcome(ending) })
    const event = details === null ? said : details.addTo(said, request, ending)
    return scopeOf(request).log(fault === undefined ? event : { ...event, labels: { ...event.labels, audit_fault: fault } })
  }

  function recordAndGoOn (request: FastifyRequest, _reply: FastifyReply, done: Done, ending: Ending | null): void {
    say(request, ending, announced)
    done()
  }

  function recordAndWait (request: FastifyRequest, reply: FastifyReply, done: Done, ending: Ending | null): void {
    const acknowledged = say(request, ending, announced)
    if (acknowledged === undefined) done()
    else acknowledged.then(done as () => void, refuse)

    function refuse (cause: unknown): void {
      const error = onFailure.refusal('http', cause) as FastifyError & { headers: Record<string, string> } | null
      if (error === null) return done()
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

  if (settings.record === 'response') {
    // Nothing to be said on its way.
  } else if (settings.hook === 'onRequest') {
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
      else recordOnItsWay(request, reply, error => { if (error === undefined) done(null, payload); else withhold(payload, error, done) }, settings.record === 'both' ? null : { statusCode: reply.statusCode })
    })
  }

  app.addHook('onResponse', function recordAnswered (request, reply, done) {
    if (!isSeen(request.raw)) record(request, { statusCode: reply.raw.statusCode, isCut: isHttp2(request) && isCut(reply.raw) })
    done()
  })

  app.addHook('onRequestAbort', function recordAborted (request, done) {
    record(request, {})
    done()
  })

  watchServers(app, {
    isSeen,
    over (raw, ending) {
      const known = details?.requestOf(raw)
      const isSecure = Boolean(app.initialConfig.https) || (raw.socket as Partial<TLSSocket>).encrypted === true
      record(known ?? { raw, ip: raw.socket.remoteAddress, protocol: isSecure ? 'https' : 'http' }, ending)
    }
  })

  app.addHook('onClose', async function waitForTheLast () {
    // Requests whose connections the server has just cut tell so in the turns that follow.
    await nextTurn()
    await nextTurn()
  })
}

/** Over HTTP/2 a response also "finishes" when it is cut. */
const isHttp2 = ({ raw }: FastifyRequest): boolean => raw.httpVersionMajor === 2

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
