// The words that the parts of this project speak to each other in. Types only: nothing
// here runs. An event goes from a caller (`AuditEvent`) with what is known of its request
// (`ScopeFacts`) through the trail, becomes an `AuditRecord`, then a line of a `Batch`,
// which an `Appender` writes.

/**
 * Whether what was attempted came to pass; `unknown` is an intention, recorded before the
 * operation runs. ECS `event.outcome`.
 */
export type EventOutcome = 'success' | 'failure' | 'unknown'

/** ECS `event.category`: every value that ECS 9 permits. */
export type EventCategory =
  | 'api' | 'authentication' | 'configuration' | 'database' | 'driver' | 'email' | 'file' | 'host'
  | 'iam' | 'intrusion_detection' | 'library' | 'malware' | 'network' | 'package' | 'process'
  | 'registry' | 'session' | 'threat' | 'vulnerability' | 'web'

/** ECS `event.type`: every value that ECS 9 permits. */
export type EventType =
  | 'access' | 'admin' | 'allowed' | 'change' | 'connection' | 'creation' | 'deletion' | 'denied'
  | 'device' | 'end' | 'error' | 'group' | 'indicator' | 'info' | 'installation' | 'protocol'
  | 'start' | 'user'

/** Who acted: the ECS `user.*` fields that are recorded. Anything else a resolver returns is left out. */
export interface AuditUser {
  readonly id?: string
  readonly name?: string
  readonly full_name?: string
  readonly email?: string
  readonly domain?: string
  /** A keyed hash that stands for the name where the name must not be recorded. */
  readonly hash?: string
  readonly roles?: readonly string[]
}

/** The object that an event is about, as Kibana's `kibana.saved_object`. */
export interface SavedObjectReference {
  readonly type: string
  /** Absent as long as nobody has given the object one. */
  readonly id?: string
  readonly name?: string
}

/** Kibana's own fields, which are not part of ECS. */
export interface KibanaFields {
  /** Overrides the request's space; set to `undefined` to keep it out of this event. */
  readonly space_id?: string | undefined
  /** Overrides the request's session; set to `undefined` to keep it out of this event. */
  readonly session_id?: string | undefined
  readonly saved_object?: SavedObjectReference
  readonly add_to_spaces?: readonly string[]
  readonly delete_from_spaces?: readonly string[]
  readonly authentication_provider?: string
  readonly authentication_type?: string
  readonly authentication_realm?: string
  readonly lookup_realm?: string
  readonly unauthorized_spaces?: readonly string[]
  readonly unauthorized_types?: readonly string[]
  /** What a write changes of the object: `savedObjectDiff`. */
  readonly diff?: SavedObjectDiff
  readonly [field: string]: unknown
}

/** What has become of the fields of an object: Kibana's `kibana.diff`, a JSON Patch (RFC 6902) with the old values. */
export interface SavedObjectDiff {
  readonly format: 'json_patch_extended'
  /** The fields that change. */
  readonly ops: readonly DiffOperation[]
  /** The fields that stay as they are. */
  readonly noOps: readonly { readonly path: string }[]
}

/** A field that changes. */
export interface DiffOperation {
  /** `replace` without an `oldValue`: it is not known whether there was one, or which. */
  readonly op: 'add' | 'remove' | 'replace'
  /** JSON Pointer (RFC 6901) from the object's attributes: `/visState/title`. */
  readonly path: string
  /** Of `add` and `replace`. */
  readonly value?: unknown
  /** Of `remove` and, where it is known, `replace`. */
  readonly oldValue?: unknown
}

/**
 * What happened, as the caller says it: no time, no request. `@timestamp`, `user`, `trace`,
 * `client` and the rest are added by the trail. Any further ECS field may stand beside the
 * ones named here.
 *
 * @example
 * { message: 'User is updating dashboard [id=123]',
 *   event: { action: 'dashboard_update', category: ['database'], type: ['change'], outcome: 'unknown' },
 *   kibana: { saved_object: { type: 'dashboard', id: '123' } } }
 */
