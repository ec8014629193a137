// What `fields` does to a record: exclude, then include, then hash. Compiled once, at start, by
// opening.ts, and put in front of a layout; without such settings the layout stays as it is.
import type { AuditRecord, Layout } from '../../contracts.js'
import { NO_FACTS } from '../../layouts/plain.js'
import { NOT_PLAIN } from '../../layouts/quote.js'
import { isPlainObject, MAX_DEPTH } from '../../layouts/value.js'
import { compileRule } from '../filter.js'
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

type Change = (record: AuditRecord) => AuditRecord

/** A layout of records that have been through `change`. It gets them without the facts of their request, which hold what was taken out. */
export function withFields (layout: Layout, change: Change | null): Layout {
  if (change === null) return layout
  return (record, facts) => {
    const changed = change(record)
    return changed === record ? layout(record, facts) : layout(changed, NO_FACTS)
  }
}

/**
 * What is to be done to every record, or null for nothing. A record is never changed itself.
 * What is taken out or hashed is replaced in sentences, too: `message`, `error.message`, `labels.audit_fault`.
 *
 * @param key for the hashes; not null when there are any
 */
export function compileFields ({ include, exclude, hash }: FieldLists, key: string | null): Change | null {
  if (include.length + exclude.length + hash.length === 0) return null
  const excludes = exclude.map(compileFieldRule)
  const includes = include.map(compileFieldRule)
  const hashes = hash.map(compileFieldRule)
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
    const kept = pathsFor(includes, record)
    const toHash = withAddresses(pathsFor(hashes, record))
    let changed: object = record
    for (const path of withAddresses(pathsFor(excludes, record))) changed = changeAt(changed, path.split('.'), value => drop(value, path))
    if (kept.length > 0) changed = keepOnly(changed, kept, drop)
    for (const path of toHash) changed = changeAt(changed, path.split('.'), value => hashAll(value, hashText, 0))
    for (const side of SIDES) if (toHash.includes(side) || toHash.includes(`${side}.ip`)) changed = changeAt(changed, [side], addressForIp)
    changed = changeAt(changed, ['labels', 'audit_fault'], withoutQuotation)
    if (mentions.size === 0) return changed as AuditRecord
    const reworded = (text: unknown): unknown => typeof text === 'string' ? replaceMentions(text, mentions) : text
    for (const sentence of SENTENCES) changed = changeAt(changed, sentence, reworded)
    return changed as AuditRecord
  }
}

/** The fields in which a value may be mentioned. */
const SENTENCES = [['message'], ['error', 'message'], ['labels', 'audit_fault']] as const

interface CompiledRule {
  readonly paths: readonly string[]
  readonly matches: (record: AuditRecord) => boolean
}

function compileFieldRule (rule: FieldRule): CompiledRule {
  return { paths: rule.fields, matches: rule.when === undefined ? () => true : compileRule(rule.when) }
}

const pathsFor = (rules: readonly CompiledRule[], record: AuditRecord): readonly string[] => rules.flatMap(({ matches, paths }) => matches(record) ? paths : [])

/** Those whose `ip` is an address for whoever indexes it, and whose `address` may be any text. */
const SIDES = ['client', 'source', 'server', 'destination'] as const

/** What is no address, though it came as one, stands in `client.address`: who means the one means both. */
function withAddresses (paths: readonly string[]): readonly string[] {
  const further = SIDES.filter(side => paths.includes(`${side}.ip`)).map(side => `${side}.address`)
  return further.length === 0 ? paths : [...new Set([...paths, ...further])]
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
