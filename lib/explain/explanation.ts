// What `explain()` tells. Types only.
import type { Durability, FailureClass, FailurePolicy } from '../contracts.js'

/** A rule of the settings that an event matches. */
export interface MatchedRule {
  /** Where it is written, and its full key: `audit.yml:12:5 xpack.security.audit.ignore_filters[0]`. */
  readonly where: string
  /** The rule, as the settings give it. */
  readonly rule: object
}

/** What one appender has of an event. */
export interface ExplainedAppender {
  /** Its key in `appenders`; `default` for the only one. */
  readonly name: string
  readonly type: string
  /** Whether the event goes to it. */
  readonly takes: boolean
  /** Why, or why not, in one sentence. */
  readonly because: string
  /** The routes that decide where the event goes. None when no route matches. */
  readonly routes: readonly MatchedRule[]
  /** The rules of its own `ignore_filters` that match. */
  readonly ignoredBy: readonly MatchedRule[]
  /** What an acknowledgement of this appender means. */
  readonly durability: Durability
  /** What happens to the operation when this appender cannot record the event. */
  readonly onFailure: FailurePolicy
  /** The fields that `fields` removes, by their paths. */
  readonly removed: readonly string[]
  /** The fields in whose place their keyed hash stands. */
  readonly hashed: readonly string[]
  /** The fields that read differently: sentences that mention what was removed or hashed, texts that were cut. */
  readonly changed: readonly string[]
  /** The line as it would be written, without its line feed; null when the event does not go here. */
  readonly line: string | null
}

/** What becomes of an event, and why. */
export interface Explanation {
  /** Whether at least one appender has it. */
  readonly recorded: boolean
  /** Why, or why not, in one sentence. */
  readonly because: string
  /** The kind of events that it counts as for `on_failure`. */
  readonly kind: FailureClass
  /** The rules of `ignore_filters` that match. */
  readonly ignoredBy: readonly MatchedRule[]
  /** The rules of `include_filters` that match; null when the settings have none. */
  readonly includedBy: readonly MatchedRule[] | null
  /** Of which failures it is one that filters may not silence, where a filter would have dropped it. */
  readonly keptFor: 'authentication' | 'authorization' | null
  readonly appenders: readonly ExplainedAppender[]
}
