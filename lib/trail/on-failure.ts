// `on_failure`: whether an operation goes on when its event cannot be recorded. Made by the
// trail from the settings; asked by everything that has an operation to hold up: the hooks of
// requests, the repository wrapper, `ensure()`.
import type { AuditEvent, FailureClass, FailurePolicy, OnFailure } from '../contracts.js'
import { AUDIT_ERR_BLOCKED } from '../errors.js'
import { hasValue } from '../events/ecs-values.js'

const FAILURE_POLICIES = ['continue', 'block', 'stop'] as const satisfies readonly FailurePolicy[]

const policySchema = { enum: FAILURE_POLICIES, default: 'continue' } as const

/** `on_failure` for each kind of event. One word stands for all four. */
export const onFailureSchema = {
  type: 'object',
  title: 'one of "continue", "block", "stop", or an object with one of them for each of writes, reads, http, authentication',
  shorthand: FAILURE_POLICIES,
  description: 'What happens when an event cannot be recorded: continue (the operation goes on; what is lost is counted and told in the log), block (the operation is refused with 503 before it runs), stop (the application is closed and the process ends with code 74). One word for all kinds, or one for each.',
  additionalProperties: false,
  properties: {
    writes: { ...policySchema, description: 'Operations that change something.' },
    reads: { ...policySchema, description: 'Operations that read: with block or stop, data is handed out when its event is acknowledged.' },
    http: { ...policySchema, description: 'Requests: with block or stop, a request goes on when its http_request event is acknowledged.' },
    authentication: { ...policySchema, description: 'Logins, logouts and what else is about identities and sessions.' }
  }
} as const

const { default: _, ...ownPolicySchema } = policySchema

/** `on_failure` of one of several appenders: for kinds that are left out, the section's holds. */
export const ownOnFailureSchema = {
  ...onFailureSchema,
  description: 'What happens when this appender cannot record an event: one word for all kinds, or one for each. continue makes it a copy that nobody waits for where another appender says block or stop.',
  properties: {
    writes: { ...ownPolicySchema, description: onFailureSchema.properties.writes.description },
    reads: { ...ownPolicySchema, description: onFailureSchema.properties.reads.description },
    http: { ...ownPolicySchema, description: onFailureSchema.properties.http.description },
    authentication: { ...ownPolicySchema, description: onFailureSchema.properties.authentication.description }
  }
} as const

/** The kinds of events. */
export const FAILURE_CLASSES = ['writes', 'reads', 'http', 'authentication'] as const satisfies readonly FailureClass[]

/**
 * The kind of an event, by what it says of itself: `http_request` events are `http`, those of
 * category `authentication`, `session` or `iam` are `authentication`, those of no other type
 * than `access` are `reads`, and everything else is as careful as `writes`.
 */
export function failureClassOf (said: AuditEvent): FailureClass {
  try {
    // Read one by one: a getter that throws hides only what comes after it.
    const what = said.event
    if (what.action === 'http_request') return 'http'
    const { category } = what
    if (hasValue(category, 'authentication') || hasValue(category, 'session') || hasValue(category, 'iam')) return 'authentication'
    const { type } = what
    return hasValue(type, 'access') && (typeof type === 'string' || type!.every(one => one === 'access')) ? 'reads' : 'writes'
  } catch {
    // Whatever an application says instead of an event.
    return 'writes'
  }
}

/** A kind as a bit, for sets of kinds. */
export const bitOf = (kind: FailureClass): number => BITS[kind]

const BITS: Readonly<Record<FailureClass, number>> = { writes: 1, reads: 2, http: 4, authentication: 8 }

/** The kinds that have a policy, as bits. */
export function kindsWith (policies: Readonly<Record<FailureClass, FailurePolicy>>, policy: FailurePolicy): number {
  return FAILURE_CLASSES.reduce((kinds, kind) => policies[kind] === policy ? kinds | bitOf(kind) : kinds, 0)
}

/** For each kind, the strictest of several policies: stop, then block, then continue. */
export function strictest (all: readonly Readonly<Record<FailureClass, FailurePolicy>>[]): Readonly<Record<FailureClass, FailurePolicy>> {
  const of = (kind: FailureClass): FailurePolicy => FAILURE_POLICIES.findLast(policy => all.some(policies => policies[kind] === policy)) ?? 'continue'
  return { writes: of('writes'), reads: of('reads'), http: of('http'), authentication: of('authentication') }
}

/** @param retryAfter seconds, for the header `Retry-After` of what is refused */
export function createOnFailure (policies: Readonly<Record<FailureClass, FailurePolicy>>, retryAfter: number): OnFailure {
  return {
    holds: (kind) => policies[kind] !== 'continue',
    refusal: (kind, cause) => policies[kind] === 'continue' ? null : blocked(kind, cause, retryAfter),
    mayGoOn: (kind, acknowledged) => acknowledged.then(goOn, policies[kind] === 'continue' ? goOn : cause => { throw blocked(kind, cause, retryAfter) })
  }
}

function goOn (): void {}

/** Refuses nothing: for an application whose auditing is disabled. */
export const ALWAYS_GO_ON: OnFailure = createOnFailure({ writes: 'continue', reads: 'continue', http: 'continue', authentication: 'continue' }, 0)

function blocked (kind: FailureClass, cause: unknown, retryAfter: number): Error {
  const error = new AUDIT_ERR_BLOCKED(`refused, because its audit event could not be recorded (on_failure.${kind})`, { cause })
  // Fastify sends an error's headers with its answer.
  return Object.assign(error, { headers: { 'retry-after': String(retryAfter) } })
}