export interface AuditEvent {
  /** One sentence that says who does what to which object, and by its tense whether it is an intention or an outcome. */
  readonly message: string
  readonly event: {
    /** The verb, in snake case: `saved_object_update`. */
    readonly action: string
    readonly category?: EventCategory | readonly EventCategory[]
    readonly type?: EventType | readonly EventType[]
    readonly outcome?: EventOutcome
    readonly [field: string]: unknown
  }
  /** Recorded only where the request has no user of its own. */
  readonly user?: AuditUser
  readonly kibana?: KibanaFields
  readonly error?: { readonly code?: string, readonly message?: string, readonly [field: string]: unknown }
  readonly http?: {
    readonly request?: { readonly method?: string, readonly headers?: Readonly<Record<string, string>>, readonly [field: string]: unknown }
    readonly response?: { readonly status_code?: number, readonly [field: string]: unknown }
    readonly [field: string]: unknown
  }
  readonly url?: {
    readonly domain?: string
    readonly path?: string
    readonly port?: number
    readonly query?: string
    readonly scheme?: string
    readonly [field: string]: unknown
  }
  /** Recorded only for events without a request: a request's own address and trace always win. */
  readonly client?: { readonly ip?: string, readonly address?: string, readonly [field: string]: unknown }
  readonly trace?: { readonly id?: string }
  readonly labels?: Readonly<Record<string, string | number | boolean>>
  readonly [field: string]: unknown
}

/**
 * What is known of a request when one of its events is said. Never changed: when more becomes
 * known (the user logs in), the scope hands out new facts. Events of one request share the
 * object, so that what they have in common is serialized once.
 */
export interface ScopeFacts {
  readonly user?: AuditUser
  /** `space_id` and `session_id`, as they stand under `kibana`. */
  readonly kibana?: { readonly space_id?: string, readonly session_id?: string }
  readonly trace?: { readonly id: string }
  readonly client?: { readonly ip?: string, readonly address?: string }
  /** The raw `X-Forwarded-For` header, where it stands in the record. */
  readonly http?: { readonly request: { readonly headers: { readonly 'x-forwarded-for': string } } }
  /** What a resolver of the user, session or space threw, for the event that met it. */
  readonly error?: { readonly code: string, readonly message: string }
}

/** What an enriched event looks like before a layout makes a line of it. */
export interface AuditRecord extends AuditEvent {
  readonly event: AuditEvent['event'] & {
    /** A UUID of version 7, which no other event has: what whoever gets an event twice knows it by. They ascend in the order in which events are recorded. */
    readonly id: string
  }
  /** ISO 8601, UTC, milliseconds. */
  readonly '@timestamp': string
  readonly ecs: { readonly version: string }
  readonly log: { readonly level: string, readonly logger: string }
  readonly process: { readonly pid: number }
}

/** Makes a line, with its line feed, of a record. Never throws; the result holds exactly one line feed, its last character. */
export type Layout = (record: AuditRecord, facts: ScopeFacts) => string

/** Whole lines, in the order in which they were accepted. */
export interface Batch {
  /** The lines, UTF-8, each closed by a line feed. */
  readonly bytes: Buffer
  /** Where each line ends in `bytes`: the offset after its line feed, ascending. */
  readonly ends: readonly number[]
  /** The time of each line's event, milliseconds since the epoch. */
  readonly times: readonly number[]
}

/** What an appender may add to the error with which `append` rejects. */
export interface WriteFailure extends Error {
  /** How many lines, from the head of the batch, are written all the same: only the others are tried again. @default 0 */
  readonly linesWritten?: number
}

/**
 * Where lines go. The trail hands over one batch at a time and waits for it: an appender is
 * never called again before the promise of the call before has settled. What it rejects is
 * tried again, from the first line that was not written.
 */
export interface Appender {
  /**
   * Resolves when every line of the batch is with the operating system (or the other side), and
   * on the disk where `durability` is `fsync`.
   *
   * @throws {WriteFailure} (as a rejection) some of the lines are not written
   */
  append (batch: Batch): Promise<void>
  /**
   * For a process that is about to end: completes the `append` that is under way, then writes
   * `batches`, before it returns. Never throws, and never waits longer than a second.
   *
   * @returns how many lines are written, counted from the first of the `append` under way, then through `batches`
   */
  appendNow? (batches: readonly Batch[]): number
  /** Lets go of what it writes to and opens it anew: for who moves files away by himself. */
  reopen? (): Promise<void>
  /** For an appender that acknowledges events before the other side has them: what has become of them since. */
  shipping? (): ShippingStatus
  /** Gives back what it holds. Called once, after the last `append` has settled or has been given up. */
  close (): Promise<void>
}

/** What `log()` waits for: nothing, the operating system, the disk. */
export type Durability = 'none' | 'write' | 'fsync'

/** What is to happen when an event cannot be recorded. */
export type FailurePolicy = 'continue' | 'block' | 'stop'

/** The kinds of events that may have a policy of their own. */
export type FailureClass = 'writes' | 'reads' | 'http' | 'authentication'

