// What a line says, for the other sides that want some of its fields by themselves. Called by
// the senders of `syslog` and `otel`.
import type { AuditRecord } from '../../contracts.js'

/** The record that a line of the `json` layout holds; `undefined` for a line of another. */
export function recordOf (line: string): AuditRecord | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as AuditRecord
  } catch {
    return undefined
  }
}
