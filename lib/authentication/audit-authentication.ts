// `auditAuthentication()`: a login function that records what became of each attempt before
// its caller learns of it, and so before a 401 goes out. Called by applications.
import type { AuditLogger, AuditUser, AuthenticationProvider } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { errorFields } from '../events/operation.js'
import { isProvider } from './provider.js'
import { secretsOf, withoutSecrets } from './secrets.js'

/** How a login function is audited. `Args` are its arguments, `Result` is what it returns. */
export interface AuditAuthenticationOptions<Args extends unknown[], Result> {
  /** `kibana.authentication_provider` and `_type`. */
  readonly provider: AuthenticationProvider
  /** The logger of the request that an attempt belongs to. */
  readonly logger: (...args: Args) => Pick<AuditLogger, 'userLogin'>
  /**
   * Who logged in, of what the function returned. Nobody: the attempt failed. Only the fields of
   * `AuditUser` are recorded, whatever else there is.
   *
   * @default what was returned
   */
  readonly user?: (result: NonNullable<Result>, ...args: Args) => AuditUser | null | undefined
  /** The name that is tried. Recorded of failures, where `authentication.record_attempted_name` allows it. */
  readonly attemptedName?: (...args: Args) => string | undefined
  /** `kibana.session_id` of the session that begins: never what stands in a cookie, rather its hash. */
  readonly sessionId?: (result: NonNullable<Result>, ...args: Args) => string | undefined
  /** `kibana.authentication_realm`. */
  readonly realm?: string
  /** `kibana.lookup_realm`. */
  readonly lookupRealm?: string
  /**
   * `false`: only failures are recorded. For what is checked with every request, such as a
   * token, whose owner is in the `http_request` event.
   *
   * @default true
   */
  readonly successes?: boolean
}

/**
 * The same function, audited: it resolves or rejects as `login` does, when the attempt has been
 * recorded. An attempt that throws, or returns nobody, is a failure. `this` and the arguments
 * are handed on untouched.
 *
 * No argument reaches the log: what an error's message repeats of them is taken out.
 *
 * @throws {AUDIT_ERR_OPTION} an option is missing
 * @throws {AUDIT_ERR_BLOCKED} (as a rejection) the attempt cannot be recorded, and `on_failure.authentication` is `block` or `stop`
 * @example
 * const login = auditAuthentication(checkPassword, {
 *   provider: { type: 'basic', name: 'basic1' },
 *   logger: (name, password, request) => request.audit
 * })
 */
export function auditAuthentication<This, Args extends unknown[], Result> (
  login: (this: This, ...args: Args) => Result, options: AuditAuthenticationOptions<Args, Awaited<Result>>
): (this: This, ...args: Args) => Promise<Awaited<Result>> {
  const { provider, logger, user: userOf = asUser, attemptedName, sessionId: sessionIdOf, realm, lookupRealm, successes = true } = options
  if (typeof login !== 'function') throw new AUDIT_ERR_OPTION(`auditAuthentication: expected a function, got ${typeof login}`)
  if (typeof logger !== 'function') throw new AUDIT_ERR_OPTION(`auditAuthentication: expected logger to be a function, got ${typeof logger}`)
  if (!isProvider(provider)) throw new AUDIT_ERR_OPTION('auditAuthentication: expected provider to have a type and a name')
  const how = { provider, ...realm !== undefined && { realm }, ...lookupRealm !== undefined && { lookupRealm } }

  function recordFailure (args: Args, error?: { readonly code?: string, readonly message?: string }): Promise<void> {
    const name = attempt(() => attemptedName?.(...args))
    return logger(...args).userLogin({ ...how, outcome: 'failure', ...error !== undefined && { error }, ...typeof name === 'string' && { attemptedName: name } })
  }

  return async function audited (this: This, ...args: Args): Promise<Awaited<Result>> {
    // Before the function runs: it may change what it is given.
    const secrets = secretsOf(args)
    let result
    let user
    let sessionId
    try {
      result = await login.apply(this, args)
      // An error that is returned is none of a login: so @fastify/basic-auth has it.
      user = isSomebody(result) ? userOf(result, ...args) : undefined
      sessionId = isSomebody(user) ? sessionIdOf?.(result as NonNullable<typeof result>, ...args) : undefined
    } catch (error) {
      await recordFailure(args, withoutSecrets(errorFields(error), secrets))
      throw error
    }
    if (!isSomebody(user)) await recordFailure(args, result instanceof Error ? withoutSecrets(errorFields(result), secrets) : undefined)
    else if (successes) await logger(...args).userLogin({ ...how, outcome: 'success', ...user !== NAMELESS && { user }, ...sessionId !== undefined && { sessionId } })
    return result
  }
}

function isSomebody<T> (found: T): found is NonNullable<T> {
  return Boolean(found) && !(found instanceof Error)
}

/** `true` says that it is somebody, and not who: that is for the scope to know. */
function asUser (result: unknown): AuditUser {
  return typeof result === 'object' && result !== null ? result as AuditUser : NAMELESS
}

const NAMELESS: AuditUser = Object.freeze({})

/** The name that was tried is no reason to fail. */
function attempt<T> (read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
