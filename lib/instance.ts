// `app.audit`: what an application has of the audit log outside of its requests. Made by plugin.ts.
import type { FastifyRequest } from 'fastify'
import type { Appender, AuditLogger, AuditStatus, RepositoryOptions, ResumedTask, ScopedAuditLogger, TaskHandle } from './contracts.js'
import { AUDIT_ERR_OPTION } from './errors.js'
import type { WrapRepository } from './trail/acting-logger.js'
import { RequestlessLogger } from './trail/logger.js'
import { resumeTask } from './trail/resumed-task.js'
import { NO_SECTION_RULES } from './trail/rule-counters.js'
import type { Trail } from './trail/trail.js'

/** `app.audit`. */
export interface AuditInstance {
  /** The logger of a request: the same object as `request.audit`. */
  asScoped (request: FastifyRequest): ScopedAuditLogger
  /** A logger for events that no request has caused: at start-up, in scheduled jobs. */
  readonly withoutRequest: AuditLogger
  /** The logger of the request that is running; outside of requests, `withoutRequest`. */
  current (): AuditLogger
  /** One wrapper for the whole application: each call is recorded for the request that is running. */
  repository<T extends object> (repository: T, options?: RepositoryOptions): T
  /**
   * Takes up a task that `task()` of a logger has created, here or in another process; its
   * outcome is recorded with the same trace, user, space and task id.
   *
   * @throws {AUDIT_ERR_TASK} what was given is no handle of a task
   */
  resumeTask (handle: TaskHandle): ResumedTask
  /** What has become of the events so far. */
  status (): AuditStatus
  /**
   * Resolves when all that was said so far is written.
   *
   * @throws {AUDIT_ERR_WRITE} (as a rejection) it cannot be written, and could not for as long as `queue.timeout`
   * @throws {AUDIT_ERR_TIMEOUT} (as a rejection) the appender has not answered for as long as `queue.timeout`
   */
  flush (): Promise<void>
  /**
   * Lets go of the log file and opens it anew: for who has moved it away.
   *
   * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) it cannot be opened
   */
  reopen (): Promise<void>
}

export type ScopeOf = (request: FastifyRequest) => ScopedAuditLogger

/** An event of a request that is not found would be recorded without its user: rather not at all. */
export function refuseToGuess (): never {
  throw new AUDIT_ERR_OPTION('app.audit: expected requestContext: true for current() and repository(), got false; use request.audit')
}

export interface InstanceParts {
  readonly trail: Trail
  readonly appender: Pick<Appender, 'reopen'>
  readonly wrap: WrapRepository
  readonly scopeOf: ScopeOf
  readonly runningRequest: () => FastifyRequest | undefined
}

export function enabledInstance ({ trail, appender, wrap, scopeOf, runningRequest }: InstanceParts): AuditInstance {
  const withoutRequest = new RequestlessLogger(trail, wrap)
  function current (): AuditLogger {
    const request = runningRequest()
    return request === undefined ? withoutRequest : scopeOf(request)
  }
  return {
    asScoped: scopeOf,
    withoutRequest,
    current,
    repository (repository, options) {
      // Throws now, rather than at the first call, where there is no request to be found.
      runningRequest()
      return wrap(repository, options, current)
    },
    resumeTask: (handle) => resumeTask(handle, (facts) => new RequestlessLogger(trail, wrap, facts)),
    status: trail.status,
    flush: trail.flush,
    async reopen () { await appender.reopen?.() }
  }
}

export function disabledInstance (scopeOf: ScopeOf, logger: AuditLogger): AuditInstance {
  const status: AuditStatus = Object.freeze({
    enabled: false, state: 'ok', accepted: 0, written: 0, ignored: 0, lost: 0, queued: 0, queuedBytes: 0, lastError: null, rules: NO_SECTION_RULES, appenders: {}
  })
  return {
    asScoped: scopeOf,
    withoutRequest: logger,
    current: () => logger,
    repository: (repository, options) => logger.repository(repository, options),
    resumeTask: (handle) => resumeTask(handle, () => logger),
    status: () => status,
    flush: async () => {},
    reopen: async () => {}
  }
}
