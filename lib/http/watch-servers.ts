// What becomes of the requests that a server receives, whether or not they come to a hook of
// Fastify: malformed URLs, what Node answers itself, what a listener of the server takes over.
// Called by requests.ts, which knows what the hooks have seen.
import diagnostics from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Http2ServerRequest, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { rememberPeer } from './connection-faults.js'
import { listenBeside } from './listen-beside.js'
import type { RequestLike } from './scope.js'

/** How a request ended that was not recorded on its way in; without a status nothing was answered. */
export interface Ending {
  readonly statusCode?: number
  /** True when the connection went before all of the response was sent. */
  readonly isCut?: boolean
}

type Raw = RequestLike['raw']

/** Who is told what becomes of requests. */
export interface Watcher {
  /** True for a request that a hook has seen: nothing more is to be told about it. */
  isSeen (raw: Raw): boolean
  /** A request is over. `null`: a listener has taken its connection, and nothing more is known. */
  over (raw: Raw, ending: Ending | null): void
}

/** Tells `watcher` of each request that a server of `app` has received and no hook has seen. */
export function watchServers (app: FastifyInstance, watcher: Watcher): void {
  watchHttp1(app, watcher)
  watchTakenOver(app.server, watcher)
  if (app.initialConfig.http2 === true) watchHttp2(app.server, watcher)
}

/** Tells the servers of `app`: listening on localhost makes a second one, which has the same handler. Each is looked at once. */
export function createServerCheck (app: FastifyInstance): (server: Server) => boolean {
  const known = new WeakMap<Server, boolean>()
  return function isOurs (server) {
    let ours = known.get(server)
    if (ours === undefined) {
      const handlers = app.server.listeners('request')
      ours = server === app.server || server.listeners('request').some(handler => handlers.includes(handler))
      known.set(server, ours)
    }
    return ours
  }
}

function closed (raw: Raw, response: ServerResponse, { isSeen, over }: Watcher): void {
  if (isSeen(raw)) return
  // The hook for clients that go away, which knows more, runs in the same turn of the event loop.
  setImmediate(() => {
    if (!isSeen(raw)) over(raw, response.headersSent ? { statusCode: response.statusCode, isCut: isCut(response) } : {})
  })
}

/** True for a response that was closed before all of it was sent: over HTTP/2 that is said by its stream. */
export function isCut (response: ServerResponse & { readonly stream?: Partial<ServerHttp2Stream> }): boolean {
  const { stream } = response
  return stream === undefined ? !response.writableFinished : stream.aborted === true || (stream.rstCode ?? 0) !== 0
}

interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly server: Server
}

function watchHttp1 (app: FastifyInstance, watcher: Watcher): void {
  const isOurs = createServerCheck(app)
  /** What has come in this turn of the event loop. */
  let arrived: Arrival[] = []

  function onStart (message: unknown): void {
    const arrival = message as Arrival
    if (!isOurs(arrival.server)) return
    rememberPeer(arrival.request.socket)
    if (arrived.length === 0) setImmediate(watchUnseen)
    arrived.push(arrival)
  }

  // Nearly all have been recorded by now: a listener on each response would cost more than all this.
  function watchUnseen (): void {
    const all = arrived
    arrived = []
    for (const arrival of all) if (!watcher.isSeen(arrival.request)) watchResponse(arrival, watcher)
  }

  diagnostics.subscribe('http.server.request.start', onStart)
  app.addHook('onClose', async function stopWatching () {
    diagnostics.unsubscribe('http.server.request.start', onStart)
  })
}

function watchResponse ({ request, response, socket }: Arrival, watcher: Watcher): void {
  const tell = (): void => { closed(request, response, watcher) }
  if (response.closed) return tell()
  response.on('close', tell)
  // A response that waits behind another one is not closed with the connection; its request is.
  if (responseOn(socket) !== response) request.on('close', () => { if (socket.destroyed) tell() })
}

// Node publishes no request for an upgrade or a CONNECT that a listener takes. Without a
// listener it treats the one as an ordinary request and refuses the other.
function watchTakenOver (server: Server, watcher: Watcher): void {
  function onTaken (raw: IncomingMessage, socket: Socket): void {
    if (raw.httpVersionMajor > 1) return
    rememberPeer(socket)
    setImmediate(() => {
      // Who hands it to Fastify after all has put a response on the connection: then the hooks record it.
      const response = responseOn(socket)
      if (response === null) watcher.over(raw, null)
      else if (socket.destroyed) closed(raw, response, watcher)
      else response.on('close', () => { closed(raw, response, watcher) })
    })
  }
  listenBeside(server, 'upgrade', onTaken)
  listenBeside(server, 'connect', onTaken)
}

// Node publishes no message for HTTP/2; there is one server, and its listeners do.
function watchHttp2 (server: Server, watcher: Watcher): void {
  const requested = new WeakSet<ServerHttp2Stream>()

  server.on('request', (request: Raw & Partial<Pick<Http2ServerRequest, 'stream'>>, response: ServerResponse) => {
    if (request.stream === undefined) return
    requested.add(request.stream)
    rememberConnection(request.stream, request.socket as TLSSocket)
    response.on('close', () => { closed(request, response, watcher) })
  })
  // A CONNECT never becomes a request, and what expects something may not.
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const { ':method': method, ':path': url, ':authority': authority, expect } = headers
    if (method !== 'CONNECT' && expect === undefined) return
    // The session's socket throws when it is asked after its end.
    const { encrypted, remoteAddress } = stream.session!.socket as TLSSocket
    const raw = { method, url: url ?? authority, headers, socket: { encrypted, remoteAddress } } as unknown as Raw
    stream.on('close', () => {
      if (!requested.has(stream)) watcher.over(raw, stream.headersSent ? { statusCode: Number(stream.sentHeaders[':status']) } : {})
    })
  })
}

/** The response that a connection is busy with. Node keeps it there and has no other way to ask. */
function responseOn (socket: Socket): ServerResponse | null {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? null
}

/**
 * What stands for the socket of an HTTP/2 request asks the stream itself once the stream has lost
 * its session: there Fastify finds whose request it was, and whether it came over TLS.
 */
function rememberConnection (stream: ServerHttp2Stream, { encrypted, remoteAddress }: TLSSocket): void {
  Object.assign(stream, { encrypted, remoteAddress })
}