/** What `on_failure` says about an operation and the acknowledgement of its event. */
export interface OnFailure {
  /** True when operations of this kind have to wait for their record. */
  holds (kind: FailureClass): boolean
  /**
   * Resolves when the operation may go on: its event is acknowledged, or the policy is `continue`.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it may not; status 503, with `Retry-After`
   */
  mayGoOn (kind: FailureClass, acknowledged: Promise<unknown>): Promise<void>
}

/** What an appender has to tell about the log itself. It becomes an event in the log. */
export type LogNotice =
  /** A crash has left half a line, which now stands alone on a line of its own. */
  | { readonly what: 'line_torn', readonly path: string, readonly bytes: number }
  /** Somebody else has had his hands on the file; it has been opened anew. */
  | { readonly what: 'file_changed', readonly path: string, readonly change: 'deleted' | 'renamed' | 'replaced' | 'truncated' }

/** What a part may ask of the application around it. */
export interface Surroundings {
  /** The folder that relative file names in the settings start from. */
  readonly directory: string
  /** Where a setting was written and its full key, for errors: `locate('appender', 'fileName')` → `audit.yml:4:13 xpack.security.audit.appender.fileName`. */
  readonly locate: (...path: readonly string[]) => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The application's own log, for operators. */
  readonly log: OperationalLog
  readonly durability: Durability
  /** True when an appender that cannot be opened for a reason that may pass (a full disk) is to open later, by itself. */
  readonly mayOpenLater: boolean
  /** Puts what has happened to the log into the log. */
  readonly notice: (notice: LogNotice) => void
}

/**
 * Makes an appender of one's own: the default export of a module that `type: custom` names.
 *
 * @param config the settings under `appender`; of those that are its own, nothing has been checked
 */
export type AppenderFactory = (config: Readonly<Record<string, unknown>>, surroundings: Surroundings) => Appender | Promise<Appender>

/** The part of a pino logger that is used for operational messages. */
export interface OperationalLog {
  info (details: object, message: string): void
  warn (details: object, message: string): void
  error (details: object, message: string): void
}

/** What somebody authenticates with: its type, such as `basic`, `saml` or `oidc`, and its name in the settings. */
export interface AuthenticationProvider {
  readonly type: string
  readonly name: string
}

/** What `userLoginEvent` is told. */
export interface UserLoginFacts {
  readonly provider: AuthenticationProvider
  /** Who logged in. None when the attempt failed, unless it is certain who tried. */
  readonly user?: AuditUser
  /** @default 'failure' with an error or without a user; else 'success' */
  readonly outcome?: 'success' | 'failure'
  readonly error?: Error | { readonly code?: string, readonly message?: string }
  /** `kibana.session_id`: the session that begins. */
  readonly sessionId?: string
  /** `kibana.authentication_realm`: the realm that checked the credentials. */
  readonly realm?: string
  /** `kibana.lookup_realm`: the realm that the user's data come from. */
  readonly lookupRealm?: string
  /**
   * The name that was tried, of an attempt that failed: `labels.attempted_user_name`. Said through
   * a logger, it is recorded only where `authentication.record_attempted_name` is true: people
   * type passwords in its place.
   */
  readonly attemptedName?: string
}

/** What `userLogoutEvent` is told. */
export interface UserLogoutFacts {
  readonly provider: AuthenticationProvider
  readonly user?: AuditUser
  /** `kibana.session_id`, where it is not the request's own. */
  readonly sessionId?: string
  /** `concurrent-limit`: a newer session of the same user ended this one. @default 'request' */
  readonly reason?: 'request' | 'concurrent-limit'
}

/** What `sessionCleanupEvent` is told. */
export interface SessionCleanupFacts {
  readonly provider: AuthenticationProvider
  /** `kibana.session_id`: the session that is removed. */
  readonly sessionId: string
  /** `user.hash`: the hash that stands for the user's name in the session. None where the session cannot be read. */
  readonly userHash?: string
  /** Why: it is no longer valid, or its user has too many. @default 'expired' */
  readonly reason?: 'expired' | 'concurrent-limit'
}

/** What `accessAgreementAcknowledgedEvent` is told. */
export interface AccessAgreementFacts {
  readonly provider: AuthenticationProvider
  readonly user: AuditUser
}

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

/** Which object an operation touches. */
export interface ObjectReference {
  readonly type: string
  readonly id?: string
  readonly name?: string
}

