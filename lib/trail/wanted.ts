// Which events are recorded at all: `ignore_filters`, `include_filters`, and what neither of them
// may silence: failures, and when the log was kept. Compiled once, at start, by opening.ts; asked about every event.
import type { FromSchema } from '../config/from-schema.js'
import type { AuditRecord } from '../contracts.js'
import { hasValue } from '../events/ecs-values.js'
import { compileFirstMatch, type IgnoreFilter, ignoreFiltersSchema, NO_RULE } from './filter.js'
import type { Counts } from './tally.js'

/** `xpack.security.audit.include_filters`: the same rules as those of `ignore_filters`. */
export const includeFiltersSchema = { ...ignoreFiltersSchema, description: 'When there are any, only events that match one of these rules are recorded.' } as const

/** `xpack.security.audit.allow_silencing_failures`. */
export const allowSilencingFailuresSchema = {
  type: 'array',
  items: { enum: ['authentication', 'authorization'] },
  description: 'Which failures the filters may drop too. Without it they are recorded whatever a filter says.'
} as const

/** What decides whether an event is recorded. */
export interface Wishes {
  readonly ignore: readonly IgnoreFilter[]
  readonly include: readonly IgnoreFilter[]
  readonly allowed: FromSchema<typeof allowSilencingFailuresSchema>
}

/**
 * Compiles the filters to one question: is this event to be dropped? Never throws; a record that cannot
 * be read is kept.
 *
 * @param counts for each rule of `ignore`, the events that it dropped, and after them those that no rule of `include` wanted
 * @throws {AUDIT_ERR_OPTION} an entry of `users` or `paths` is faulty
 */
export function compileWishes ({ ignore, include, allowed }: Wishes, counts?: Counts): (record: AuditRecord) => boolean {
  const ignoring = compileFirstMatch(ignore)
  const including = compileFirstMatch(include)
  if (ignore.length === 0 && include.length === 0) return keepEverything
  const keepsLogins = !allowed.includes('authentication')
  const keepsRefusals = !allowed.includes('authorization')
  const isLimited = include.length > 0
  // Of the lifecycle, only a rule that names the action drops an event.
  const naming = ignore.flatMap(({ actions }, position) => actions?.some(action => LIFECYCLE.includes(action)) === true ? [position] : [])
  const ignoringByName = compileFirstMatch(naming.map(position => ignore[position]!))

  /** The position of the rule that drops an event; `ignore.length` for `include`. */
  function ruleAgainst (record: AuditRecord): number {
    const ignored = ignoring(record)
    if (ignored === NO_RULE && !(isLimited && including(record) === NO_RULE)) return NO_RULE
    if (isOfLifecycle(record)) return naming[ignoringByName(record)] ?? NO_RULE
    if ((keepsLogins && isFailedLogin(record)) || (keepsRefusals && isRefused(record))) return NO_RULE
    return ignored === NO_RULE ? ignore.length : ignored
  }

  return function isDropped (record) {
    try {
      const rule = ruleAgainst(record)
      if (rule === NO_RULE) return false
      counts?.note(rule)
      return true
    } catch {
      return false
    }
  }
}

function keepEverything (): boolean {
  return false
}

const LIFECYCLE: readonly string[] = ['audit_started', 'audit_stopped']

/** What shows when the log was kept: dropped by a rule of `ignore_filters` that names the action, and by no other. */
export function isOfLifecycle ({ event }: AuditRecord): boolean {
  return LIFECYCLE.includes(event.action)
}

/** A failure of category `authentication`. */
function isFailedLogin ({ event }: AuditRecord): boolean {
  return event.outcome === 'failure' && hasValue(event.category, 'authentication')
}

/** A failure of category `iam`, or one with an error: what the repository wrapper records of a refusal. A request that was given up is none. */
function isRefused ({ event, error }: AuditRecord): boolean {
  return event.outcome === 'failure' && (hasValue(event.category, 'iam') || (error !== undefined && !hasValue(event.category, 'web') && !hasValue(event.category, 'authentication')))
}
