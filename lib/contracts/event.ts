// What can be said, and what becomes of it: an event, the facts of its request, the record of both.

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
