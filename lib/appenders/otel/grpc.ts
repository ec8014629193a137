// Sends requests of OTLP over gRPC (OTLP specification, "OTLP/gRPC"), each once. Called by the
// sender of `otel`.
import { createSecureContext } from 'node:tls'
import type { Client, ClientOptions, credentials, Metadata, ServiceError, status } from '@grpc/grpc-js'
import type { TlsOptions } from '../ssl.js'
import type { Transport } from './http.js'
import { notNow, tooMuch } from './refusal.js'

export interface GrpcSettings {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsOptions
  /** Milliseconds for the whole of a request. */
  readonly timeout: number
}

/** What is used of @grpc/grpc-js. */
export interface GrpcPackage {
  readonly Client: typeof Client
  readonly Metadata: typeof Metadata
  readonly credentials: typeof credentials
  readonly status: typeof status
}

/** Where a collector takes logs. */
const METHOD = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

/**
 * How the implementations of gRPC say that a message is larger than they take. They have the code for it
 * that stands for a collector that has too much to do, too, for which it has to be sent again.
 */
const TOO_LARGE = /larger than max|exceeds maximum size/i

/** The client has no retries of its own for what it has not been told to retry; it is told so all the same. */
const OPTIONS: ClientOptions = { 'grpc.enable_retries': 0, 'grpc.max_reconnect_backoff_ms': 5000 }

export function createGrpcTransport (grpc: GrpcPackage, { url, headers, tls, timeout }: GrpcSettings): Transport {
  const { protocol, host } = new URL(url)
  const client = new grpc.Client(host, protocol === 'https:' ? secure() : grpc.credentials.createInsecure(), OPTIONS)
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)

  function secure (): ReturnType<GrpcPackage['credentials']['createFromSecureContext']> {
    const { rejectUnauthorized, checkServerIdentity } = tls
    return grpc.credentials.createFromSecureContext(createSecureContext(tls), { rejectUnauthorized, ...checkServerIdentity !== undefined && { checkServerIdentity } })
  }

  return {
    send (request, signal) {
      return new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(METHOD, Buffer.from, answer => answer, request, metadata, { deadline: Date.now() + timeout }, (error: ServiceError | null, answer?: Buffer) => {
          signal.removeEventListener('abort', cancel)
          if (error === null) resolve(answer ?? Buffer.alloc(0))
          else reject(failureOf(error))
        })
        const cancel = (): void => call.cancel()
        signal.addEventListener('abort', cancel)
        if (signal.aborted) cancel()
      })
    },
    close () { client.close() }
  }

  function failureOf ({ code, details }: ServiceError): Error {
    const reason = `the collector has answered ${grpc.status[code]}: ${details.slice(0, 500)}`
    const isFaulty = code === grpc.status.INVALID_ARGUMENT || (code === grpc.status.RESOURCE_EXHAUSTED && TOO_LARGE.test(details))
    return isFaulty ? tooMuch(reason) : notNow(reason)
  }
}
