// One rule of `fields`, made ready at start: which fields it is about, and of which records.
// Compiled by compile.ts.
import type { AuditRecord } from '../../contracts.js'
import { compileRule } from '../filter.js'
import { compilePath, type Path } from './path.js'
import type { FieldRule } from './settings.js'

export interface Conditional {
  readonly matches: (record: AuditRecord) => boolean
}

/** A rule of `exclude` or `hash`. */
export interface CompiledRule extends Conditional {
  readonly fields: readonly Field[]
  /** It has changed the event that is on its way. */
  readonly note: () => void
}

export interface Field {
  readonly name: string
  readonly path: Path
}

export function compileFieldRule (rule: FieldRule, note: () => void): CompiledRule {
  return { fields: withAddresses(rule.fields).map(name => ({ name, path: compilePath(name) })), note, matches: conditionOf(rule) }
}

export const conditionOf = ({ when }: FieldRule): Conditional['matches'] => when === undefined ? () => true : compileRule(when)

/** Those whose `ip` is an address for whoever indexes it, and whose `address` may be any text. */
export const SIDES = ['client', 'source', 'server', 'destination'] as const

/** What is no address, though it came as one, stands in `client.address`: who means the one means both. */
function withAddresses (paths: readonly string[]): readonly string[] {
  const further = SIDES.filter(side => paths.includes(`${side}.ip`)).map(side => `${side}.address`)
  return [...new Set([...paths, ...further])]
}
