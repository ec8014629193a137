// What a line says, for the other sides that want some of its fields by themselves. Called by
// the senders of `syslog` and `otel`.
import type { AuditRecord } from '../../contracts.js'

/** The record that a line of the `json` layout holds; `undefined` for a line of another. A line of somebody else's may lack any field. */
export function recordOf (line: string): Partial<AuditRecord> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Partial<AuditRecord>
  } catch {
    return undefined
  }
}
