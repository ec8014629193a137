// Events about who comes and goes, as Kibana records them. Called by the application, which
// is the one to know when somebody logs in.
import type { AuditEvent, AuditUser, EventOutcome } from '../contracts.js'
import { ONLY_CATEGORY } from './ecs-values.js'
import { errorFields, type EventError } from './operation.js'

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
  readonly error?: EventError
  /** `kibana.session_id`: the session that begins. */
  readonly sessionId?: string
  /** `kibana.authentication_realm`: the realm that checked the credentials. */
  readonly realm?: string
  /** `kibana.lookup_realm`: the realm that the user's data come from. */
  readonly lookupRealm?: string
}

/**
 * Somebody has logged in, or failed to. Belongs to no space.
 *
 * @example
 * userLoginEvent({ user: { name: 'jane', roles: ['editor'] }, provider: { type: 'basic', name: 'basic1' }, sessionId })
 * // message: 'User [jane] has logged in using basic provider [name=basic1]'
 */
export function userLoginEvent ({ provider, user, outcome, error, sessionId, realm, lookupRealm }: UserLoginFacts): AuditEvent {
  const became = outcome ?? (error !== undefined || user === undefined ? 'failure' : 'success')
  return {
    message: became === 'success'
      ? `User [${nameOf(user)}] has logged in using ${providerPhrase(provider)}`
      : `Failed attempt to login using ${providerPhrase(provider)}`,
    event: authentication('user_login', became),
    ...user !== undefined && { user },
    kibana: {
      space_id: undefined,
      ...sessionId !== undefined && { session_id: sessionId },
      ...providerFields(provider),
      ...realm !== undefined && { authentication_realm: realm },
      ...lookupRealm !== undefined && { lookup_realm: lookupRealm }
    },
    ...error !== undefined && { error: errorFields(error) }
  }
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

/**
 * Somebody is logging out, or is logged out because of too many sessions.
 *
 * @example
 * userLogoutEvent({ user: { name: 'jane' }, provider: { type: 'basic', name: 'basic1' } })
 * // message: 'User [jane] is logging out using basic provider [name=basic1]'
 */
export function userLogoutEvent ({ provider, user, sessionId, reason }: UserLogoutFacts): AuditEvent {
  const how = reason === 'concurrent-limit' ? 'due to exceeded concurrent sessions limit for' : 'using'
  return {
    message: `User [${nameOf(user)}] is logging out ${how} ${providerPhrase(provider)}`,
    event: authentication('user_logout', 'unknown'),
    ...user !== undefined && { user },
    kibana: { ...sessionId !== undefined && { session_id: sessionId }, ...providerFields(provider) }
  }
}

/** What `sessionCleanupEvent` is told. */
export interface SessionCleanupFacts {
  readonly provider: AuthenticationProvider
  /** `kibana.session_id`: the session that is removed. */
  readonly sessionId: string
  /** `user.hash`: the hash that stands for the user's name in the session. */
  readonly userHash: string
  /** Why: it is no longer valid, or its user has too many. @default 'expired' */
  readonly reason?: 'expired' | 'concurrent-limit'
}

/**
 * A session is removed without its user asking for it.
 *
 * @example
 * sessionCleanupEvent({ sessionId, userHash: 'abcdef', provider: { type: 'basic', name: 'basic1' } })
 * // message: 'Removing invalid or expired session for user [hash=abcdef]'
 */
export function sessionCleanupEvent ({ provider, sessionId, userHash, reason }: SessionCleanupFacts): AuditEvent {
  return {
    message: reason === 'concurrent-limit'
      ? `Removing session for user [hash=${userHash}] due to exceeded concurrent sessions limit`
      : `Removing invalid or expired session for user [hash=${userHash}]`,
    event: authentication('session_cleanup', 'unknown'),
    user: { hash: userHash },
    kibana: { session_id: sessionId, ...providerFields(provider) }
  }
}

/** What `accessAgreementAcknowledgedEvent` is told. */
export interface AccessAgreementFacts {
  readonly provider: AuthenticationProvider
  readonly user: AuditUser & { readonly name: string }
}

/**
 * Somebody has accepted the access agreement. Belongs to no space; has no outcome.
 *
 * @example
 * accessAgreementAcknowledgedEvent({ user: { name: 'jane' }, provider: { type: 'saml', name: 'saml1' } })
 * // message: 'jane acknowledged access agreement using saml provider [name=saml1].'
 */
export function accessAgreementAcknowledgedEvent ({ provider, user }: AccessAgreementFacts): AuditEvent {
  return {
    message: `${user.name} acknowledged access agreement using ${providerPhrase(provider)}.`,
    event: authentication('access_agreement_acknowledged'),
    user,
    kibana: { space_id: undefined, ...providerFields(provider) }
  }
}

function authentication (action: string, outcome?: EventOutcome): AuditEvent['event'] {
  return { action, category: ONLY_CATEGORY.authentication, ...outcome !== undefined && { outcome } }
}

function providerPhrase ({ type, name }: AuthenticationProvider): string {
  return `${type} provider [name=${name}]`
}

function providerFields ({ type, name }: AuthenticationProvider): { authentication_provider: string, authentication_type: string } {
  return { authentication_provider: name, authentication_type: type }
}

function nameOf (user: AuditUser | undefined): string {
  return user?.name ?? user?.id ?? 'unknown'
}