/**
 * The name of an object, from its attributes: of the attribute that `saved_objects.name_attributes`
 * has for its type, else of `name`, else of `title`. None where that is no text.
 */
export type NameOf = (type: unknown, attributes: unknown) => string | undefined

/** What is wrapped, as a table of operations calls it. */
export type Repository = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** An object as it is before a write. */
export interface CurrentObject extends ObjectReference {
  /** What it consists of, for `savedObjectDiff`. Absent: that is not known. */
  readonly attributes?: unknown
}

/** What a write makes of the attributes of an object. */
export interface AttributeChange {
  /** The attributes that are written. Absent: none is left, as by a deletion. */
  readonly attributes?: unknown
  /** True when attributes that are not among them stay as they are. @default false */
  readonly isPartial?: boolean
  /** True when there is no such object yet. @default false */
  readonly isNew?: boolean
}

/** An item of a bulk result that was refused. */
export interface RefusedItem {
  readonly object: ObjectReference
  readonly error: { readonly code: string, readonly message: string }
}

/** How one method of a repository is audited. */
export interface Operation {
  /** `event.action`. */
  readonly action: string
  /** A write is recorded as an intention before it runs, a read as an outcome after. */
  readonly kind: 'read' | 'write'
  /** `event.type`. */
  readonly type: EventType
  /** `event.category`. @default 'database' */
  readonly category?: EventCategory
  /** The verb of the message: progressive, past, infinitive: `['updating', 'updated', 'update']`. */
  readonly verbs: readonly [progressive: string, past: string, infinitive: string]
  /** What an object is called in the message when it has no id. @default 'saved objects' */
  readonly noun?: string
  /**
   * Returns the arguments that the method is really called with, such as ones in which
   * missing ids have been generated. Must not change what it is given.
   */
  readonly prepare?: (args: readonly unknown[]) => unknown[]
  /** `false`: the `authorize` option is not asked about this method. @default true */
  readonly authorize?: boolean
  /** `false`: no event of its own, but `saved_objects.protected` counts. @default true */
  readonly records?: boolean
  /** The objects that are asked for, from the arguments. None: one event without an object. */
  readonly requested?: (args: readonly unknown[], nameOf: NameOf) => readonly ObjectReference[]
  /**
   * What else the call may touch, for `saved_objects.protected`: the types of a search, for instance,
   * as references without an id. What comes back is looked at in any case.
   */
  readonly touches?: (args: readonly unknown[]) => readonly ObjectReference[]
  /**
   * For writes: reads objects as they are before it. Called where `saved_objects.look_up_names` or
   * `savedObjectDiff` says so, with the repository itself: what it reads is not recorded. Who is
   * left out is not there; `undefined`: these objects cannot be read. What cannot be read has no
   * name, and no old values, in the event.
   */
  readonly current?: (repository: Repository, objects: readonly ObjectReference[], args: readonly unknown[], nameOf: NameOf) => Promise<readonly CurrentObject[] | undefined>
  /**
   * For writes: what the call makes of each of the objects that `requested` tells, in the same
   * order; `undefined` among them: it cannot be told. Called where `savedObjectDiff` includes their types.
   */
  readonly changes?: (args: readonly unknown[]) => readonly (AttributeChange | undefined)[]
  /**
   * For reads: the objects that came back, from the result; of an async iterable, from each
   * item as it is taken. None: no event. @default those asked for
   */
  readonly returned?: (result: unknown, args: readonly unknown[], nameOf: NameOf) => readonly ObjectReference[]
  /** Items of a bulk result that were refused for lack of permission. */
  readonly refused?: (result: unknown, args: readonly unknown[], nameOf: NameOf) => readonly RefusedItem[]
  /** Further `kibana.*` fields of every event of the call. */
  readonly fields?: (args: readonly unknown[]) => Readonly<Record<string, unknown>>
}

/**
 * A method that records nothing of its own, because what it hands out or hands on is audited
 * in its place: a finder, a transaction, a repository for another tenant.
 */
export interface Handover {
  readonly kind: 'handover'
  /**
   * Returns the arguments that the method is really called with, in which `audited(repository)`
   * stands for a repository; `audited()` is the one that the method belongs to. Must not
   * change what it is given.
   */
  readonly handOn?: (args: readonly unknown[], audited: (repository?: object) => object) => unknown[]
  /** The table for what the method returns; `'same'`: the table that this stands in. @default it is returned as it is */
  readonly returns?: Operations | 'same'
}

/** Method name → how it is audited. */
export type Operations = Readonly<Record<string, Operation | Handover>>

