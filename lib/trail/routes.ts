// `routes`: which appenders an event goes to. The rules are those of `ignore_filters`, compiled
// once, at start; several.ts asks the result about every event.
import type { FromSchema } from '../config/from-schema.js'
import type { AuditRecord } from '../contracts.js'
import { compileFilters, ignoreFilterSchema } from './filter.js'
import type { Counts } from './tally.js'

const nameSchema = { type: 'string', minLength: 1, title: 'the name of one of appenders' } as const

/** `routes`: rules, and the appenders of what matches. */
export const routesSchema = {
  type: 'array',
  description: 'Which of appenders an event goes to. What no route matches goes to all of them but the fallback.',
  items: {
    type: 'object',
    title: 'a route with match and appenders',
    additionalProperties: false,
    required: ['match', 'appenders'],
    properties: {
      match: { ...ignoreFilterSchema, description: 'A rule as those of ignore_filters: every key that it names has to match.' },
      appenders: { type: 'array', minItems: 1, uniqueItems: true, items: nameSchema, description: 'The names of the appenders that have what matches.' }
    }
  }
} as const

/** `route_mode`. */
export const routeModeSchema = {
  enum: ['first', 'all'],
  default: 'first',
  description: 'Whether an event goes where the first route that matches says, or where all of them say that match.'
} as const

/** `fallback`. */
export const fallbackSchema = {
  ...nameSchema,
  description: 'The appender that has what another cannot take. What it cannot take either goes to standard error. It has no other events than these, unless a route names it.'
} as const

export type Routes = FromSchema<typeof routesSchema>

/** The names of the appenders that an event goes to; null when no route matches. */
export type Route = (record: AuditRecord) => readonly string[] | null

/**
 * @param counts for each route, the events that it decided about, and after them those that no route matched
 * @throws {AUDIT_ERR_OPTION} an entry of `users` or `paths` is faulty
 */
export function compileRoutes (routes: Routes, mode: 'first' | 'all', counts?: Counts): Route {
  const compiled = routes.map(({ match, appenders }) => ({ matches: compileFilters([match]), appenders }))
  if (mode === 'first') {
    return record => {
      const first = compiled.findIndex(({ matches }) => matches(record))
      counts?.note(first === -1 ? compiled.length : first)
      return compiled[first]?.appenders ?? null
    }
  }
  return record => {
    const matching = compiled.filter(({ matches }, position) => {
      const isMatch = matches(record)
      if (isMatch) counts?.note(position)
      return isMatch
    })
    if (matching.length > 0) return [...new Set(matching.flatMap(({ appenders }) => appenders))]
    counts?.note(compiled.length)
    return null
  }
}
