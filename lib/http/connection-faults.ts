// What is known of a connection that has failed, and of why: the other end, the fault, whether
// it has brought anything at all. Nothing here holds what the client has sent. Called by
// watch-connections.ts.
import { isIP, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Fault, Peer } from '../events/security.js'

/**
 * A TLS connection does not know any more where it came from when its handshake is cut, nor ever
 * what has come over the wire. The connection below it does, and Node has no public way from one
 * to the other: were `_parent` to go, the events would stay, without `client`.
 */
export type Connection = Socket & Partial<Pick<TLSSocket, 'authorizationError'>> & { readonly _parent?: Socket | null }

export type Failure = Error & { readonly code?: string, readonly reason?: string }

/** The other end of a connection; nothing for that of a pipe. */
export function peerOf (connection: Connection): Peer {
  const { remoteAddress: ip, remotePort: port } = connection._parent?.remoteAddress === undefined ? connection : connection._parent
  return { ...ip !== undefined && isIP(ip) !== 0 && { ip }, ...port !== undefined && { port } }
}

/** Node forgets the other end of a closed connection, unless it has been asked for it before. The hot path: asked by name. */
export function rememberPeer (socket: Socket): string | undefined { return socket.remoteAddress }

/** A code, and a text of Node or OpenSSL. What an application's own callbacks throw, which may hold anything, is not told. */
export function faultOf ({ code, reason, message }: Failure): Fault {
  if (code === undefined || !/^[A-Z][A-Z0-9_]*$/.test(code)) return { code: 'UNKNOWN', message: 'The connection failed' }
  return { code, message: reason ?? message }
}

/** Why the certificate that a client has shown is not believed, or null. */
export function certificateFault ({ authorizationError }: Pick<Connection, 'authorizationError'>): Fault | null {
  // The types say an error; what is there is its code.
  const code: unknown = authorizationError
  return code === null || code === undefined ? null : { code: String(code), message: 'The certificate of the client is not valid' }
}

/**
 * True for what Node's parser refuses, and for what has not come in time. A client that goes away
 * in the middle has sent nothing wrong, and a connection on which nothing was sent asked for nothing.
 */
export function isNoHttp ({ code = '' }: Failure, connection: Connection): boolean {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return connection.bytesRead > 0
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE'
}

/** True for a TLS port that was only knocked at, as load balancers do. */
export function isKnock (connection: Connection): boolean { return connection._parent?.bytesRead === 0 }
