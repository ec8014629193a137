// What `fields` does to a record: exclude, then include, then hash. Compiled once, at start, by
// opening.ts, and put in front of a layout; without such settings the layout stays as it is.
import type { AuditRecord, Layout, ScopeFacts } from '../../contracts.js'
import type { Counts } from '../tally.js'
import { compileFieldRule, type Conditional, conditionOf } from './field-rule.js'
import { createHashings, createHashMemory, hashAllOf } from './hash-fields.js'
import { keepOnly } from './keep-only.js'
import { eachText, REMOVED, replaceMentions } from './mentions.js'
import { changeAt, compilePath } from './path.js'
import type { FieldRule } from './settings.js'

/** The lists of `fields`. */
export interface FieldLists {
  readonly include: readonly FieldRule[]
  readonly exclude: readonly FieldRule[]
  readonly hash: readonly FieldRule[]
}

/** What becomes of a record. */
export type Change = (record: AuditRecord) => AuditRecord

/** A layout of records that have been through `change`. It gets them without those facts of their request that hold what was taken out. */
export function withFields (layout: Layout, change: Change | null): Layout {
  if (change === null) return layout
  return (record, facts) => {
    const changed = change(record)
    return changed === record ? layout(record, facts) : layout(changed, factsIn(changed, facts))
  }
}

/** The facts that a record still holds, each whole: nothing has been taken out of that very object. */
function factsIn (record: AuditRecord, { user, kibana, trace, client, http }: ScopeFacts): ScopeFacts {
  return {
    user: record.user === user ? user : undefined,
    kibana: record.kibana === kibana ? kibana : undefined,
    trace: record.trace === trace ? trace : undefined,
    client: record.client === client ? client : undefined,
    http: record.http === http ? http : undefined
  }
}

/** `fields` of the section, or of an appender. */
export interface FieldPart {
  readonly lists: FieldLists
  /** For each rule of `exclude`, then of `hash`, the events that it changed; after them those of which something was not included. */
  readonly counts?: Counts | undefined
}

/** So many counters a part has. */
export const countersOf = ({ exclude, hash }: FieldLists): number => exclude.length + hash.length + 1

/**
 * What is to be done to every record, or null for nothing. A record is never changed itself.
 * What is taken out or hashed is replaced in sentences, too: `message`, `error.message`, `labels.audit_fault`.
 *
 * @param parts all of them hold: what one takes out no other brings back
 * @param key for the hashes; not null when there are any
 */
export function compileFields (parts: readonly FieldPart[], key: string | null): Change | null {
  if (parts.every(({ lists: { include, exclude, hash } }) => include.length + exclude.length + hash.length === 0)) return null
  const excludes = parts.flatMap(({ lists: { exclude }, counts }) => exclude.map((rule, position) => compileFieldRule(rule, () => counts?.note(position))))
  const hashes = parts.flatMap(({ lists: { exclude, hash }, counts }) => hash.map((rule, position) => compileFieldRule(rule, () => counts?.note(exclude.length + position))))
  const includes = parts.map(({ lists: { exclude, include, hash }, counts }) => ({ rules: include.map(rule => ({ paths: rule.fields, matches: conditionOf(rule) })), note: () => counts?.note(exclude.length + hash.length) }))
  const hashed = createHashMemory(key ?? '')
  const hashingOf = createHashings(hashes)

  return function change (record) {
    const mentions = new Map<string, string>()
    const drop = (value: unknown, path: string): undefined => {
      if (!path.startsWith('event.')) eachText(value, text => mentions.set(text, REMOVED))
    }
    const hashText = (text: string): string => {
      const made = hashed(text)
      mentions.set(text, made)
      return made
    }
    // All conditions are asked of the record as it was said.
    const matching = <R extends Conditional>(rules: readonly R[]): R[] => rules.filter(({ matches }) => matches(record))
    let changed: object = record
    for (const { fields, note } of matching(excludes)) {
      const before = changed
      for (const { name, path } of fields) changed = changeAt(changed, path, value => drop(value, name))
      if (changed !== before) note()
    }
    for (const { rules, note } of includes) {
      const kept = matching(rules).flatMap(({ paths }) => paths)
      if (kept.length > 0) changed = keepOnly(changed, kept, (value, path) => { if (value !== undefined) note(); drop(value, path) })
    }
    if (hashes.length > 0) changed = hashAllOf(hashingOf(matching(hashes)), changed, hashText)
    changed = changeAt(changed, AUDIT_FAULT, withoutQuotation)
    if (mentions.size === 0) return changed as AuditRecord
    const reworded = (text: unknown): unknown => typeof text === 'string' ? replaceMentions(text, mentions) : text
    for (const sentence of SENTENCES) changed = changeAt(changed, sentence, reworded)
    return changed as AuditRecord
  }
}

const AUDIT_FAULT = compilePath('labels.audit_fault')
/** The fields in which a value may be mentioned. */
const SENTENCES = [compilePath('message'), compilePath('error.message'), AUDIT_FAULT]

/** A fault quotes what stood in an object's place, whole: `user: expected an object, got ["jane"]`. */
function withoutQuotation (fault: unknown): unknown {
  return typeof fault === 'string' ? fault.replace(/: expected an object, got .*$/s, ': expected an object') : fault
}
