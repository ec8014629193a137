// Adds to an event who said it, when and where: the one place that decides which value wins.
import type { AuditEvent, AuditRecord, ScopeFacts } from '../contracts.js'
import { NOT_PLAIN } from '../layouts/quote.js'
import { hasOnly, isPlainObject } from '../layouts/value.js'

/** The fields that are the same for every event of a process. */
export type ProcessFields = Pick<AuditRecord, 'ecs' | 'log' | 'process'>

/**
 * The record of an event. Neither the event nor the facts are changed; what they hold is
 * referred to, not copied.
 *
 * | field | wins | else |
 * | --- | --- | --- |
 * | `user` | the request's user | the event's own |
 * | `kibana.space_id`, `kibana.session_id` | the event's own, also when it is `undefined` | the request's |
 * | `kibana.*` | the event's own | |
 * | `client`, `trace` | the request's | the event's own (there is no request) |
 * | `http.request.headers.x-forwarded-for` | the request's | the event's own |
 * | `error` | the event's own | what kept the user, session or space from being known |
 * | `labels.audit_fault` | both, when the event has an `error` of its own | |
 * | `@timestamp`, `event.id`, `ecs`, `log`, `process` | the process's: an id of the caller's is not recorded, because it would be what others tell events apart by | |
 * | everything else | the event's own | |
 *
 * @throws {NOT_PLAIN} the event has a field that no record may have or something else in an object's place, and whatever its getters throw
 */
export function enrich (event: AuditEvent, facts: ScopeFacts, timestamp: string, process: ProcessFields, id: string): AuditRecord {
  const record: Record<string, unknown> & AuditRecord = {
    '@timestamp': timestamp,
    message: event.message,
    event: eventFields(event.event, id),
    kibana: kibanaFields(event.kibana, facts.kibana),
    http: httpFields(event.http, facts.http),
    url: event.url,
    error: event.error,
    labels: event.labels,
    user: facts.user ?? event.user,
    client: facts.client ?? event.client,
    trace: facts.trace ?? event.trace,
    ecs: process.ecs,
    log: process.log,
    process: process.process
  }
  for (const field in event) {
    switch (field) {
      // Decided above.
      case 'message': case 'event': case 'kibana': case 'http': case 'url': case 'error': case 'labels': continue
      case 'user': case 'client': case 'trace': case '@timestamp': case 'ecs': case 'log': case 'process': continue
      case '__proto__': throw NOT_PLAIN
      default: record[field] = event[field]
    }
  }
  return facts.error === undefined ? record : withScopeError(record, facts.error)
}

function eventFields (own: AuditEvent['event'], id: string): AuditRecord['event'] {
  if (!isObject(own)) throw NOT_PLAIN
  const { action, category, type, outcome } = own
  if (!isPlainObject(own)) throw NOT_PLAIN
  for (const field in own) {
    if (field !== 'action' && field !== 'category' && field !== 'type' && field !== 'outcome') return { ...own, id }
  }
  // What the events of all factories have; a literal, as below.
  return { id, action, category, type, outcome }
}

function kibanaFields (own: AuditEvent['kibana'], request: ScopeFacts['kibana']): AuditEvent['kibana'] {
  if (own === undefined || request === undefined) return own ?? request
  if (!isObject(own)) throw NOT_PLAIN
  // Nearly all events name an object and nothing else. A literal costs a fiftieth of a spread.
  if (!hasOnly('saved_object', own)) return { ...request, ...own }
  return { space_id: request.space_id, session_id: request.session_id, saved_object: own.saved_object }
}

function httpFields (own: AuditEvent['http'], request: ScopeFacts['http']): AuditEvent['http'] {
  if (own === undefined || request === undefined) return own ?? request
  if (!isObject(own)) throw NOT_PLAIN
  const { headers } = request.request
  const said = own.request
  // What the http_request event has; written out, because it is on the path of every request.
  if (hasOnly('request', own) && hasOnly('method', said)) return { request: { method: said?.method, headers } }
  return { ...own, request: { ...asObject(said), headers: { ...asObject(said?.headers), ...headers } } }
}

/** Text in the place of an object would be spread into its characters, halves of some. */
const asObject = (value: unknown): object | undefined => isObject(value) ? value : undefined

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

function withScopeError (record: AuditRecord, error: NonNullable<ScopeFacts['error']>): AuditRecord {
  if (record.error === undefined) return { ...record, error }
  const fault = [record.labels?.audit_fault, error.message].filter(Boolean).join('; ')
  return { ...record, labels: { ...record.labels, audit_fault: fault } }
}
