// An event as a log record of OpenTelemetry. Called by the sender of `otel`.
import type { AnyValue, AnyValueMap } from '@opentelemetry/api-logs'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { recordOf } from '../shipping/record-of.js'
import type { ShippedEvent } from '../shipping/sender.js'

/** The numbers of OpenTelemetry's logs data model, by the level of the record (`log.level`). */
const SEVERITIES: Readonly<Record<string, number>> = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 }

/** What W3C's Trace Context takes for an id of a trace, and of a span. */
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** How the attribute is called by which OpenTelemetry knows a record that comes twice. */
const RECORD_ID = 'log.record.uid'

/** The fields that have a place of their own in a log record. */
const PLACED = ['@timestamp', 'message']

/**
 * Makes log records of events. The body is the message, the time is the event's, and every field
 * of the record is an attribute by its name with dots. `trace.id` is the record's trace where it is
 * a W3C one, and `span.id` its span; else they are attributes, too. `log.record.uid` is the event's
 * id. A line that is no JSON is the body as it is.
 */
export function createLogRecords (resource: Resource): (event: ShippedEvent) => ReadableLogRecord {
  const instrumentationScope = { name: 'fastify-audit' }
  return function logRecordOf ({ id, time, line }) {
    const record = recordOf(line)
    const hrTime: [number, number] = [Math.floor(time / 1000), time % 1000 * 1_000_000]
    const attributes: AnyValueMap = { [RECORD_ID]: id }
    const level: unknown = record?.log?.level
    const severityText = typeof level === 'string' ? level : undefined
    if (record !== undefined) addAttributes(attributes, record)
    return {
      hrTime,
      // It is observed where it happens.
      hrTimeObserved: hrTime,
      ...severityText !== undefined && { severityText, severityNumber: SEVERITIES[severityText.toUpperCase()] },
      body: typeof record?.message === 'string' ? record.message : line,
      spanContext: spanContextIn(attributes),
      attributes,
      droppedAttributesCount: 0,
      resource,
      instrumentationScope
    }
  }
}

/** Adds every value within `fields`, but those of lists, by the names that lead to it. */
export function addAttributes (attributes: AnyValueMap, fields: object, prefix = ''): void {
  for (const [name, value] of Object.entries(fields) as [string, AnyValue][]) {
    const path = prefix + name
    if (value === null || PLACED.includes(path)) continue
    if (typeof value === 'object' && !Array.isArray(value)) addAttributes(attributes, value, `${path}.`)
    else attributes[path] = value
  }
}

/** The trace of an event, taken out of its attributes; none where it is not a W3C one. */
function spanContextIn (attributes: AnyValueMap): ReadableLogRecord['spanContext'] {
  const { 'trace.id': traceId, 'span.id': spanId } = attributes
  if (typeof traceId !== 'string' || !TRACE_ID.test(traceId)) return undefined
  delete attributes['trace.id']
  const hasSpan = typeof spanId === 'string' && SPAN_ID.test(spanId)
  if (hasSpan) delete attributes['span.id']
  return { traceId, spanId: hasSpan ? spanId : '', traceFlags: 0 }
}
