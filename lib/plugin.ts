// The story of start-up, from top to bottom: read the settings, open the appender, make the
// trail, decorate the application, record its requests, close with it.
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { policiesOf } from './config/named-appenders.js'
import { readSettings } from './config/read.js'
import { type AuditConfig, auditSchema, settingChecks } from './config/schema.js'
import { durationToMilliseconds } from './config/units.js'
import { settingWarnings } from './config/warnings.js'
import type { ScopedAuditLogger } from './contracts.js'
import { AUDIT_ERR_OPTION } from './errors.js'
import { trackRunningRequest } from './http/context.js'
import { DisabledScope } from './http/disabled.js'
import { createQuestions, type Resolvers } from './http/identity.js'
import { createRecurring } from './http/recurring.js'
import { createRedaction } from './http/redact.js'
import { recordRequests } from './http/requests.js'
import { type RequestLike, RequestScope } from './http/scope.js'
import { recordSecurityEvents } from './http/security.js'
import { createTraceSource } from './http/trace.js'
import { type AuditInstance, disabledInstance, enabledInstance, refuseToGuess } from './instance.js'
import { openTrail } from './opening.js'
import { auditRepository } from './repository/audit-repository.js'
import { recordedObjects } from './repository/settings.js'
import type { WrapRepository } from './trail/acting-logger.js'
import { ALWAYS_GO_ON, createOnFailure } from './trail/on-failure.js'

/** The options of `app.register(audit, …)`. */
export interface AuditOptions extends Resolvers<FastifyRequest> {
  /**
   * The path of a kibana-style yml, or its `xpack.security.audit` section as an object. A
   * relative path starts from the working directory, as does a relative `fileName` in it.
   */
  readonly config: string | AuditConfig & { readonly [dottedKey: `${string}.${string}`]: unknown }
  /**
   * Whether `app.audit.current()` and `app.audit.repository()` find the running request, through
   * @fastify/request-context. Node's own bookkeeping for that costs about as much as all the rest
   * of an event (docs/performance.md). With `false` these two throw; `request.audit` does all
   * that they do.
   *
   * @default true
   */
  readonly requestContext?: boolean
}

declare module 'fastify' {
  interface FastifyInstance { audit: AuditInstance }
  interface FastifyRequest { readonly audit: ScopedAuditLogger }
  interface FastifyContextConfig {
    /** `false`: requests to this route are not recorded as `http_request`. For health checks. */
    audit?: boolean
  }
}

async function auditPlugin (app: FastifyInstance, options: AuditOptions): Promise<void> {
  checkOptions(options)
  const { settings, deprecations, locate, shown } = readSettings(options.config, auditSchema, { checks: settingChecks })
  for (const deprecation of deprecations) app.log.warn({}, `fastify-audit: ${deprecation}`)

  const traces = createTraceSource(settings.requestId, app.initialConfig.requestIdHeader as string | false)
  const recorded = recordedObjects(settings, durationToMilliseconds(settings.queue.timeout), createRedaction)
  const onFailure = settings.enabled
    ? createOnFailure(policiesOf(settings), Math.ceil(durationToMilliseconds(settings.queue.timeout) / 1000))
    : ALWAYS_GO_ON
  // `null`, which JavaScript may give, is no options.
  const wrap: WrapRepository = (repository, options, logger) =>
    auditRepository(repository, options ?? undefined, { logger, settings: recorded, onFailure })

  if (!settings.enabled) {
    app.log.info({}, 'fastify-audit: auditing is disabled')
    const scopeOf = decorateRequests(app, request => new DisabledScope(traces, wrap, request))
    app.decorate('audit', disabledInstance(scopeOf, new DisabledScope(traces, wrap, NO_REQUEST)))
    return
  }

  for (const warning of settingWarnings(settings, onFailure.holds)) app.log.warn({}, `fastify-audit: ${warning}`)
  const { trail, appender } = await openTrail(app, settings, onFailure, { locate, shown })
  const { user, session, space, requestContext } = options
  const recurring = createRecurring()
  const parts = { trail, traces, wrap, questions: createQuestions<FastifyRequest>({ user, session, space }, recurring) }
  const scopeOf = decorateRequests(app, request => new RequestScope(parts, request))
  const runningRequest = requestContext === false ? refuseToGuess : await trackRunningRequest(app)
  app.decorate('audit', enabledInstance({ trail, appender, wrap, scopeOf, runningRequest }))

  // A request that Fastify answered before it made one of its own has no user to ask for.
  const rawParts = { ...parts, questions: createQuestions<RequestLike>({}, recurring) }
  recordRequests(app, {
    settings: settings.http,
    onFailure,
    scopeOf: request => 'log' in request ? scopeOf(request) : new RequestScope(rawParts, request)
  })
  recordSecurityEvents(app, { settings: settings.security, redactedQuery: settings.http.redact.query, scopeOf, withoutRequest: app.audit.withoutRequest })
}

/** The raw message of no request, for the trace of a disabled logger without one. */
const NO_REQUEST = { raw: { headers: {} } } as unknown as RequestLike

/** Ours, and those of Fastify's own `register`. */
const OPTIONS = ['config', 'user', 'session', 'space', 'requestContext', 'prefix', 'logLevel', 'logSerializers']

function checkOptions (options: AuditOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new AUDIT_ERR_OPTION(`options: expected one of ${OPTIONS.join(', ')}, got ${JSON.stringify(name)}`)
  }
  const { requestContext = true } = options
  if (typeof requestContext !== 'boolean') throw new AUDIT_ERR_OPTION(`options.requestContext: expected true or false, got ${typeof requestContext}`)
  for (const name of ['user', 'session', 'space'] as const) {
    const resolver: unknown = options[name]
    if (resolver !== undefined && typeof resolver !== 'function') {
      throw new AUDIT_ERR_OPTION(`options.${name}: expected a function of the request, got ${typeof resolver}`)
    }
  }
}

/** Gives requests their `audit`, over a slot that stays null for requests that say nothing. */
function decorateRequests<Scope extends ScopedAuditLogger> (app: FastifyInstance, makeScope: (request: FastifyRequest) => Scope): (request: FastifyRequest) => Scope {
  const slot = Symbol('fastify-audit.scope')
  function scopeOf (request: FastifyRequest): Scope {
    const slots = request as unknown as Record<symbol, Scope | null>
    return (slots[slot] ??= makeScope(request))
  }
  app.decorateRequest(slot, null)
  app.decorateRequest('audit', { getter (): ScopedAuditLogger { return scopeOf(this) } })
  return scopeOf
}

export default fp(auditPlugin, { fastify: '5.x', name: 'fastify-audit' })
