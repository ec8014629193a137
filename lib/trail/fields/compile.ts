// What `fields` does to a record: exclude, then include, then hash. Compiled once, at start, by
// opening.ts, and put in front of a layout; without such settings the layout stays as it is.
import type { AuditRecord, Layout } from '../../contracts.js'
import { NO_FACTS } from '../../layouts/plain.js'
import { NOT_PLAIN } from '../../layouts/quote.js'
import { isPlainObject, MAX_DEPTH } from '../../layouts/value.js'
import { compileRule } from '../filter.js'
import type { Counts } from '../tally.js'
import { hashValue } from './hash.js'
import { keepOnly } from './keep-only.js'
import { eachText, REMOVED, replaceMentions } from './mentions.js'
import { assertPlain, changeAt } from './path.js'
import type { FieldRule } from './settings.js'

/** The lists of `fields`. */
export interface FieldLists {
  readonly include: readonly FieldRule[]
  readonly exclude: readonly FieldRule[]
  readonly hash: readonly FieldRule[]
}

/** What becomes of a record. */
export type Change = (record: AuditRecord) => AuditRecord

/** A layout of records that have been through `change`. It gets them without the facts of their request, which hold what was taken out. */
export function withFields (layout: Layout, change: Change | null): Layout {
  if (change === null) return layout
  return (record, facts) => {
    const changed = change(record)
    return changed === record ? layout(record, facts) : layout(changed, NO_FACTS)
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
      for (const { path, names } of fields) changed = changeAt(changed, names, value => drop(value, path))
      if (changed !== before) note()
    }
    for (const { rules, note } of includes) {
      const kept = matching(rules).flatMap(({ paths }) => paths)
      if (kept.length > 0) changed = keepOnly(changed, kept, (value, path) => { if (value !== undefined) note(); drop(value, path) })
    }
    changed = hashAllOf(matching(hashes), changed, hashText)
    changed = changeAt(changed, ['labels', 'audit_fault'], withoutQuotation)
    if (mentions.size === 0) return changed as AuditRecord
    const reworded = (text: unknown): unknown => typeof text === 'string' ? replaceMentions(text, mentions) : text
    for (const sentence of SENTENCES) changed = changeAt(changed, sentence, reworded)
    return changed as AuditRecord
  }
}

/** The fields in which a value may be mentioned. */
const SENTENCES = [['message'], ['error', 'message'], ['labels', 'audit_fault']] as const

interface Conditional {
  readonly matches: (record: AuditRecord) => boolean
}

interface CompiledRule extends Conditional {
  readonly fields: readonly Field[]
  /** It has changed the event that is on its way. */
  readonly note: () => void
}

interface Field {
  readonly path: string
  readonly names: readonly string[]
}

function compileFieldRule (rule: FieldRule, note: () => void): CompiledRule {
  return { fields: withAddresses(rule.fields).map(path => ({ path, names: path.split('.') })), note, matches: conditionOf(rule) }
}

const conditionOf = ({ when }: FieldRule): Conditional['matches'] => when === undefined ? () => true : compileRule(when)

/** Those whose `ip` is an address for whoever indexes it, and whose `address` may be any text. */
const SIDES = ['client', 'source', 'server', 'destination'] as const

/** What is no address, though it came as one, stands in `client.address`: who means the one means both. */
function withAddresses (paths: readonly string[]): readonly string[] {
  const further = SIDES.filter(side => paths.includes(`${side}.ip`)).map(side => `${side}.address`)
  return [...new Set([...paths, ...further])]
}

/** Puts hashes in the places of fields, once in each: several rules may name one, or what is around it. */
function hashAllOf (rules: readonly CompiledRule[], record: object, hashText: (text: string) => string): object {
  const all = rules.flatMap(({ fields }) => fields)
  const isFirst = (field: Field): boolean => all.find(({ path }) => path === field.path) === field && !all.some(({ path }) => field.path.startsWith(path + '.'))
  let changed = record
  for (const { fields, note } of rules) {
    const before = changed
    for (const field of fields) if (isFirst(field)) changed = changeAt(changed, field.names, value => hashAll(value, hashText, 0))
    if (changed !== before) note()
  }
  for (const side of SIDES) if (all.some(({ path }) => path === side || path === `${side}.ip`)) changed = changeAt(changed, [side], addressForIp)
  return changed
}

/** A fault quotes what stood in an object's place, whole: `user: expected an object, got ["jane"]`. */
function withoutQuotation (fault: unknown): unknown {
  return typeof fault === 'string' ? fault.replace(/: expected an object, got .*$/s, ': expected an object') : fault
}

/** An index refuses a hash as an address. */
function addressForIp (side: unknown): unknown {
  if (!isPlainObject(side) || (side as { ip?: unknown }).ip === undefined) return side
  const { ip, address = ip } = side as { ip: unknown, address?: unknown }
  return { ...side, ip: undefined, address }
}

/** Hashes every text and number within a value. @throws {NOT_PLAIN} something writes itself */
function hashAll (value: unknown, hash: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return hash(value)
  if (typeof value === 'number') return hash(String(value))
  if (typeof value === 'boolean' || value === null || value === undefined) return value
  if (typeof value !== 'object' || depth > MAX_DEPTH) throw NOT_PLAIN
  if (Array.isArray(value)) return value.map((item: unknown) => hashAll(item, hash, depth + 1))
  assertPlain(value)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hashAll(item, hash, depth + 1)]))
}

const MAX_REMEMBERED = 1024
const MAX_LENGTH = 256

/** Users and addresses recur: their hashes are remembered. */
function createHashMemory (key: string): (text: string) => string {
  const memory = new Map<string, string>()
  return (text) => {
    const known = memory.get(text)
    if (known !== undefined) return known
    const hash = hashValue(text, key)
    if (text.length > MAX_LENGTH) return hash
    if (memory.size >= MAX_REMEMBERED) memory.clear()
    memory.set(text, hash)
    return hash
  }
}
