// What has become of the events: `app.audit.status()`.
import type { Durability, ShippingStatus } from './appender.js'

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
