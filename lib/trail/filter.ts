// `ignore_filters`: which events are not wanted. The rules are compiled once, at start; the
// trail asks the result about every event. The settings' validation calls
// `ignoreFilterFaults` for what a JSON Schema cannot say.
import type { FromSchema } from '../config/from-schema.js'
import { textSchema } from '../config/units.js'
import type { AuditRecord } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { EVENT_CATEGORIES, EVENT_OUTCOMES, EVENT_TYPES } from '../events/ecs-values.js'
import { compileTexts, textFault, type TextTest } from './filter-texts.js'

/**
 * One rule: it drops an event when every key that it names matches, and a key matches when
 * the event's field is in its list. An event that lacks the field never matches. A rule
 * names at least one key and a list at least one value: what would match everything, or
 * nothing, is a mistake.
 */
export const ignoreFilterSchema = {
  type: 'object',
  title: 'a rule with at least one of actions, categories, types, outcomes, spaces, users, saved_object_types, paths',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    actions: { type: 'array', minItems: 1, items: textSchema, description: 'event.action; "login" and "logout" stand for user_login and user_logout too' },
    categories: { type: 'array', minItems: 1, items: { enum: EVENT_CATEGORIES }, description: 'event.category: matches when each of the event\'s categories is listed' },
    types: { type: 'array', minItems: 1, items: { enum: EVENT_TYPES }, description: 'event.type: matches when each of the event\'s types is listed' },
    outcomes: { type: 'array', minItems: 1, items: { enum: EVENT_OUTCOMES }, description: 'event.outcome' },
    spaces: { type: 'array', minItems: 1, items: textSchema, description: 'kibana.space_id' },
    users: { type: 'array', minItems: 1, items: textSchema, description: 'user.name: literal, "/regular expression/" or "!/not this/" (RE2, unanchored)' },
    saved_object_types: { type: 'array', minItems: 1, items: textSchema, description: 'kibana.saved_object.type' },
    paths: { type: 'array', minItems: 1, items: textSchema, description: 'url.path: literal, "/regular expression/" or "!/not this/" (RE2, unanchored)' }
  }
} as const

/** `xpack.security.audit.ignore_filters`. */
export const ignoreFiltersSchema = { type: 'array', items: ignoreFilterSchema, description: 'Events that match one of these rules are not recorded.' } as const

/** One rule, as the settings give it. */
export type IgnoreFilter = FromSchema<typeof ignoreFilterSchema>

/** A fault in the rules: where (`[0, 'users', 1]`) and, in words, what was expected and what came. */
export interface IgnoreFilterFault {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly cause?: Error
}

/** What is wrong with rules that their schema accepts: entries of `users` and `paths` that are no pattern, or not clearly one. */
export function ignoreFilterFaults (rules: readonly IgnoreFilter[]): IgnoreFilterFault[] {
  const faults: IgnoreFilterFault[] = []
  for (const [index, rule] of rules.entries()) {
    for (const key of ['users', 'paths'] as const) {
      for (const [position, entry] of (rule[key] ?? []).entries()) {
        const fault = textFault(entry, key)
        if (fault !== null) faults.push({ path: [index, key, position], ...fault })
      }
    }
  }
  return faults
}

type Test = (record: AuditRecord) => boolean

/**
 * Compiles the rules to one question: is this event to be dropped? It allocates nothing of its own and
 * never throws; a record that cannot be read is kept.
 *
 * @throws {AUDIT_ERR_OPTION} an entry of `users` or `paths` is faulty; `ignoreFilterFaults` finds all of them
 */
export function compileFilters (rules: readonly IgnoreFilter[]): Test {
  if (rules.length === 0) return keepEverything
  const firstMatch = compileFirstMatch(rules)
  return record => firstMatch(record) !== NO_RULE
}

/** What `compileFirstMatch` says of a record that no rule matches, or that cannot be read. */
export const NO_RULE = -1

/**
 * Compiles the rules to the question which of them is the first to match, by its position.
 *
 * @throws {AUDIT_ERR_OPTION} an entry of `users` or `paths` is faulty
 */
export function compileFirstMatch (rules: readonly IgnoreFilter[]): (record: AuditRecord) => number {
  const [fault] = ignoreFilterFaults(rules)
  if (fault !== undefined) {
    const [index, key, position] = fault.path
    throw new AUDIT_ERR_OPTION(`ignore_filters[${index}].${key}[${position}]: ${fault.message}`, { cause: fault.cause })
  }
  const compiled = rules.map(compileRule)
  return function firstMatch (record) {
    try {
      for (let i = 0; i < compiled.length; i++) {
        if (compiled[i]?.(record) === true) return i
      }
    } catch {
      return NO_RULE
    }
    return NO_RULE
  }
}

function keepEverything (): boolean {
  return false
}

/** Compiles one rule, whose patterns are sound. Throws what reading the record throws. */
export function compileRule (rule: IgnoreFilter): Test {
  const tests: Test[] = []
  const { categories, types, outcomes, users, paths } = rule
  if (rule.actions !== undefined) {
    const actions = new Set(rule.actions)
    if (actions.has('login')) actions.add('user_login')
    if (actions.has('logout')) actions.add('user_logout')
    tests.push(record => actions.has(record.event.action))
  }
  if (categories !== undefined) {
    const listed = new Set<unknown>(categories)
    tests.push(record => isListed(listed, record.event.category))
  }
  if (types !== undefined) {
    const listed = new Set<unknown>(types)
    tests.push(record => isListed(listed, record.event.type))
  }
  if (outcomes !== undefined) {
    const listed = new Set<unknown>(outcomes)
    tests.push(record => listed.has(record.event.outcome))
  }
  if (rule.spaces !== undefined) {
    const spaces = new Set<unknown>(rule.spaces)
    tests.push(record => spaces.has(record.kibana?.space_id))
  }
  if (rule.saved_object_types !== undefined) {
    const objectTypes = new Set<unknown>(rule.saved_object_types)
    tests.push(record => objectTypes.has(record.kibana?.saved_object?.type))
  }
  if (users !== undefined) {
    const isUser: TextTest = compileTexts(users)
    tests.push(record => isUser(record.user?.name))
  }
  if (paths !== undefined) {
    const isPath: TextTest = compileTexts(paths)
    tests.push(record => isPath(record.url?.path))
  }
  // Settings cannot hold an empty rule; if one came from elsewhere, it must not drop everything.
  return tests.length === 0 ? keepEverything : all(tests)
}

function all (tests: readonly Test[]): Test {
  return (record) => {
    for (let i = 0; i < tests.length; i++) {
      if (tests[i]?.(record) !== true) return false
    }
    return true
  }
}

// `event.category` and `event.type`: lists, or what a caller gave. An empty list is a field that the event lacks.
function isListed (listed: ReadonlySet<unknown>, value: unknown): boolean {
  if (!Array.isArray(value)) return listed.has(value)
  for (let i = 0; i < value.length; i++) {
    if (!listed.has(value[i])) return false
  }
  return value.length > 0
}
