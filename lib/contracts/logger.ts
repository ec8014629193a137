// What callers hold: the logger, that of a request, and what carries on work that it leaves for later.
import type { AccessAgreementFacts, SessionCleanupFacts, UserLoginFacts, UserLogoutFacts } from './authentication.js'
import type { AuditEvent, AuditUser } from './event.js'
import type { RepositoryOptions } from './repository.js'

/** Says events. Nobody needs to await the promise for the record to be kept. */
export interface AuditLogger {
  /**
   * Records an event. The promise resolves when the event is acknowledged: when the
   * operating system has the line. It resolves at once when auditing is disabled or a filter
   * drops the event.
   *
   * An event that cannot be serialized whole still goes out, with what could be kept and
   * `labels.audit_fault`, which says what could not.
   *
   * @throws {AUDIT_ERR_WRITE} (as a rejection) the appender failed; `cause` says why
   * @throws {AUDIT_ERR_CLOSED} (as a rejection) the application has been closed
   */
  log (event: AuditEvent): Promise<void>
  /**
   * Records several events that belong together, in order; the promise covers all of them.
   * More than 250 are said in several turns of the event loop, which goes on in between: leave
   * them as they are until the promise has settled.
   */
  logAll (events: readonly AuditEvent[]): Promise<void>
  /**
   * Records an event that something must not go on without, as far as `on_failure` says so: the
   * promise resolves when it is acknowledged and, where the policy of its kind is `continue`,
   * also when it cannot be. To be awaited before what it announces.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it cannot be recorded and the policy is `block` or `stop`; status 503, with `Retry-After`
   */
  ensure (event: AuditEvent): Promise<void>
  /**
   * Records that somebody has logged in, or failed to. A user that is said wins over the
   * request's, who may have been somebody else before; with `outcome: 'success'` and no user,
   * it is the request's. Like `ensure`, as the three below: to be awaited before the answer.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) see `ensure`; `on_failure.authentication` is what counts
   */
  userLogin (said: UserLoginFacts): Promise<void>
  /**
   * Records that somebody is logging out: the request's user and session, unless others are said.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) see `ensure`
   */
  userLogout (said: UserLogoutFacts): Promise<void>
  /**
   * Records that a session is being removed without its user asking for it. It is about the
   * session's user, by its hash; the request's user, if there is one, stays out of the event.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) see `ensure`
   */
  sessionCleanup (said: SessionCleanupFacts): Promise<void>
  /**
   * Records that somebody has accepted the access agreement: the request's user, unless another is said.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) see `ensure`
   */
  accessAgreementAcknowledged (said: Omit<AccessAgreementFacts, 'user'> & { readonly user?: AuditUser }): Promise<void>
  /**
   * The same object with its methods audited: writes are recorded before they run, reads
   * after, one event per object. Methods that are not in the table of operations pass
   * through untouched. Wrapping what is wrapped already does not log twice;
   * wrapping what somebody else has put around it does.
   *
   * @throws {AUDIT_ERR_OPTION} the table of operations is not usable
   */
  repository<T extends object> (repository: T, options?: RepositoryOptions): T
  /**
   * Records that something is to be done later, as `task_create`, and gives the handle by
   * which `app.audit.resumeTask()` knows it again. To be awaited before the task is handed to
   * whoever runs it: as with `ensure()`, `on_failure.writes` decides whether that goes on.
   *
   * @example
   * await queue.add(await request.audit.task({ type: 'report', name: 'Sales 2026' }))
   *
   * @throws {AUDIT_ERR_OPTION} (as a rejection) the task is not described by texts
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) its creation cannot be recorded and the policy is `block` or `stop`
   */
  task (task: TaskFacts): Promise<TaskHandle>
}

/** `request.audit`: says events on behalf of one request. */
export interface ScopedAuditLogger extends AuditLogger {
  /** The `trace.id` of every event of this request. */
  readonly traceId: string
  /**
   * The headers that carry the trace on to Elasticsearch and other services:
   * `x-opaque-id`, and `traceparent` when the trace id is a W3C one (32 hexadecimal digits).
   */
  traceHeaders (): TraceHeaders
}

export interface TraceHeaders {
  'x-opaque-id': string
  traceparent?: string
}

/** What is to be done later. */
export interface TaskFacts {
  /** @default a random UUID */
  readonly id?: string
  /** What kind of task it is: `kibana.saved_object.type`, and what messages call it. @default 'task' */
  readonly type?: string
  readonly name?: string
}

/**
 * What a task is remembered by: plain JSON, to be stored with it. Whoever can write where it is
 * stored decides in whose name the execution is recorded.
 */
export interface TaskHandle {
  readonly version: 1
  readonly task: { readonly type: string, readonly id: string, readonly name?: string }
  /** The trace of both events. */
  readonly trace: { readonly id: string }
  /** Who created the task. */
  readonly user?: AuditUser
  readonly space_id?: string
}

/** A task that is being carried out. It has one outcome: what is said after the first is not recorded. */
export interface ResumedTask {
  readonly handle: TaskHandle
  /** Says what the task does, with the trace, the user and the space of its creation. */
  readonly audit: AuditLogger
  /**
   * Carries the task out and records the outcome: `failure` when `work` throws, else `success`.
   * Resolves or rejects as `work` did, whether or not the outcome could be recorded.
   */
  run<T> (work: (task: ResumedTask) => T | Promise<T>): Promise<T>
  /**
   * Records `task_run` as a success.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it cannot be recorded and `on_failure.writes` is `block` or `stop`
   */
  success (): Promise<void>
  /** Records `task_run` as a failure, with `error.code` and `error.message` of what was thrown. Rejects as `success()` does. */
  failure (error?: unknown): Promise<void>
}
