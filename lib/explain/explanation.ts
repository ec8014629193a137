// What `explain()` tells. Types only.
import type { Durability, FailureClass, FailurePolicy } from '../contracts.js'

/** A rule of the settings that an event matches, or that changes it. */
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
  /** The rules of `fields`, of the section and of the appender, that change the event. */
  readonly fields: readonly MatchedRule[]
  /** The rewrites that it passes on its way, in their order; the rule is the policy. */
  readonly rewrites: readonly MatchedRule[]
  /** The fields that `fields` or a rewrite removes, by their paths. */
  readonly removed: readonly string[]
  /** The fields in whose place their keyed hash stands. */
  readonly hashed: readonly string[]
  /** The fields that read differently: sentences that mention what was removed or hashed, texts that were cut, what a rewrite has updated. */
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
  /** Why it is recorded where a filter would have dropped it: it is a failure that filters may not silence, or shows when the log was kept. */
  readonly keptFor: 'authentication' | 'authorization' | 'lifecycle' | null
  readonly appenders: readonly ExplainedAppender[]
}
