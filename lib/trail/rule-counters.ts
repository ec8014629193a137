// The counters of the rules of one place in the settings, the section or an appender, as
// `status()` shows them. Made by opening.ts at start.
import type { RuleCounts, SectionRuleCounts } from '../contracts.js'
import { countersOf, type FieldLists } from './fields/compile.js'
import type { Counts, Tally } from './tally.js'

/** Where rules may stand. */
export interface Rules {
  readonly ignore: readonly unknown[]
  readonly fields: FieldLists
}

export interface RuleCounters {
  /** One for each rule of `ignore_filters`, and one for `include_filters`. */
  readonly filters: Counts
  /** As `FieldPart` wants them. */
  readonly fields: Counts
  read (): RuleCounts
}

export interface SectionCounters extends RuleCounters {
  readonly tally: Tally
  /** One for each route, and one for what none matches. */
  readonly routes: Counts
  read (): SectionRuleCounts
}

export function createRuleCounters (tally: Tally, { ignore, fields: lists }: Rules): RuleCounters {
  const filters = tally.countsFor(ignore.length + 1)
  const fields = tally.countsFor(countersOf(lists))
  return {
    filters,
    fields,
    read () {
      const changed = fields.read()
      const { length: excluding } = lists.exclude
      return {
        ignore_filters: filters.read().slice(0, -1),
        fields: { include: changed.at(-1)!, exclude: changed.slice(0, excluding), hash: changed.slice(excluding, -1) }
      }
    }
  }
}

/** @param rules of the section itself */
export function createSectionCounters (tally: Tally, { routes: all, ...rules }: Rules & { readonly routes: readonly unknown[] }): SectionCounters {
  const counters = createRuleCounters(tally, rules)
  const routes = tally.countsFor(all.length + 1)
  return {
    ...counters,
    tally,
    routes,
    read () {
      const routed = routes.read()
      return { ...counters.read(), include_filters: counters.filters.read().at(-1)!, routes: routed.slice(0, -1), unrouted: routed.at(-1)! }
    }
  }
}

/** Where there are no rules. */
export const NO_RULES: RuleCounts = Object.freeze({ ignore_filters: [], fields: Object.freeze({ include: 0, exclude: [], hash: [] }) })

/** The same for a section. */
export const NO_SECTION_RULES: SectionRuleCounts = Object.freeze({ ...NO_RULES, include_filters: 0, routes: [], unrouted: 0 })
