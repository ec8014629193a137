// The logger of a request while auditing is disabled: the same calls, and nothing is recorded.
import type { ScopedAuditLogger, TraceHeaders } from '../contracts.js'
import type { RequestLike } from './scope.js'
import type { Trace, TraceSource } from './trace.js'

const NOTHING_TO_WAIT_FOR = Promise.resolve()

/** A logger that records nothing. It still knows the trace, which other services are to be told. */
export class DisabledScope implements ScopedAuditLogger {
  readonly #traces: TraceSource
  readonly #request: RequestLike
  #trace: Trace | null = null

  constructor (traces: TraceSource, request: RequestLike) {
    this.#traces = traces
    this.#request = request
  }

  log (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  logAll (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  repository<T extends object> (repository: T): T { return repository }

  get traceId (): string { return this.#traceOnce().id }

  traceHeaders (): TraceHeaders { return this.#traces.headersOf(this.#traceOnce()) }

  #traceOnce (): Trace {
    return (this.#trace ??= this.#traces.traceOf(this.#request.raw, this.#request.id))
  }
}
