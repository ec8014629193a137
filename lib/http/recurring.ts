// What recurs from request to request: users, sessions, addresses, forwarded addresses. For equal
// values the same object is handed out, so that it is copied once and layouts serialize it once.
// One for each application; asked by identity.ts and scope.ts. On the path of every request.
import { isIP } from 'node:net'
import type { AuditUser, ScopeFacts } from '../contracts.js'
import { USER_TEXTS } from '../events/audit-user.js'
import { recurring } from '../layouts/memory.js'
import { plainText } from '../layouts/plain.js'

/** So many of each kind are remembered; then the memory starts anew. */
const MAX_REMEMBERED = 1024
/** Longer texts are not worth remembering. */
const MAX_LENGTH = 256

type Kibana = NonNullable<ScopeFacts['kibana']>

/** The objects of facts that several requests have in common. They are never changed. */
export interface Recurring {
  /** The ECS fields of a user, and nothing else of what may be a whole row of a database. */
  userOf (answer: object): AuditUser
  kibanaOf (space: string | undefined, session: string | undefined): Kibana
  /** `client.ip` is an address for whoever indexes it; a proxy that is trusted may yet forward anything. */
  clientOf (address: string): NonNullable<ScopeFacts['client']>
  /** The raw `X-Forwarded-For` header, where it stands in a record. */
  forwardedFor (header: string): NonNullable<ScopeFacts['http']>
}

export function createRecurring (): Recurring {
  const users = new Memory<KnownUser>()
  const scopes = new Memory<Kibana>()
  const clients = new Memory<NonNullable<ScopeFacts['client']>>()
  const forwarded = new Memory<NonNullable<ScopeFacts['http']>>()
  return {
    userOf (answer) {
      const row = answer as UserRow
      const key = row.id ?? row.name
      if (typeof key !== 'string') return userFields(row)
      const known = users.get(key)
      if (known !== undefined && isSameUser(known.said, row)) return known.fields
      const said = copyOf(row)
      const fields = recurring(userFields(said))
      if (isText(said)) users.set(key, { said, fields })
      return fields
    },
    kibanaOf (space, session) {
      const key = session ?? space ?? ''
      const known = scopes.get(key)
      if (known !== undefined && known.space_id === space && known.session_id === session) return known
      return scopes.set(key, recurring({ space_id: space, session_id: session }))
    },
    clientOf: (address) => clients.get(address) ?? clients.set(address, recurring(isIP(address) === 0 ? { address: plainText(address) } : { ip: address })),
    forwardedFor: (header) => forwarded.get(header) ?? forwarded.set(header, recurring({ request: { headers: { 'x-forwarded-for': plainText(header) } } }))
  }
}

class Memory<T> {
  readonly #known = new Map<string, T>()

  get (key: string): T | undefined { return this.#known.get(key) }

  set (key: string, value: T): T {
    if (key.length > MAX_LENGTH) return value
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear()
    this.#known.set(key, value)
    return value
  }
}

type UserRow = Readonly<Partial<Record<typeof USER_TEXTS[number] | 'roles', unknown>>>

interface KnownUser {
  /** What the application answered, and what became of it. */
  readonly said: UserRow
  readonly fields: AuditUser
}

/** True for what is the same whenever it looks the same: text, and nothing whose text may change. */
function isText (row: UserRow): boolean {
  const isTextOrNothing = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string'
  return USER_TEXTS.every(name => isTextOrNothing(row[name])) && (!Array.isArray(row.roles) || row.roles.every(role => typeof role === 'string'))
}

/** Each field is read once: it may be a getter. */
function copyOf ({ id, name, full_name: fullName, email, domain, hash, roles }: UserRow): UserRow {
  return { id, name, full_name: fullName, email, domain, hash, roles: Array.isArray(roles) ? [...roles] : undefined }
}

// Written out: it is what a request pays for its user.
function isSameUser (known: UserRow, row: UserRow): boolean {
  return known.id === row.id && known.name === row.name && known.full_name === row.full_name && known.email === row.email &&
    known.domain === row.domain && known.hash === row.hash && isSameList(known.roles, row.roles)
}

function isSameList (known: unknown, list: unknown): boolean {
  if (!Array.isArray(known) || !Array.isArray(list)) return !Array.isArray(known) && !Array.isArray(list)
  if (known.length !== list.length) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== list[i]) return false
  return true
}

function userFields (row: UserRow): AuditUser {
  const fields: Record<string, unknown> = {}
  for (const name of USER_TEXTS) {
    const value = row[name]
    if (value !== undefined && value !== null) fields[name] = plainText(String(value))
  }
  if (Array.isArray(row.roles)) fields.roles = row.roles.map(role => plainText(String(role)))
  return fields
}
