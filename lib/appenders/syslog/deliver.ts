// Brings bytes to a receiver of syslog over TCP or TLS, and knows as much about their arrival as
// TCP can tell. Called by the sender of `syslog`.
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectTls } from 'node:tls'
import type { TlsOptions } from '../ssl.js'

export interface Receiver {
  readonly host: string
  readonly port: number
  /** None: TCP without TLS. */
  readonly tls?: TlsOptions
  /** So long the other side may stand still, in milliseconds. */
  readonly timeout: number
}

/**
 * Sends bytes over a connection of their own. Syslog has no answers, but the end of a connection
 * is one: a receiver that closes its side because ours is closed has read all that came before.
 * If it goes away with something unread, its system resets the connection. One that refuses us
 * after the handshake closes as well; so the end is said only when it has had the time for that.
 *
 * Resolves when the receiver has closed its side after ours.
 *
 * @param patience the least that is waited between the last byte and the end, in milliseconds; about a round trip it is in any case
 * @throws (as a rejection) it cannot be told whether all has arrived
 */
export function deliver (bytes: Buffer, { host, port, tls, timeout }: Receiver, signal: AbortSignal, patience: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    let isEnded = false
    let isAnswered = false
    let failure: Error | undefined
    let pause: NodeJS.Timeout | undefined
    const socket: Socket = tls === undefined
      ? connect({ host, port }, opened)
      : connectTls({ ...tls, host, port, servername: serverName(host) }, opened)

    function opened (): void {
      // About a round trip, and more with TLS.
      const handshake = performance.now() - began
      socket.write(bytes, () => { pause = setTimeout(finish, Math.max(handshake, patience)) })
    }

    function finish (): void {
      isEnded = true
      socket.end()
    }

    function giveUp (): void {
      socket.destroy(new Error('given up, because the application ends'))
    }

    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    socket.setTimeout(timeout, () => { socket.destroy(new Error(isEnded ? `has not closed the connection within ${timeout} ms` : `has not taken anything for ${timeout} ms`)) })
    // What a receiver says is not looked at, but has to be read.
    socket.resume()
    socket.on('end', () => { isAnswered = isEnded })
    socket.on('error', error => { failure = error })
    socket.on('close', () => {
      clearTimeout(pause)
      signal.removeEventListener('abort', giveUp)
      if (failure === undefined && isAnswered) resolve()
      else reject(failure ?? new Error('has closed the connection before it had everything'))
    })
  })
}

/** An address is no name that TLS could ask for. */
function serverName (host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host
}
