// `request.audit`: the logger of one request, and the facts that all of its events share.
// Made by plugin.ts when a request first has something to say.
import type { IncomingMessage } from 'node:http'
import type { ScopedAuditLogger, ScopeFacts, TraceHeaders } from '../contracts.js'
import { messageOf, plainText } from '../layouts/plain.js'
import type { WrapRepository } from '../trail/acting-logger.js'
import { Logger } from '../trail/logger.js'
import type { Trail } from '../trail/trail.js'
import { type Identity, IdentityOf, type Questions } from './identity.js'
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
  readonly questions: Questions<Request>
  readonly wrap: WrapRepository
}

/** The logger of one request. */
export class RequestScope<Request extends RequestLike> extends Logger implements ScopedAuditLogger {
  readonly #parts: ScopeParts<Request>
  readonly #request: Request
  readonly #identity: IdentityOf<Request>
  #trace: Trace | null = null
  #facts: ScopeFacts | null = null
  /** What the facts were made of; the identity is another object when more has become known. */
  #factsOf: Identity | null = null
  /** Why the address of the client is not known. */
  #fault: ScopeFacts['error']

  constructor (parts: ScopeParts<Request>, request: Request) {
    super(parts.trail, parts.wrap)
    this.#parts = parts
    this.#request = request
    this.#identity = new IdentityOf(parts.questions, request)
  }

  get traceId (): string { return this.#traceOnce().id }

  traceHeaders (): TraceHeaders { return this.#parts.traces.headersOf(this.#traceOnce()) }

  #traceOnce (): Trace {
    return (this.#trace ??= this.#parts.traces.traceOf(this.#request.raw, this.#request.id))
  }

  protected override factsNow (): ScopeFacts | Promise<ScopeFacts> {
    const identity = this.#identity.now()
    return identity instanceof Promise ? identity.then(known => this.#factsFor(known)) : this.#factsFor(identity)
  }

  protected override factsAtOnce (): ScopeFacts { return this.#factsFor(this.#identity.atOnce()) }

  protected override isAskingNow (): boolean { return this.#identity.isAskingNow() }

  #factsFor (identity: Identity): ScopeFacts {
    if (this.#facts === null || this.#factsOf !== identity) {
      this.#facts = this.#facts === null ? this.#firstFacts(identity) : withIdentity(this.#facts, identity, this.#fault)
      this.#factsOf = identity
    }
    return this.#facts
  }

  #firstFacts ({ user, kibana, error }: Identity): ScopeFacts {
    const { raw } = this.#request
    const { recurring } = this.#parts.questions
    const address = this.#address()
    const forwardedFor = raw.headers?.['x-forwarded-for']
    return {
      user,
      kibana,
      trace: { id: this.#traceOnce().id },
      client: address === undefined ? undefined : recurring.clientOf(address),
      http: forwardedFor === undefined ? undefined : recurring.forwardedFor(String(forwardedFor)),
      error: bothOf(error, this.#fault)
    }
  }

  #address (): string | undefined {
    try {
      return this.#request.ip
    } catch (thrown) {
      // A `trustProxy` may be a function of the application.
      this.#fault = { code: 'AUDIT_ERR_SCOPE', message: `client.ip: ${messageOf(thrown)}` }
      return undefined
    }
  }
}

// Written out: on the path of every request a spread costs ten times as much.
function withIdentity ({ trace, client, http }: ScopeFacts, { user, kibana, error }: Identity, fault: ScopeFacts['error']): ScopeFacts {
  return { user, kibana, trace, client, http, error: bothOf(error, fault) }
}

function bothOf (error: ScopeFacts['error'], fault: ScopeFacts['error']): ScopeFacts['error'] {
  if (error === undefined || fault === undefined) return error ?? fault
  return { code: error.code, message: plainText(`${error.message}; ${fault.message}`) }
}
