// Which events are recorded at all: `ignore_filters`, `include_filters`, and what neither of them
// may silence: failures, and when the log was kept. Compiled once, at start, by opening.ts; asked about every event.
import type { FromSchema } from '../config/from-schema.js'
import type { AuditRecord } from '../contracts.js'
import { hasValue } from '../events/ecs-values.js'
import { compileFilters, type IgnoreFilter, ignoreFiltersSchema } from './filter.js'

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
 * @throws {AUDIT_ERR_OPTION} an entry of `users` or `paths` is faulty
 */
export function compileWishes ({ ignore, include, allowed }: Wishes): (record: AuditRecord) => boolean {
  const isIgnored = compileFilters(ignore)
  const isIncluded = compileFilters(include)
  if (ignore.length === 0 && include.length === 0) return isIgnored
  const keepsLogins = !allowed.includes('authentication')
  const keepsRefusals = !allowed.includes('authorization')
  const isUnwanted = include.length === 0 ? isIgnored : (record: AuditRecord) => !isIncluded(record) || isIgnored(record)
  const isIgnoredByName = compileFilters(ignore.filter(({ actions }) => actions?.some(action => LIFECYCLE.includes(action))))
  return function isDropped (record) {
    try {
      return isUnwanted(record) && !(LIFECYCLE.includes(record.event.action) && !isIgnoredByName(record)) && !(keepsLogins && isFailedLogin(record)) && !(keepsRefusals && isRefused(record))
    } catch {
      return false
    }
  }
}

/** What shows when the log was kept: dropped by a rule of `ignore_filters` that names the action, and by no other. */
const LIFECYCLE: readonly string[] = ['audit_started', 'audit_stopped']

/** A failure of category `authentication`. */
function isFailedLogin ({ event }: AuditRecord): boolean {
  return event.outcome === 'failure' && hasValue(event.category, 'authentication')
}

/** A failure of category `iam`, or one with an error: what the repository wrapper records of a refusal. A request that was given up is none. */
function isRefused ({ event, error }: AuditRecord): boolean {
  return event.outcome === 'failure' && (hasValue(event.category, 'iam') || (error !== undefined && !hasValue(event.category, 'web') && !hasValue(event.category, 'authentication')))
}
