// `auditSessionStore()`: a store that records `session_cleanup` before a session goes: when it is
// destroyed, has expired, or is regenerated. For the stores of @fastify/session and
// express-session, which do all three with `destroy`. Called by applications.
import type { AuditLogger, AuditUser, AuthenticationProvider, SessionCleanupFacts } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { hashValue, keyFault } from '../trail/fields/hash.js'
import { isProvider } from './provider.js'

/** What is asked of a store. Everything else that it has stays as it is. */
export interface SessionStore {
  get (sessionId: string, callback: (error: unknown, session?: unknown) => void): void
  destroy (sessionId: string, callback: (error?: unknown) => void): void
}

/** What an audited store can do besides. */
export interface AuditedSessionStore {
  /** `destroy`, of a session that goes because its user has too many: for who keeps to a limit of concurrent sessions. */
  destroyExceeding (sessionId: string, callback?: (error?: unknown) => void): void
}

export interface AuditSessionStoreOptions {
  /** What the sessions were opened with. */
  readonly provider: AuthenticationProvider
  /** The logger, asked at each event: `() => app.audit.current()`, which knows the request that is running. */
  readonly logger: () => Pick<AuditLogger, 'sessionCleanup'>
  /** Whose session it is. Nobody: it is not recorded, because nobody has logged in with it. */
  readonly user: (session: Record<string, unknown>) => AuditUser | null | undefined
  /**
   * A secret of 32 bytes or more. `user.hash` is `hashValue(name, key)` (the id, where there is no
   * name), and `kibana.session_id` is `hashValue(sessionId, key)`: the id itself is what opens the session.
   */
  readonly key: string
}

/**
 * The same store, with its `destroy` audited. The event is recorded first; where
 * `on_failure.authentication` refuses, the session stays and the callback gets the error. The
 * session is read once more, to know whose it is.
 *
 * @throws {AUDIT_ERR_OPTION} an option is missing, or the store is audited already
 * @example
 * app.register(session, { secret, store: auditSessionStore(new MemoryStore(), { provider, key, logger: () => app.audit.current(), user: ({ user }) => user }) })
 */
export function auditSessionStore<Store extends SessionStore> (store: Store, options: AuditSessionStoreOptions): Store & AuditedSessionStore {
  const { provider, logger, user: userOf, key } = options
  check(store, options)
  const destroy = store.destroy
  /** The sessions that are being removed: a store may destroy what it finds expired while it is being asked whose it is. */
  const underWay = new Set<string>()

  function read (sessionId: string): Promise<Pick<SessionCleanupFacts, 'userHash'> | null> {
    return new Promise(resolve => {
      const unreadable = {}
      try {
        store.get(sessionId, (error, session) => {
          if (error !== null && error !== undefined) return resolve(unreadable)
          resolve(ownerOf(session))
        })
      } catch {
        // What cannot be read is removed all the same, and its event says that nobody knows whose it was.
        resolve(unreadable)
      }
    })
  }

  function ownerOf (session: unknown): { userHash?: string } | null {
    if (typeof session !== 'object' || session === null) return null
    try {
      const user = userOf(session as Record<string, unknown>)
      if (user === null || user === undefined) return null
      const who = user.name ?? user.id
      return who === undefined ? {} : { userHash: hashValue(String(who), key) }
    } catch {
      return {}
    }
  }

  async function record (sessionId: string, reason: SessionCleanupFacts['reason']): Promise<void> {
    underWay.add(sessionId)
    try {
      const owner = await read(sessionId)
      if (owner !== null) await logger().sessionCleanup({ provider, sessionId: hashValue(sessionId, key), ...owner, reason })
    } finally {
      underWay.delete(sessionId)
    }
  }

  function remove (sessionId: string, reason: SessionCleanupFacts['reason'], callback: (error?: unknown) => void): void {
    if (underWay.has(sessionId)) return destroy.call(store, sessionId, callback)
    record(sessionId, reason).then(() => destroy.call(store, sessionId, callback), callback)
  }

  return Object.assign(store, {
    destroy: (sessionId: string, callback: (error?: unknown) => void = ignore) => remove(sessionId, 'expired', callback),
    destroyExceeding: (sessionId: string, callback: (error?: unknown) => void = ignore) => remove(sessionId, 'concurrent-limit', callback)
  })
}

const ignore = (): void => {}

function check (store: SessionStore, { provider, logger, user, key }: AuditSessionStoreOptions): void {
  const refuse = (fault: string): never => { throw new AUDIT_ERR_OPTION(`auditSessionStore: ${fault}`) }
  if (typeof store?.get !== 'function' || typeof store.destroy !== 'function') refuse('expected a store with get and destroy')
  if ('destroyExceeding' in store) refuse('expected a store that is not audited already')
  if (typeof logger !== 'function') refuse(`expected logger to be a function, got ${typeof logger}`)
  if (typeof user !== 'function') refuse(`expected user to be a function, got ${typeof user}`)
  if (!isProvider(provider)) refuse('expected provider to have a type and a name')
  const fault = keyFault(key)
  if (fault !== null) refuse(fault)
}
