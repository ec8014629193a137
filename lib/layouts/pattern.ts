// The `pattern` layout: a line for people, made of placeholders, as Kibana's. The pattern is
// compiled once. Called by createLayout; the settings' validation calls `patternFault`.
import type { AuditRecord, Layout } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { createDateFormat, DATE_FORMATS, isDateFormat, isTimeZone, type DateFormat } from './date.js'
import { lineText } from './line-text.js'
import { plainRecord } from './plain.js'
import { objectJson } from './value.js'

/** Kibana's default pattern. */
export const DEFAULT_PATTERN = '[%date][%level][%logger] %message'

/** What `createPatternLayout` needs. */
export interface PatternLayoutOptions {
  readonly pattern: string
  /** Whether the level and the logger are coloured for a terminal. */
  readonly highlight: boolean
}

type Segment = (record: AuditRecord) => string

// As in Kibana, what is not a placeholder is text: `%user` and `100%` stand for themselves.
const PLACEHOLDERS = /%(?:(level|logger|message|meta|pid)|date(?:\{([^}]+)\})?(?:\{([^}]+)\})?)/g

/**
 * What is wrong with a pattern, in words (what was expected, what came), or null: a date
 * format or a time zone that does not exist, a line break.
 */
export function patternFault (pattern: string): string | null {
  if (/[\n\r]/.test(pattern)) return `expected a pattern without line breaks, got ${JSON.stringify(pattern)}`
  for (const [placeholder, , format, zone] of pattern.matchAll(PLACEHOLDERS)) {
    if (format !== undefined && !isDateFormat(format)) {
      return `expected one of the date formats ${DATE_FORMATS.join(', ')}, got ${JSON.stringify(format)} in "${placeholder}"`
    }
    if (zone !== undefined && !isTimeZone(zone)) {
      return `expected a time zone such as "America/Los_Angeles", got ${JSON.stringify(zone)} in "${placeholder}"`
    }
  }
  return null
}

/**
 * Makes a `pattern` layout.
 *
 * What a record holds cannot forge lines or drive a terminal: control characters, line and
 * paragraph separators and bidirectional overrides are written as in JSON (`\n`, `\u001b`),
 * and so is the backslash (`\\`), so that a name that spells `\n` is not taken for one that
 * holds a line break. A record that cannot be written as it is (text of megabytes, a getter
 * that throws) is written as a plain copy of it, whose `%meta` says what is missing.
 *
 * @throws {AUDIT_ERR_OPTION} the pattern is faulty, see `patternFault`
 */
export function createPatternLayout ({ pattern, highlight }: PatternLayoutOptions): Layout {
  const fault = patternFault(pattern)
  if (fault !== null) throw new AUDIT_ERR_OPTION(`layout.pattern: ${fault}`)
  const segments = compile(pattern, highlight)
  const line = (record: AuditRecord): string => {
    let text = ''
    for (const segment of segments) text += segment(record)
    return text + '\n'
  }
  return function patternLine (record) {
    try {
      return line(record)
    } catch {
      return line(plainRecord(record))
    }
  }
}

function compile (pattern: string, highlight: boolean): readonly Segment[] {
  const segments: Segment[] = []
  let end = 0
  for (const match of pattern.matchAll(PLACEHOLDERS)) {
    const [placeholder, name, format, zone] = match
    segments.push(literal(pattern.slice(end, match.index)), name === undefined ? dateSegment(format, zone) : fieldSegment(name, highlight))
    end = match.index + placeholder.length
  }
  return [...segments, literal(pattern.slice(end))]
}

function literal (text: string): Segment {
  return () => text
}

// `patternFault` has found the format and the zone to exist.
function dateSegment (format = 'ISO8601_TZ', zone?: string): Segment {
  const dateText = createDateFormat(format as DateFormat, zone)
  return ({ '@timestamp': timestamp }) => {
    const time = Date.parse(timestamp)
    return Number.isNaN(time) ? lineText(timestamp) : dateText(time)
  }
}

function fieldSegment (name: string, highlight: boolean): Segment {
  switch (name) {
    case 'level': return ({ log: { level } }) => {
      const text = lineText(level.toUpperCase())
      return highlight ? coloured(LEVEL_COLOURS.get(text), text.padEnd(5)) : text.padEnd(5)
    }
    case 'logger': return ({ log: { logger } }) => highlight ? coloured(LOGGER_COLOUR, lineText(logger)) : lineText(logger)
    case 'pid': return record => String(record.process.pid)
    case 'meta': return metaText
    default: return record => lineText(record.message)
  }
}

// Kibana's colours, as ANSI escapes: red, yellow, green and blue for levels (`info` has none), magenta for loggers.
const LEVEL_COLOURS: ReadonlyMap<string, number> = new Map([['FATAL', 31], ['ERROR', 31], ['WARN', 33], ['DEBUG', 32], ['TRACE', 34]])
const LOGGER_COLOUR = 35

function coloured (colour: number | undefined, text: string): string {
  return colour === undefined ? text : `\u001b[${colour}m${text}\u001b[39m`
}

// What has a placeholder of its own is not repeated.
function metaText (record: AuditRecord): string {
  const { '@timestamp': timestamp, message, ecs, log, process, ...meta } = record
  return objectJson(meta, 0)
}
