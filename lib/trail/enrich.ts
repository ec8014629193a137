// Adds to an event who said it, when and where: the one place that decides which value wins.
import type { AuditEvent, AuditRecord, ScopeFacts } from '../contracts.js'
import { NOT_PLAIN } from '../layouts/quote.js'

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
 * | `@timestamp`, `ecs`, `log`, `process` | the process's | |
 * | everything else | the event's own | |
 *
 * @throws {NOT_PLAIN} the event has a field that no record may have, and whatever its getters throw
 */
export function enrich (event: AuditEvent, facts: ScopeFacts, timestamp: string, process: ProcessFields): AuditRecord {
  const record: Record<string, unknown> & AuditRecord = {
    '@timestamp': timestamp,
    message: event.message,
    event: event.event,
    kibana: kibanaFields(event.kibana, facts.kibana),
    user: facts.user ?? event.user,
    client: facts.client ?? event.client,
    trace: facts.trace ?? event.trace,
    http: facts.forwardedFor === undefined ? event.http : withForwardedFor(event.http, facts.forwardedFor),
    ecs: process.ecs,
    log: process.log,
    process: process.process
  }
  for (const field in event) {
    if (field === '__proto__') throw NOT_PLAIN
    // A field that is there already has been decided above.
    if (!Object.hasOwn(record, field)) record[field] = event[field]
  }
  return facts.error === undefined ? record : withScopeError(record, facts.error)
}

function kibanaFields (own: AuditEvent['kibana'], request: ScopeFacts['kibana']): AuditEvent['kibana'] {
  if (own === undefined || request === undefined) return own ?? request
  return { ...request, ...own }
}

function withForwardedFor (http: AuditEvent['http'], forwardedFor: string): AuditEvent['http'] {
  const request = http?.request
  return { ...http, request: { ...request, headers: { ...request?.headers, 'x-forwarded-for': forwardedFor } } }
}

function withScopeError (record: AuditRecord, error: NonNullable<ScopeFacts['error']>): AuditRecord {
  if (record.error === undefined) return { ...record, error }
  const fault = [record.labels?.audit_fault, error.message].filter(Boolean).join('; ')
  return { ...record, labels: { ...record.labels, audit_fault: fault } }
}
