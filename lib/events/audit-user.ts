// Which fields of a user are recorded. Called by the factories of events about logins, which
// are handed what an application has: often the whole row of its users' table.
import type { AuditUser } from '../contracts.js'

/** The fields of a user that are texts; `roles` is a list of them. */
export const USER_TEXTS = ['id', 'name', 'full_name', 'email', 'domain', 'hash'] as const satisfies readonly (keyof AuditUser)[]

/** The fields of a user that an event may have, and no other: no password, no token. A number for an id becomes text. */
export function auditUserOf (row: AuditUser): AuditUser {
  const fields: Record<string, unknown> = {}
  for (const name of USER_TEXTS) {
    const value: unknown = row[name]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') fields[name] = String(value)
  }
  if (Array.isArray(row.roles)) fields.roles = row.roles.filter(role => typeof role === 'string')
  return fields
}
