// Whether an event tells that something failed or was refused. Called by logger.ts, which
// remembers it for the event about a refusal that nobody has told (http/missing-privileges).
import type { AuditEvent } from '../contracts.js'
import { hasValue } from '../events/ecs-values.js'

/** True for an outcome `failure` and for the type `denied`. `http_request` events tell of the answer only, and do not count. */
export function saysFailure (said: AuditEvent): boolean {
  try {
    const { outcome, type, action } = said.event
    return (outcome === 'failure' || (type !== undefined && hasValue(type, 'denied'))) && action !== 'http_request'
  } catch {
    // Whatever an application says instead of an event goes out marked, and is no refusal.
    return false
  }
}
