// Events about who comes and goes, as Kibana records them. Called by the application, which
// is the one to know when somebody logs in.
import type {
  AccessAgreementFacts, AuditEvent, AuditUser, AuthenticationProvider, EventOutcome, SessionCleanupFacts, UserLoginFacts, UserLogoutFacts
} from '../contracts.js'
import { auditUserOf } from './audit-user.js'
import { ONLY_CATEGORY } from './ecs-values.js'
import { errorFields } from './operation.js'

/**
 * Somebody has logged in, or failed to. Belongs to no space.
 *
 * @example
 * userLoginEvent({ user: { name: 'jane', roles: ['editor'] }, provider: { type: 'basic', name: 'basic1' }, sessionId })
 * // message: 'User [jane] has logged in using basic provider [name=basic1]'
 */
export function userLoginEvent ({ provider, user, outcome, error, sessionId, realm, lookupRealm, attemptedName }: UserLoginFacts): AuditEvent {
  const became = outcome ?? (error !== undefined || user === undefined ? 'failure' : 'success')
  return {
    message: became === 'success'
      ? `User [${nameOf(user)}] has logged in using ${providerPhrase(provider)}`
      : `Failed attempt to login using ${providerPhrase(provider)}`,
    event: authentication('user_login', became),
    ...user !== undefined && { user: auditUserOf(user) },
    kibana: {
      space_id: undefined,
      ...sessionId !== undefined && { session_id: sessionId },
      ...providerFields(provider),
      ...realm !== undefined && { authentication_realm: realm },
      ...lookupRealm !== undefined && { lookup_realm: lookupRealm }
    },
    ...error !== undefined && { error: errorFields(error) },
    // Not `user`: nobody knows who tried, and a rule about users must not match what a stranger typed.
    ...became === 'failure' && attemptedName !== undefined && { labels: { attempted_user_name: attemptedName } }
  }
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
    ...user !== undefined && { user: auditUserOf(user) },
    kibana: { ...sessionId !== undefined && { session_id: sessionId }, ...providerFields(provider) }
  }
}

/**
 * A session is removed without its user asking for it.
 *
 * @example
 * sessionCleanupEvent({ sessionId, userHash: 'abcdef', provider: { type: 'basic', name: 'basic1' } })
 * // message: 'Removing invalid or expired session for user [hash=abcdef]'
 */
export function sessionCleanupEvent ({ provider, sessionId, userHash, reason }: SessionCleanupFacts): AuditEvent {
  const whose = `user [hash=${userHash ?? 'unknown'}]`
  return {
    message: reason === 'concurrent-limit'
      ? `Removing session for ${whose} due to exceeded concurrent sessions limit`
      : `Removing invalid or expired session for ${whose}`,
    event: authentication('session_cleanup', 'unknown'),
    ...userHash !== undefined && { user: { hash: userHash } },
    kibana: { session_id: sessionId, ...providerFields(provider) }
  }
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
    message: `${nameOf(user)} acknowledged access agreement using ${providerPhrase(provider)}.`,
    event: authentication('access_agreement_acknowledged'),
    user: auditUserOf(user),
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
