// Requests to the store and their answers, whoever makes them: @elastic/transport, for a
// connection of our own, or a client of the application's. Opened by elasticsearch.ts.
import type { ConnectionOptions } from 'node:tls'
import { loadPeer } from '../peer-package.js'

/** A request. */
export interface StoreRequest {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly querystring?: string
  /** JSON. */
  readonly body?: object
  /** Lines of JSON, each with its line feed, in the place of `body`. */
  readonly lines?: string
}

/** An answer, whatever its status. */
export interface StoreAnswer {
  readonly status: number
  /** What JSON there was; else text. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, unknown>>
}

/** Asks the store. */
export interface StoreConnection {
  /** Rejects where there was no answer: no connection, one that was cut, none in time. */
  request (request: StoreRequest, signal: AbortSignal): Promise<StoreAnswer>
  close (): Promise<void>
}

/** How to reach the store. */
export interface ConnectionConfig {
  readonly nodes: readonly string[]
  readonly auth?: { readonly username: string, readonly password: string } | { readonly apiKey: string } | { readonly bearer: string }
  readonly tls?: ConnectionOptions
  /** Milliseconds. */
  readonly timeout: number
}

/** The part of a transport that is used: that of @elastic/transport, @elastic/elasticsearch and @opensearch-project/opensearch. */
export interface Transport {
  request (params: { method: string, path: string, querystring?: string, body?: object, bulkBody?: string }, options: object): Promise<unknown>
}

/**
 * A connection of our own. Nothing is sent yet.
 *
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) @elastic/transport is not installed
 */
export async function openConnection ({ nodes, auth, tls, timeout }: ConnectionConfig): Promise<StoreConnection> {
  const { Transport, WeightedConnectionPool, UndiciConnection } = await loadPeer('@elastic/transport', 'elasticsearch', () => import('@elastic/transport'))
  const pool = new WeightedConnectionPool({ Connection: UndiciConnection, ...auth !== undefined && { auth }, ...tls !== undefined && { tls } })
  // Who logs in within a URL is refused by the settings: it would be in errors.
  pool.addConnection(nodes.map(node => ({ url: new URL(node) })))
  const transport = new Transport({
    connectionPool: pool,
    // A node that does not answer is not the end of it while there is another.
    maxRetries: nodes.length - 1,
    requestTimeout: timeout,
    enableMetaHeader: false,
    // The record of what an application does is no part of what it does.
    openTelemetry: { enabled: false }
  })
  return { ...asks(transport as Transport, timeout), async close () { await pool.empty() } }
}

/** Whether a value is a client or a transport that requests can be made with. */
export function isClient (value: unknown): value is Transport | { readonly transport: Transport } {
  const { request, transport } = Object(value) as { request?: unknown, transport?: { request?: unknown } }
  return typeof request === 'function' || typeof transport?.request === 'function'
}

/** The application's own client. It stays open: whoever made it closes it. */
export function borrowConnection (client: Transport | { readonly transport: Transport }, timeout: number): StoreConnection {
  return { ...asks('transport' in client ? client.transport : client, timeout), async close () {} }
}

/** What a transport rejects with when the store has answered: both clients call it ResponseError. */
interface ResponseError extends Error {
  readonly meta?: { readonly statusCode?: number | null, readonly body?: unknown, readonly headers?: StoreAnswer['headers'] | null }
}

function asks (transport: Transport, timeout: number): Pick<StoreConnection, 'request'> {
  return {
    async request ({ method, path, querystring, body, lines }, signal) {
      // One of its own for each: @elastic/transport lets an abort event loose on the signal when its time is up.
      const ending = endOf(signal, 2 * timeout)
      const sent = lines === undefined ? body !== undefined && { body } : { bulkBody: lines }
      try {
        const asked = transport.request({ method, path, ...querystring !== undefined && { querystring }, ...sent }, { meta: true, requestTimeout: timeout, signal: ending.signal })
        const { statusCode, body: answer, headers } = await Promise.race([asked, ending.promise]) as { statusCode: number, body: unknown, headers?: StoreAnswer['headers'] }
        return { status: statusCode, body: answer, headers: headers ?? {} }
      } catch (error) {
        const { statusCode, body: answer, headers } = (Object(error) as ResponseError).meta ?? {}
        // An answer that could not be read has a status as well, and says nothing.
        if (statusCode === undefined || statusCode === null || statusCode < 400) throw error
        return { status: statusCode, body: answer, headers: headers ?? {} }
      } finally {
        ending.forget()
      }
    }
  }
}

/** Rejects when the application ends or when the time is up: not every client obeys a signal, or has an eye on an answer that has begun. */
function endOf (signal: AbortSignal, timeout: number): { readonly signal: AbortSignal, readonly promise: Promise<never>, forget (): void } {
  const ending = new AbortController()
  const stop = (): void => { ending.abort(signal.reason instanceof Error ? signal.reason : new Error('the application ends')) }
  const timer = setTimeout(() => { ending.abort(new Error(`there was none within ${timeout} ms`)) }, timeout)
  signal.addEventListener('abort', stop)
  const promise = new Promise<never>((_resolve, reject) => {
    ending.signal.addEventListener('abort', () => {
      const reason = ending.signal.reason as Error | undefined
      if (reason instanceof Error) reject(reason)
    })
  })
  promise.catch(() => {})
  if (signal.aborted) stop()
  return {
    signal: ending.signal,
    promise,
    forget () {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }
}