/** What an `authorize` option is asked about. */
export interface AuthorizeCall {
  readonly method: string
  readonly action: string
  readonly objects: readonly ObjectReference[]
  readonly args: readonly unknown[]
}

export interface RepositoryOptions {
  /**
   * How each method is audited. For a repository that is wrapped already: added to its table.
   * @default the table of Kibana's saved-objects client
   */
  readonly operations?: Operations
  /**
   * Called before the operation runs; what it throws refuses the operation, is recorded as
   * a `failure` for each object, and reaches the caller untouched. For a repository that is
   * wrapped already: asked after the one of the wrapper inside.
   */
  readonly authorize?: (call: AuthorizeCall) => void | Promise<void>
}

/** What rules of the settings have done: for each, in their order, so many events. An event counts once for a rule. */
export interface RuleCounts {
  /** Events that each rule of `ignore_filters` has dropped; of several that match, the first. */
  readonly ignore_filters: readonly number[]
  readonly fields: {
    /** Events of which `fields.include` has left something out. */
    readonly include: number
    /** Events from which each rule of `fields.exclude` has taken something out. */
    readonly exclude: readonly number[]
    /** Events in which each rule of `fields.hash` has put a hash in the place of something. */
    readonly hash: readonly number[]
  }
}

/** The same for the section. */
export interface SectionRuleCounts extends RuleCounts {
  /** Events that were dropped because no rule of `include_filters` wanted them. */
  readonly include_filters: number
  /** Events that each of `routes` has matched; with `route_mode: first` the first that does. */
  readonly routes: readonly number[]
  /** Events that no route has matched; 0 where there are no appenders by name. */
  readonly unrouted: number
}

/** What has become of events that wait on the disk for the other side. */
export interface ShippingStatus {
  /** Events that the other side does not have, those that ended processes have left included. */
  readonly backlog: number
  readonly backlogBytes: number
  /** How old the oldest of them is, milliseconds; 0 when there are none. */
  readonly oldestAge: number
  /** Events that the other side has, since the start. */
  readonly sent: number
  /** Events that it will never take, since the start: they are in `dead-letters.ndjson`, beside the spool. */
  readonly rejected: number
  /** How often it had to be asked again, since the start. */
  readonly retries: number
  readonly lastError: { readonly code: string, readonly message: string, readonly time: string } | null
}

/** What has become of the events of one appender. Every number counts since the start. */
export interface AppenderStatus {
  /** The appender's `type` in the settings. */
  readonly type: string
  /** What its acknowledgement means. */
  readonly durability: Durability
  /** `degraded`: the last attempt to write failed, or has not been answered for longer than `queue.timeout`. */
  readonly state: 'ok' | 'degraded'
  /** Events that it has acknowledged. */
  readonly written: number
  /** Events that it was not handed, because the queue was full or the application ended, and that no fallback has taken. */
  readonly lost: number
  /** Events that wait for it. */
  readonly queued: number
  /** Bytes that wait for it. */
  readonly queuedBytes: number
  /** How often it could not write. */
  readonly failures: number
  readonly lastError: { readonly code: string, readonly message: string, readonly time: string } | null
  /** What its own `ignore_filters` and `fields` have done. */
  readonly rules: RuleCounts
  /** Of an appender that ships: what has become of what it has acknowledged. */
  readonly shipping?: ShippingStatus
}

/** What has become of the events so far. Every number counts since the start. */
export interface AuditStatus {
  readonly enabled: boolean
  /**
   * `degraded`: events cannot be written at the moment; they wait, and are lost when the queue is
   * full. `blocked`: the same, and operations are refused because of it. `closed`: the application has been shut down.
   */
  readonly state: 'ok' | 'degraded' | 'blocked' | 'closed'
  /** Events that were said. Always `written + ignored + lost + queued`. */
  readonly accepted: number
  /** Events that every appender which they were routed to, or the fallback in its place, has acknowledged. */
  readonly written: number
  /** Events that filters dropped on purpose: the section's, or those of every appender that they were routed to. */
  readonly ignored: number
  /** Events that an appender, and the fallback in its place, will not write; another may have them all the same. */
  readonly lost: number
  /** Events that wait for an appender. */
  readonly queued: number
  /** Bytes that wait, for all appenders. */
  readonly queuedBytes: number
  readonly lastError: { readonly code: string, readonly message: string, readonly time: string } | null
  /** What the rules of the section have done. */
  readonly rules: SectionRuleCounts
  readonly appenders: Readonly<Record<string, AppenderStatus>>
}
