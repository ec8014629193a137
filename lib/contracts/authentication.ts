// What the events of logins, logouts, sessions and access agreements are told.
import type { AuditUser } from './event.js'

/** What somebody authenticates with: its type, such as `basic`, `saml` or `oidc`, and its name in the settings. */
export interface AuthenticationProvider {
  readonly type: string
  readonly name: string
}

/** What `userLoginEvent` is told. */
export interface UserLoginFacts {
  readonly provider: AuthenticationProvider
  /** Who logged in. None when the attempt failed, unless it is certain who tried. */
  readonly user?: AuditUser
  /** @default 'failure' with an error or without a user; else 'success' */
  readonly outcome?: 'success' | 'failure'
  readonly error?: Error | { readonly code?: string, readonly message?: string }
  /** `kibana.session_id`: the session that begins. */
  readonly sessionId?: string
  /** `kibana.authentication_realm`: the realm that checked the credentials. */
  readonly realm?: string
  /** `kibana.lookup_realm`: the realm that the user's data come from. */
  readonly lookupRealm?: string
  /**
   * The name that was tried, of an attempt that failed: `labels.attempted_user_name`. Said through
   * a logger, it is recorded only where `authentication.record_attempted_name` is true: people
   * type passwords in its place.
   */
  readonly attemptedName?: string
}

/** What `userLogoutEvent` is told. */
export interface UserLogoutFacts {
  readonly provider: AuthenticationProvider
  readonly user?: AuditUser
  /** `kibana.session_id`, where it is not the request's own. */
  readonly sessionId?: string
  /** `concurrent-limit`: a newer session of the same user ended this one. @default 'request' */
  readonly reason?: 'request' | 'concurrent-limit'
}

/** What `sessionCleanupEvent` is told. */
export interface SessionCleanupFacts {
  readonly provider: AuthenticationProvider
  /** `kibana.session_id`: the session that is removed. */
  readonly sessionId: string
  /** `user.hash`: the hash that stands for the user's name in the session. None where the session cannot be read. */
  readonly userHash?: string
  /** Why: it is no longer valid, or its user has too many. @default 'expired' */
  readonly reason?: 'expired' | 'concurrent-limit'
}

/** What `accessAgreementAcknowledgedEvent` is told. */
export interface AccessAgreementFacts {
  readonly provider: AuthenticationProvider
  readonly user: AuditUser
}
