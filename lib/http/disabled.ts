// The logger of a request while auditing is disabled: the same calls, and nothing is recorded.
import type { RepositoryOptions, ScopedAuditLogger, TaskFacts, TaskHandle, TraceHeaders } from '../contracts.js'
import type { WrapRepository } from '../trail/acting-logger.js'
import { NOTHING_TO_WAIT_FOR } from '../trail/promises.js'
import { makeHandle, newTask } from '../trail/task-handle.js'
import type { RequestLike } from './scope.js'
import type { Trace, TraceSource } from './trace.js'

/** A logger that records nothing. It still knows the trace, which other services are to be told. */
export class DisabledScope implements ScopedAuditLogger {
  readonly #traces: TraceSource
  readonly #wrap: WrapRepository
  readonly #request: RequestLike
  #trace: Trace | null = null

  constructor (traces: TraceSource, wrap: WrapRepository, request: RequestLike) {
    this.#traces = traces
    this.#wrap = wrap
    this.#request = request
  }

  log (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  logAll (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  ensure (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  userLogin (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  userLogout (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  sessionCleanup (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  accessAgreementAcknowledged (): Promise<void> { return NOTHING_TO_WAIT_FOR }

  /** The repository as it came; unless there is an `authorize`, which is asked whether or not anybody records its answer. */
  repository<T extends object> (repository: T, options?: RepositoryOptions): T {
    return options?.authorize === undefined ? repository : this.#wrap(repository, options, () => this)
  }

  /** A handle without a user, whom nobody is asked for. */
  async task (task: TaskFacts): Promise<TaskHandle> { return makeHandle(newTask(task), { trace: { id: this.traceId } }) }

  get traceId (): string { return this.#traceOnce().id }

  traceHeaders (): TraceHeaders { return this.#traces.headersOf(this.#traceOnce()) }

  #traceOnce (): Trace {
    return (this.#trace ??= this.#traces.traceOf(this.#request.raw, this.#request.id))
  }
}
