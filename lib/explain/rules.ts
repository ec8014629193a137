// Which rules of the settings an event matches: asked of each rule alone, compiled as the trail
// compiles all of them. Called by ../explain.ts.
import type { AuditRecord } from '../contracts.js'
import { compileFields, countersOf, type FieldLists } from '../trail/fields/compile.js'
import { compileFilters, type IgnoreFilter } from '../trail/filter.js'
import { Tally } from '../trail/tally.js'
import { compileWishes, isOfLifecycle, type Wishes } from '../trail/wanted.js'
import type { Explanation, MatchedRule } from './explanation.js'

/** Those of the rules that match. `where` says where one is written, by its position. */
export function matchedRules (rules: readonly IgnoreFilter[], record: AuditRecord, where: (position: number) => string): MatchedRule[] {
  return rules.flatMap((rule, position) => compileFilters([rule])(record) ? [{ where: where(position), rule }] : [])
}

/** Why an event is kept that the filters would have dropped; null when they would not, or have. */
export function keptFor (wishes: Wishes, record: AuditRecord): Explanation['keptFor'] {
  const isDropped = (allowed: Wishes['allowed']): boolean => compileWishes({ ...wishes, allowed })(record)
  if (isDropped(wishes.allowed)) return null
  if (isOfLifecycle(record)) return isUnwanted(wishes, record) ? 'lifecycle' : null
  if (!isDropped(['authentication', 'authorization'])) return null
  return isDropped(['authorization', ...wishes.allowed]) ? 'authorization' : 'authentication'
}

/** Whether the filters would drop it if nothing were kept from them. */
function isUnwanted ({ ignore, include }: Wishes, record: AuditRecord): boolean {
  return compileFilters(ignore)(record) || (include.length > 0 && !compileFilters(include)(record))
}

/** The lists of one `fields`, and where their rules are written. */
export interface PlacedLists {
  readonly lists: FieldLists
  readonly where: (...place: (keyof FieldLists | number)[]) => string
}

/** The rules of all these lists that change an event on its way to one appender, as the trail counts them: of several for one field, the first. */
export function changingRules (parts: readonly PlacedLists[], record: AuditRecord, key: string | null): MatchedRule[] {
  const tally = new Tally()
  const counted = parts.map(part => ({ ...part, counts: tally.countsFor(countersOf(part.lists)) }))
  tally.begin()
  compileFields(counted, key)?.(record)
  tally.commit()
  return counted.flatMap(({ lists: { exclude, hash, include }, where, counts }) => {
    const events = counts.read()
    const rules = [
      ...exclude.map((rule, position) => ({ where: where('exclude', position), rule })),
      ...hash.map((rule, position) => ({ where: where('hash', position), rule })),
      // Of `include`, no rule leaves something out, but all of them together.
      { where: where('include'), rule: include }
    ]
    return rules.filter((_, position) => events[position]! > 0)
  })
}
