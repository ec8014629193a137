// What comes to a server and never becomes a request: bytes that are no HTTP, TLS handshakes
// that fail. Listens beside whoever answers them, and answers nothing itself. Called by security.ts.
import diagnostics from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { Server as TlsServer, type TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { AuditEvent } from '../contracts.js'
import { badRequestEvent, type Fault, type Peer, tlsErrorEvent } from '../events/security.js'
import { certificateFault, type Connection, type Failure, faultOf, isKnock, isNoHttp, peerOf, rememberPeer } from './connection-faults.js'
import type { FloodLimit } from './flood-limit.js'
import { listenBeside } from './listen-beside.js'
import { createServerCheck } from './watch-servers.js'

export interface WatchedConnections {
  readonly settings: { readonly bad_requests: boolean, readonly tls_errors: boolean }
  /** Makes a limit that has the last word on what is said. */
  readonly limit: () => FloodLimit
}

/** Says an event for each connection to a server of `app` that brings no HTTP, or no TLS. */
export function watchConnections (app: FastifyInstance, { settings, limit }: WatchedConnections): void {
  const isOurs = createServerCheck(app)
  const watched = new WeakSet<Server>()
  const told = new WeakSet<object>()
  // Each has its own: who floods with one of them hides nothing of the other.
  const badRequests = limit()
  const tlsErrors = limit()

  /** A connection is told of once, whatever else comes on it. */
  function tell (connection: object, { say }: FloodLimit, event: AuditEvent): void {
    if (told.has(connection)) return
    told.add(connection)
    say(event)
  }

  function onBadRequest (error: Failure, connection: Connection): void {
    // Everything else that is wrong with a connection comes here as well.
    if (isNoHttp(error, connection)) tell(connection, badRequests, badRequestEvent({ client: peerOf(connection), error: faultOf(error) }))
  }

  function onTlsError (error: Failure, connection: Connection): void {
    if (!isKnock(connection)) tell(connection, tlsErrors, tlsErrorEvent({ client: peerOf(connection), error: certificateFault(connection) ?? faultOf(error) }))
  }

  function onSecure (connection: TLSSocket): void {
    const refused = certificateFault(connection)
    // Who need not show a certificate and shows none has done nothing.
    if (refused === null || Object.keys(connection.getPeerCertificate() ?? {}).length === 0) return
    tlsErrors.say(tlsErrorEvent({ client: peerOf(connection), error: refused, isOpen: true }))
  }

  function watchOnce (server: Server): void {
    if (watched.has(server)) return
    watched.add(server)
    if (settings.tls_errors) server.prependListener('tlsClientError', onTlsError).on('secureConnection', onSecure)
    if (!settings.bad_requests) return
    listenBeside(server, 'clientError', onBadRequest)
    if (server instanceof TlsServer) server.on('secureConnection', (connection: TLSSocket) => { watchUnheard(server, connection) })
    if (app.initialConfig.http2 === true) watchHttp2(server)
  }

  /** Where nobody listens to `clientError`, Node answers by itself, and then destroys the connection with the error. */
  function watchUnheard (server: Server, connection: Socket): void {
    if (server.listenerCount('clientError') === 0) connection.once('error', error => { onBadRequest(error, connection) })
  }

  function watchHttp2 (server: Server): void {
    const peers = new WeakMap<ServerHttp2Session, Peer>()
    server.on('session', (session: ServerHttp2Session) => { peers.set(session, peerOf(session.socket)) })
    server.on('sessionError', (error: Failure, session: ServerHttp2Session) => {
      if (error.code?.startsWith('ERR_HTTP2_') === true) tell(session, badRequests, badRequestEvent({ client: peers.get(session) ?? {}, error: faultOf(error) }))
    })
    const { https } = app.initialConfig
    if (typeof https === 'object' && https.allowHTTP1 === true) return
    // Node answers these with 403 where no listener takes them.
    server.on('secureConnection', (connection: TLSSocket) => {
      if (connection.alpnProtocol !== 'h2') tell(connection, badRequests, badRequestEvent({ client: peerOf(connection), error: NO_HTTP2 }))
    })
  }

  function onConnection (message: unknown): void {
    const { socket } = message as { socket: Socket & { readonly server?: Server | null } }
    const { server } = socket
    if (server === undefined || server === null) return
    if (!isOurs(server)) return
    watchOnce(server)
    rememberPeer(socket)
    if (settings.bad_requests && !(server instanceof TlsServer)) watchUnheard(server, socket)
  }

  watchOnce(app.server)
  diagnostics.subscribe('net.server.socket', onConnection)
  app.addHook('onClose', async function stopWatchingConnections () {
    diagnostics.unsubscribe('net.server.socket', onConnection)
    badRequests.tell()
    tlsErrors.tell()
  })
}

/** As Node names it for clients of HTTP/2 (ALPN). */
const NO_HTTP2: Fault = { code: 'ERR_HTTP2_NO_ALPN', message: 'The client does not speak HTTP/2' }
