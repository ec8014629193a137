// Which rules of the settings an event matches: asked of each rule alone, compiled as the trail
// compiles all of them. Called by ../explain.ts.
import type { AuditRecord } from '../contracts.js'
import { compileFilters, type IgnoreFilter } from '../trail/filter.js'
import { compileWishes, type Wishes } from '../trail/wanted.js'
import type { Explanation, MatchedRule } from './explanation.js'

/** Those of the rules that match. `where` says where one is written, by its position. */
export function matchedRules (rules: readonly IgnoreFilter[], record: AuditRecord, where: (position: number) => string): MatchedRule[] {
  return rules.flatMap((rule, position) => compileFilters([rule])(record) ? [{ where: where(position), rule }] : [])
}

/** As which failure an event is kept that the filters would have dropped; null when they would not, or have. */
export function keptFor (wishes: Wishes, record: AuditRecord): Explanation['keptFor'] {
  const isDropped = (allowed: Wishes['allowed']): boolean => compileWishes({ ...wishes, allowed })(record)
  if (isDropped(wishes.allowed) || !isDropped(['authentication', 'authorization'])) return null
  return isDropped(['authorization', ...wishes.allowed]) ? 'authorization' : 'authentication'
}
