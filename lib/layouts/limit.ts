// Keeps every line within `max_event_bytes`: the longest texts of an event that is larger are cut,
// and `labels.audit_truncated` says which and how many bytes they had. Put around a layout by
// whoever opens an appender; fields that are not recorded are gone by then.
import { sizeToBytes } from '../config/units.js'
import type { AuditRecord, Layout } from '../contracts.js'
import { bytesInLine, type Cut, cutTo, levelFor, withCutMark } from './cut.js'
import { NO_FACTS, plainRecord } from './plain.js'
import { MAX_BYTES_PER_UNIT } from './quote.js'

/** No text is cut to less: times, addresses, names and hashes stay whole. */
const SHORTEST = 64
/** More than the mark takes. */
const ROOM_FOR_MARK = 2048

/** What is left of any event, with its mark, takes no more than the first; beyond the second plain.ts leaves fields out. */
const [MIN, MAX] = ['8kb', '4mb'] as const

/** What is wrong with a limit such as `1mb`, or null. */
export function eventBytesFault (size: string): string | null {
  const bytes = sizeToBytes(size)
  return bytes >= sizeToBytes(MIN) && bytes <= sizeToBytes(MAX) ? null : `expected a size from ${MIN} to ${MAX}, got ${JSON.stringify(size)}`
}

/**
 * A layout whose lines take at most so many bytes. Bytes are counted only for a line that comes near.
 *
 * @param maxBytes one that `eventBytesFault` accepts
 */
export function withLimit (layout: Layout, maxBytes: number): Layout {
  const surelyFits = Math.floor(maxBytes / MAX_BYTES_PER_UNIT)
  return function limitedLine (record, facts) {
    const line = layout(record, facts)
    return line.length <= surelyFits || Buffer.byteLength(line) <= maxBytes ? line : shorterLine(layout, record, maxBytes)
  }
}

function shorterLine (layout: Layout, record: AuditRecord, maxBytes: number): string {
  // What the trail sets is short, and shared by all records.
  const { '@timestamp': timestamp, ecs, log, process, ...said } = plainRecord(record)
  const lineOf = (fields: Said, cuts: readonly Cut[]): string =>
    layout({ ...fields, labels: withCutMark(fields.labels, cuts), '@timestamp': timestamp, ecs, log, process } as unknown as AuditRecord, NO_FACTS)
  const texts = textsIn(said)
  const excess = Buffer.byteLength(lineOf(said, [])) + ROOM_FOR_MARK - maxBytes
  const sizes = texts.map(({ text }) => bytesInLine(text))
  const level = levelFor(sizes, sizes.reduce((sum, size) => sum + size, 0) - excess)
  const cutAll = (bytes: number): Cut[] => texts.flatMap(({ path, text, replace }, index) => {
    const isCut = sizes[index]! > bytes
    replace(isCut ? cutTo(text, bytes) : text)
    return isCut ? [{ path, bytes: Buffer.byteLength(text) }] : []
  })
  // A layout may show a text twice, or not at all: what was reckoned may not be enough.
  for (let bytes = Math.max(level, SHORTEST); ; bytes = Math.max(Math.floor(bytes / 2), SHORTEST)) {
    const cuts = cutAll(bytes)
    const line = lineOf(said, cuts)
    if (Buffer.byteLength(line) <= maxBytes) return line
    if (bytes === SHORTEST) break
  }
  cutAll(Infinity)
  const before = Object.entries(said).map(([path, value]) => ({ path, bytes: bytesOf(value) }))
  cutAll(SHORTEST)
  const kept = essentials(said)
  return lineOf(kept, before.filter(({ path, bytes }) => bytesOf(kept[path]) < bytes))
}

const bytesOf = (value: unknown): number => value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value))

/** A record without what the trail sets. */
interface Said {
  readonly labels?: AuditRecord['labels']
  readonly [field: string]: unknown
}

interface Text {
  readonly path: string
  readonly text: string
  replace (text: string): void
}

/** Every text of a plain copy, which may be changed. */
function textsIn (value: object, path = '', found: Text[] = []): Text[] {
  for (const [key, child] of Object.entries(value) as [string, unknown][]) {
    const place = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    if (typeof child === 'string') found.push({ path: place, text: child, replace (text) { (value as Record<string, unknown>)[key] = text } })
    else if (typeof child === 'object' && child !== null) textsIn(child, place, found)
  }
  return found
}

/** What nobody who reads a log can do without. */
const ESSENTIAL: Readonly<Record<string, readonly string[]>> = {
  event: ['id', 'action', 'category', 'type', 'outcome'],
  kibana: ['space_id', 'session_id'],
  error: ['code', 'message'],
  user: ['id', 'name'],
  client: ['ip', 'address'],
  trace: ['id'],
  labels: ['audit_fault', 'audit_truncated']
}
/** So many values of a list. */
const LONGEST_LIST = 10

/** For an event that is too large by the number of its values, not by their length. */
function essentials (said: object): Said {
  return Object.fromEntries(Object.entries(said).map(([field, value]) => {
    const names = ESSENTIAL[field]
    if (field === 'message' || value === undefined || names === undefined) return [field, field === 'message' ? value : undefined]
    return [field, Object.fromEntries(names.map(name => [name, brief((value as Record<string, unknown>)[name])]))]
  }))
}

function brief (value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).filter(item => typeof item === 'string')
  return typeof value === 'object' ? undefined : value
}
