// Sends requests of OTLP over HTTP (OTLP specification, "OTLP/HTTP"), each once: who tries again is
// the forwarder. Called by the sender of `otel`.
import http from 'node:http'
import https from 'node:https'
import type { TlsOptions } from '../ssl.js'
import { parseRetryAfter } from '../shipping/retry-after.js'
import { notNow, tooMuch } from './refusal.js'

export interface HttpSettings {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: 'application/x-protobuf' | 'application/json'
  readonly tls: TlsOptions
  /** Milliseconds for the whole of a request. */
  readonly timeout: number
}

/** Brings a request to a collector and gives what it has answered. */
export interface Transport {
  /** @throws {SendFailure} (as a rejection) the collector has not taken it */
  send (request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  close (): void
}

/** So much of an answer is read, in bytes. */
const LONGEST_ANSWER = 1024 * 1024

/** Statuses that say that the request itself is not acceptable, and never will be. */
const FAULTY = [400, 413, 422]

export function createHttpTransport ({ url, headers, contentType, tls, timeout }: HttpSettings): Transport {
  const isEncrypted = new URL(url).protocol === 'https:'
  const agent = isEncrypted ? new https.Agent({ ...tls, keepAlive: true, maxSockets: 1 }) : new http.Agent({ keepAlive: true, maxSockets: 1 })
  return {
    async send (request, signal) {
      const { status, retryAfter, body } = await post(request, signal)
      if (status >= 200 && status <= 299) return body
      const reason = `the collector has answered ${status}`
      throw FAULTY.includes(status) ? tooMuch(reason) : notNow(reason, parseRetryAfter(retryAfter, Date.now()))
    },
    close () { agent.destroy() }
  }

  function post (request: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const sent = (isEncrypted ? https : http).request(url, { method: 'POST', agent, headers: { ...headers, 'content-type': contentType, 'content-length': request.byteLength } })
    const giveUp = (): void => { sent.destroy(new Error('given up, because the application ends')) }
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout} ms`)), timeout)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    return new Promise<Answer>((resolve, reject) => {
      const fail = (cause: Error): void => reject(notNow(`the collector cannot be asked: ${cause.message}`))
      sent.on('error', fail)
      sent.on('response', response => {
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes <= LONGEST_ANSWER) chunks.push(chunk)
        })
        response.on('error', fail)
        response.on('end', () => resolve({ status: response.statusCode!, retryAfter: response.headers['retry-after'], body: Buffer.concat(chunks) }))
      })
      sent.end(request)
    }).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    })
  }
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: Buffer
}
