// An event as a message of syslog: RFC 5424, with its length before it (RFC 6587, section 3.4.1).
// Called by the sender.
import type { AuditRecord, Layout } from '../../contracts.js'
import { createJsonLayout } from '../../layouts/json.js'
import { withLimit } from '../../layouts/limit.js'
import { NO_FACTS } from '../../layouts/plain.js'
import { recordOf } from '../shipping/record-of.js'
import type { ShippedEvent } from '../shipping/sender.js'

/** The facilities of RFC 5424, section 6.2.1, at the place of their code, by the words that syslog daemons have for them. */
export const FACILITIES = [
  'kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp',
  'ntp', 'audit', 'alert', 'clock', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'
] as const

/** Severities of RFC 5424, section 6.2.1. */
const WARNING = 4
const INFORMATIONAL = 6

/** So long the fields of the header may be, in characters (RFC 5424, section 6). */
const LONGEST = { hostname: 255, appName: 48, procid: 128, msgid: 32 } as const

export interface MessageSettings {
  readonly facility: typeof FACILITIES[number]
  readonly hostname: string
  readonly appName: string
  /** The SD-ID of the element that holds `event.id` and `trace.id`. */
  readonly structuredDataId: string
  /** How long a message may be, in bytes, without the length before it. */
  readonly maxBytes: number
}

/**
 * Makes messages of events. The severity is `warning` for an event with the outcome `failure`,
 * else `informational`. MSG is the line as it is, without the BOM that RFC 5424 wants before
 * UTF-8: JSON may not begin with one (RFC 8259, section 8.1), and receivers hand it on. A line of JSON that is too
 * long loses the ends of its longest texts, as with `max_event_bytes`.
 *
 * @returns the frame of an event, or why there can be none
 */
export function createSyslogMessages ({ facility, hostname, appName, structuredDataId, maxBytes }: MessageSettings): (event: ShippedEvent) => Buffer | { readonly rejected: string } {
  const code = FACILITIES.indexOf(facility) * 8
  const layout = createJsonLayout()
  const origin = `${headerField(hostname, LONGEST.hostname)} ${headerField(appName, LONGEST.appName)}`

  function header ({ id, time }: ShippedEvent, record: Partial<AuditRecord> | undefined): string {
    const { event, trace, process: { pid } = process } = record ?? {}
    const severity = event?.outcome === 'failure' ? WARNING : INFORMATIONAL
    const data = `event.id="${parameterValue(id)}"${typeof trace?.id === 'string' ? ` trace.id="${parameterValue(trace.id)}"` : ''}`
    return `<${code + severity}>1 ${new Date(time).toISOString()} ${origin} ${headerField(pid, LONGEST.procid)} ${headerField(event?.action, LONGEST.msgid)} [${structuredDataId} ${data}] `
  }

  return function messageOf (event) {
    const record = recordOf(event.line)
    const head = header(event, record)
    const room = maxBytes - Buffer.byteLength(head)
    const line = Buffer.byteLength(event.line) <= room || record === undefined ? event.line : shortLine(layout, record, event.line, room)
    const bytes = Buffer.byteLength(head) + Buffer.byteLength(line)
    if (bytes > maxBytes) return { rejected: `the message would have ${bytes} bytes, and max_message_bytes allows ${maxBytes}` }
    return Buffer.from(`${bytes} ${head}${line}`)
  }
}

/** Every field that a layout looks for; it counts them. */
const ABSENT = Object.fromEntries(['kibana', 'http', 'url', 'error', 'labels', 'user', 'client', 'trace'].map(field => [field, undefined]))

/** The line of a record within so many bytes; as it is where that is not possible. */
function shortLine (layout: Layout, record: Partial<AuditRecord>, line: string, bytes: number): string {
  try {
    // A line ends with a line feed, a message does not.
    return withLimit(layout, Math.max(bytes + 1, 1))({ ...ABSENT, ...record } as AuditRecord, NO_FACTS).slice(0, -1)
  } catch {
    // It is not from our layout, and lacks what every record has.
    return line
  }
}

/** A field of the header: printable ASCII without spaces, `-` for none. */
function headerField (value: unknown, longest: number): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, longest) || '-'
}

/** PARAM-VALUE: UTF-8 in which `"`, `\` and `]` are escaped (RFC 5424, section 6.3.3); control characters, which it allows, are not for logs. */
function parameterValue (text: string): string {
  return text.slice(0, 256).toWellFormed().replace(/\p{Cc}/gu, '_').replace(/["\\\]]/g, '\\$&')
}
