// What comes to a server and never becomes a request: bytes that are no HTTP, TLS handshakes
// that fail. Listens beside whoever answers them, and answers nothing itself. Called by security.ts.
import diagnostics from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import { isIP, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { AuditLogger } from '../contracts.js'
import { badRequestEvent, type Fault, type Peer, tlsErrorEvent } from '../events/security.js'
import { isServerOf } from './watch-servers.js'

export interface WatchedConnections {
  readonly settings: { readonly bad_requests: boolean, readonly tls_errors: boolean }
  /** The logger of what no request has caused. */
  readonly logger: AuditLogger
}

/** A TLS connection knows the one below it, and has no public way to ask for it. */
type Connection = Socket & Partial<Pick<TLSSocket, 'authorizationError' | 'getPeerCertificate'>> & { readonly _parent?: Socket | null }

type Failure = Error & { readonly code?: string, readonly reason?: string }

/** Says an event for each connection to a server of `app` that brings no HTTP, or no TLS. */
export function watchConnections (app: FastifyInstance, { settings, logger }: WatchedConnections): void {
  const servers = new WeakMap<Server, boolean>()
  const told = new WeakSet<object>()

  function tellOnce (connection: object, tell: () => void): void {
    if (told.has(connection)) return
    told.add(connection)
    tell()
  }

  function onBadRequest (error: Failure, connection: Connection): void {
    // Connections that are reset are no fault of what was sent; TLS errors come here as well.
    if (!isNoHttp(error) || bytesReadOf(connection) === 0) return
    tellOnce(connection, () => { logger.log(badRequestEvent({ client: peerOf(connection), error: faultOf(error) })) })
  }

  function onTlsError (error: Failure, connection: Connection): void {
    // A port that is only knocked at, as load balancers do, has not been asked for TLS.
    if (bytesReadOf(connection) === 0) return
    const refused = certificateFault(connection)
    tellOnce(connection, () => { logger.log(tlsErrorEvent({ client: peerOf(connection), error: refused ?? faultOf(error) })) })
  }

  function onSecure (connection: TLSSocket): void {
    const refused = certificateFault(connection)
    // Who need not show a certificate and shows none has done nothing.
    if (refused === null || Object.keys(connection.getPeerCertificate() ?? {}).length === 0) return
    logger.log(tlsErrorEvent({ client: peerOf(connection), error: refused, isOpen: true }))
  }

  function watch (server: Server): void {
    if (settings.tls_errors) server.prependListener('tlsClientError', onTlsError).on('secureConnection', onSecure)
    if (!settings.bad_requests) return
    if (server.listenerCount('clientError') > 0) listenBeside(server, 'clientError', onBadRequest)
    // Node answers by itself where nobody listens, and then destroys the connection with the error.
    else server.on('secureConnection', (connection: Socket) => { watchAnswers(server, connection) })
    watchSessions(server)
  }

  function watchAnswers (server: Server, connection: Socket): void {
    if (settings.bad_requests && server.listenerCount('clientError') === 0) connection.once('error', error => { onBadRequest(error, connection) })
  }

  /** HTTP/2 has a parser of its own. */
  function watchSessions (server: Server): void {
    const peers = new WeakMap<ServerHttp2Session, Peer>()
    server.on('session', (session: ServerHttp2Session) => { peers.set(session, peerOf(session.socket)) })
    server.on('sessionError', (error: Failure, session: ServerHttp2Session) => {
      if (error.code?.startsWith('ERR_HTTP2_') !== true) return
      tellOnce(session, () => { logger.log(badRequestEvent({ client: peers.get(session) ?? {}, error: faultOf(error) })) })
    })
  }

  function onConnection (message: unknown): void {
    const { socket } = message as { socket: Socket & { readonly server?: Server } }
    const { server } = socket
    if (server === undefined || server === null) return
    let isOurs = servers.get(server)
    if (isOurs === undefined) {
      isOurs = isServerOf(app, server)
      servers.set(server, isOurs)
      if (isOurs) watch(server)
    }
    if (!isOurs) return
    rememberPeer(socket)
    watchAnswers(server, socket)
  }

  servers.set(app.server, true)
  watch(app.server)
  diagnostics.subscribe('net.server.socket', onConnection)
  app.addHook('onClose', async function stopWatchingConnections () {
    diagnostics.unsubscribe('net.server.socket', onConnection)
  })
}

/** A listener changes what Node does with an event: ours is there only as long as one of theirs is. */
function listenBeside (server: Server, name: string, listener: (...args: never[]) => void): void {
  // First: what theirs throws must not keep ours from being told.
  server.prependListener(name, listener as () => void)
  server.on('removeListener', (removed: string) => {
    if (removed === name && server.listenerCount(name) === 1) server.removeListener(name, listener as () => void)
  })
}

/** What Node's parser refuses, and what has not come in time. */
function isNoHttp ({ code = '' }: Failure): boolean {
  return code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT'
}

function certificateFault ({ authorizationError }: Connection): Fault | null {
  // The types say an error; what is there is its code.
  const code: unknown = authorizationError
  return code === null || code === undefined ? null : { code: String(code), message: 'The certificate of the client is not valid' }
}

/** The messages of Node's parser and of OpenSSL's reasons are their own: the bytes that came (`rawPacket`) are not in them. */
function faultOf ({ code, reason, message }: Failure): Fault {
  return { code: code ?? 'UNKNOWN', message: reason ?? message }
}

/** Node forgets the other end of a closed connection, unless it has been asked for it before. */
function rememberPeer (socket: Socket): void { Reflect.get(socket, 'remoteAddress') }

function peerOf (connection: Connection): Peer {
  const { remoteAddress: ip, remotePort: port } = connection._parent?.remoteAddress === undefined ? connection : connection._parent
  return { ...ip !== undefined && isIP(ip) !== 0 && { ip }, ...port !== undefined && { port } }
}

/** What has come over the wire; a TLS connection counts what it has made of it. */
function bytesReadOf (connection: Connection): number { return connection._parent?.bytesRead ?? connection.bytesRead }
