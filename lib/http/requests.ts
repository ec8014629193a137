// One `http_request` event for each request that reaches the server, whatever becomes of it.
// Called by plugin.ts, once, when auditing is enabled. A request is recorded at the first of
// these that it comes to:
//   1. the end of its onRequest phase (the preParsing hook), or of its preHandler phase
//   2. its response has gone out (onResponse): somebody's hook answered or refused it
//   3. its client has gone (onRequestAbort)
//   4. its connection or response is closed (node:diagnostics_channel): Fastify answered it
//      before any hook, such as a malformed URL
import diagnostics from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AuditLogger, OnFailure } from '../contracts.js'
import { httpRequestEvent } from '../events/http-request.js'
import { CLIENT_ADDRESS, type RequestLike } from './scope.js'
import type { HttpSettings } from './settings.js'
import { createTargetReader } from './target.js'

export interface RecordedRequests {
  readonly settings: HttpSettings
  readonly onFailure: OnFailure
  /** The logger of a request, Fastify's or one that never became Fastify's. */
  readonly scopeOf: (request: FastifyRequest | RequestLike) => AuditLogger
}

/** How a request ended that was not recorded on its way in. */
interface Ending {
  readonly statusCode?: number
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
  const urlOf = createTargetReader()

  /** Says the event of a request, unless it has been said or is not wanted. */
  function record (request: FastifyRequest | RequestLike, ending: Ending | null): Promise<void> | undefined {
    const raw = request.raw as IncomingMessage & { [recorded]?: boolean, originalUrl?: string }
    if (raw[recorded] === true) return undefined
    raw[recorded] = true
    const { host, protocol, routeOptions } = request as Partial<FastifyRequest>
    const url = urlOf(raw.originalUrl ?? raw.url ?? '/', host ?? raw.headers?.host ?? raw.headers?.[':authority'] as string | undefined ?? '', protocol)
    if (ignoredPaths.has(url.path) || (routeOptions?.config as { audit?: boolean } | undefined)?.audit === false) return undefined
    const method = raw.method ?? 'GET'
    return scopeOf(request).log(ending === null ? httpRequestEvent({ method, url }) : httpRequestEvent({ method, url, ...outcomeOf(ending) }))
  }

  // Which of them is decided here, once: a request that need not wait does not even ask.
  const recordOnItsWay: (request: FastifyRequest, done: Done) => void = onFailure.holds('http')
    ? (request, done) => {
        const acknowledged = record(request, null)
        if (acknowledged === undefined) done()
        else onFailure.mayGoOn('http', acknowledged).then(() => { done() }, done)
      }
    : (request, done) => {
        record(request, null)
        done()
      }

  if (settings.hook === 'onRequest') {
    app.addHook('preParsing', function recordAfterOnRequest (request, _reply, _payload, done) {
      recordOnItsWay(request, done)
    })
  } else {
    const recordAfterPreHandler = (request: FastifyRequest, _reply: FastifyReply, done: Done): void => {
      recordOnItsWay(request, done)
    }
    // A route's own hooks run after those of its instance, so this one is the last.
    app.addHook('onRoute', function recordLast (route) {
      route.preHandler = [route.preHandler ?? [], recordAfterPreHandler].flat()
    })
    app.addHook('preHandler', function recordNotFound (request, _reply, done) {
      if (request.is404) recordOnItsWay(request, done)
      else done()
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

  watchServer(app, (raw, response) => {
    response.on('close', () => {
      // The hooks, which know more, come first: onRequestAbort runs in the same turn of the event loop.
      if ((raw as { [recorded]?: boolean })[recorded] !== true) setImmediate(recordUnseen, raw, response)
    })
  })

  app.addHook('onClose', async function waitForTheLast () {
    // Requests whose connections the server has just cut tell so in the turns that follow.
    await nextTurn()
    await nextTurn()
  })

  function recordUnseen (raw: IncomingMessage, response: ServerResponse): void {
    const isSecure = Boolean(app.initialConfig.https) || (raw.socket as Partial<TLSSocket>).encrypted === true
    record({ raw, ip: raw.socket.remoteAddress, protocol: isSecure ? 'https' : 'http' }, response.headersSent ? { statusCode: response.statusCode } : {})
  }
}

function outcomeOf ({ statusCode }: Ending): Pick<Parameters<typeof httpRequestEvent>[0], 'outcome' | 'statusCode' | 'error'> {
  if (statusCode === undefined) return { outcome: 'failure', error: ABORTED }
  return { outcome: statusCode >= 400 ? 'failure' : 'unknown', statusCode }
}

type Watcher = (request: IncomingMessage, response: ServerResponse) => void

/** Calls `watcher` for each request that a server of `app` receives, before Fastify sees it. */
function watchServer (app: FastifyInstance, watcher: Watcher): void {
  if (app.initialConfig.http2 === true) {
    // Node publishes no such message for HTTP/2; there is one server, and a listener does.
    app.server.on('request', (request: RequestLike['raw'], response: ServerResponse) => {
      request[CLIENT_ADDRESS] = request.socket.remoteAddress
      watcher(request, response)
    })
    return
  }
  const isOurs = new WeakMap<Server, boolean>()

  function onStart (message: unknown): void {
    const { request, response, server } = message as { request: IncomingMessage, response: ServerResponse, server: Server }
    let ours = isOurs.get(server)
    if (ours === undefined) {
      // Listening on localhost makes a second server, which has the same handler.
      const handlers = app.server.listeners('request')
      ours = server === app.server || server.listeners('request').some(handler => handlers.includes(handler))
      isOurs.set(server, ours)
    }
    if (!ours) return
    // Node forgets the address of a closed socket unless it has been asked for.
    Reflect.get(request.socket, 'remoteAddress')
    watcher(request, response)
  }

  diagnostics.subscribe('http.server.request.start', onStart)
  app.addHook('onClose', async function stopWatching () {
    diagnostics.unsubscribe('http.server.request.start', onStart)
  })
}
