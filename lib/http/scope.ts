// `request.audit`: the logger of one request, and the facts that all of its events share.
// Made by plugin.ts when a request first has something to say.
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { AuditEvent, AuditLogger, RepositoryOptions, ScopedAuditLogger, ScopeFacts, TraceHeaders } from '../contracts.js'
import { plainText } from '../layouts/plain.js'
import { Logger, type WrapRepository } from '../trail/logger.js'
import type { Trail } from '../trail/trail.js'
import { type Identity, IdentityOf, type Resolvers } from './identity.js'
import type { Trace, TraceSource } from './trace.js'

/** What is read of a Fastify request. For a request that never became one, the raw message has to do. */
export interface RequestLike {
  readonly raw: IncomingMessage
  readonly id?: string
  /** The address of the client, as Fastify's `trustProxy` sees it. */
  readonly ip?: string
  readonly protocol?: string
}

/** What all scopes of an application are made of. */
export interface ScopeParts<Request extends RequestLike> {
  readonly trail: Trail
  readonly traces: TraceSource
  readonly resolvers: Resolvers<Request>
  readonly wrap: WrapRepository
}

/** The logger of one request. */
export class RequestScope<Request extends RequestLike> implements ScopedAuditLogger {
  readonly #parts: ScopeParts<Request>
  readonly #request: Request
  readonly #identity: IdentityOf<Request>
  readonly #logger: AuditLogger
  #trace: Trace | null = null
  #facts: ScopeFacts | null = null
  /** What the facts were made of; the identity is another object when more has become known. */
  #factsOf: Identity | null = null

  constructor (parts: ScopeParts<Request>, request: Request) {
    this.#parts = parts
    this.#request = request
    this.#identity = new IdentityOf(parts.resolvers, request)
    this.#logger = new Logger(parts.trail, () => this.#factsNow(), parts.wrap)
  }

  log (event: AuditEvent): Promise<void> { return this.#logger.log(event) }

  logAll (events: readonly AuditEvent[]): Promise<void> { return this.#logger.logAll(events) }

  repository<T extends object> (repository: T, options?: RepositoryOptions): T { return this.#logger.repository(repository, options) }

  get traceId (): string { return this.#traceOnce().id }

  traceHeaders (): TraceHeaders { return this.#parts.traces.headersOf(this.#traceOnce()) }

  #traceOnce (): Trace {
    return (this.#trace ??= this.#parts.traces.traceOf(this.#request.raw, this.#request.id))
  }

  #factsNow (): ScopeFacts | Promise<ScopeFacts> {
    const identity = this.#identity.now()
    return identity instanceof Promise ? identity.then(known => this.#factsFor(known)) : this.#factsFor(identity)
  }

  #factsFor (identity: Identity): ScopeFacts {
    if (this.#facts === null || this.#factsOf !== identity) {
      this.#facts = Object.freeze({ ...this.#facts ?? this.#requestFacts(), ...identity, error: identity.error })
      this.#factsOf = identity
    }
    return this.#facts
  }

  #requestFacts (): ScopeFacts {
    const { raw, ip } = this.#request
    const forwardedFor = raw.headers?.['x-forwarded-for']
    return {
      trace: Object.freeze({ id: this.#traceOnce().id }),
      client: clientFields(ip),
      forwardedFor: forwardedFor === undefined ? undefined : plainText(String(forwardedFor))
    }
  }
}

/** `client.ip` is an address for whoever indexes it; a proxy that is trusted may yet forward anything. */
function clientFields (ip: string | undefined): ScopeFacts['client'] {
  if (ip === undefined) return undefined
  return Object.freeze(isIP(ip) === 0 ? { address: plainText(ip) } : { ip })
}
