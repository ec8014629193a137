// The events of the one-line calls about logins and sessions (`request.audit.userLogin()` and
// the like), filled in with what the scope knows. Called by logger.ts, which knows it.
import type { AccessAgreementFacts, AuditEvent, AuditUser, ScopeFacts, SessionCleanupFacts, UserLoginFacts, UserLogoutFacts } from '../contracts.js'
import { accessAgreementAcknowledgedEvent, sessionCleanupEvent, userLoginEvent, userLogoutEvent } from '../events/authentication.js'
import { messageOf } from '../layouts/plain.js'

/** Events, and the facts that they go out with. */
export interface Made {
  readonly events: readonly AuditEvent[]
  readonly facts: ScopeFacts
}

type Make = (facts: ScopeFacts) => Made

/** A login. @param recordsName whether `attemptedName` may be recorded */
export function makeLogin (said: UserLoginFacts, recordsName: boolean): Make {
  return made('user_login', said, (login, { user }) => userLoginEvent({
    ...login,
    // A login without a user is one that failed, whoever the request belonged to before.
    ...login.user === undefined && login.outcome === 'success' && user !== undefined && { user },
    attemptedName: recordsName ? login.attemptedName : undefined
  }))
}

/** A logout, of the scope's user unless another is said. */
export function makeLogout (said: UserLogoutFacts): Make {
  return made('user_logout', said, (logout, { user }) => userLogoutEvent({ ...user !== undefined && { user }, ...logout }))
}

/** The end of a session, by its user's hash. */
export function makeCleanup (said: SessionCleanupFacts): Make {
  return made('session_cleanup', said, cleanup => sessionCleanupEvent(cleanup), true)
}

/** The access agreement, accepted by the scope's user unless another is said. */
export function makeAcknowledgement (said: Omit<AccessAgreementFacts, 'user'> & { readonly user?: AuditUser }): Make {
  return made('access_agreement_acknowledged', said, (agreement, { user = {} }) => accessAgreementAcknowledgedEvent({ user, ...agreement }))
}

/** `keepsUserOut`: the scope's user has no part in it. What cannot be made an event of goes out marked, like every bad event. */
function made<Said extends object> (action: string, said: Said, make: (said: Said, facts: ScopeFacts) => AuditEvent, keepsUserOut = false): Make {
  const copy = copyOf(said)
  return facts => {
    const event = eventOr(action, () => make(copy(), facts))
    return { events: [event], facts: keepsUserOut || event.user !== undefined ? { ...facts, user: undefined } : facts }
  }
}

/** The caller may change its object while the facts are found out. What throws when it is read throws when the event is made. */
function copyOf<Said extends object> (said: Said): () => Said {
  try {
    const copy = { ...said }
    return () => copy
  } catch (error) {
    return () => { throw error }
  }
}

function eventOr (action: string, make: () => AuditEvent): AuditEvent {
  try {
    return make()
  } catch (error) {
    return { message: `An event [action=${action}] that could not be made`, event: { action, category: ['authentication'] }, labels: { audit_fault: messageOf(error) } }
  }
}
