// What happens to every event, whatever its source: enrich, filter, line, delivery. Made by
// plugin.ts, one for each application; called by the scopes of http/.
import type { Appender, AuditEvent, AuditRecord, AuditStatus, Layout, ScopeFacts, Surroundings } from '../contracts.js'
import { AUDIT_ERR_CLOSED } from '../errors.js'
import { plainEvent } from '../layouts/plain.js'
import { createDelivery } from './delivery.js'
import { enrich, type ProcessFields } from './enrich.js'
import { createTimestamp } from './timestamp.js'

/** The version of ECS that the events follow. */
export const ECS_VERSION = '9.4.0'

/** What `log.logger` says. */
export const LOGGER_NAME = 'fastify-audit'

export interface TrailParts {
  readonly appender: Appender
  readonly layout: Layout
  /** True for a record that is not to be written. */
  readonly ignores: (record: AuditRecord) => boolean
  readonly surroundings: Pick<Surroundings, 'now' | 'log'>
}

export interface Trail {
  /** Records an event said at `time`; see `AuditLogger.log` for the promise. */
  log (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void>
  now (): number
  status (): AuditStatus
  /** Resolves when all that was accepted is acknowledged; rejects when some of it could not be written. */
  flush (): Promise<void>
  close (): Promise<void>
}

const NOTHING_TO_WAIT_FOR = Promise.resolve()

/** Joins the stations that an event passes through. */
export function createTrail ({ appender, layout, ignores, surroundings }: TrailParts): Trail {
  const timestamp = createTimestamp()
  const process: ProcessFields = Object.freeze({
    ecs: Object.freeze({ version: ECS_VERSION }),
    log: Object.freeze({ level: 'INFO', logger: LOGGER_NAME }),
    process: Object.freeze({ pid: globalThis.process.pid })
  })
  let accepted = 0
  let written = 0
  let ignored = 0
  let failed = 0
  let degraded = false
  let closed = false
  let lastError: AuditStatus['lastError'] = null

  const delivery = createDelivery(appender, {
    written (lines) {
      written += lines
      if (degraded) surroundings.log.info({ failed }, 'fastify-audit: the audit log is being written again')
      degraded = false
    },
    failed (lines, error) {
      failed += lines
      const { code, message } = error as NodeJS.ErrnoException
      lastError = { code: code ?? error.name, message, time: new Date(surroundings.now()).toISOString() }
      // Told once for each outage: a full disk must not fill the application's log as well.
      if (!degraded) surroundings.log.error({ err: error, failed }, 'fastify-audit: audit events cannot be written')
      degraded = true
    }
  })

  /** The line of an event, or null when a filter drops it. */
  function lineOf (event: AuditEvent, facts: ScopeFacts, time: number): string | null {
    const record = enrich(event, facts, timestamp(time), process)
    return ignores(record) ? null : layout(record, facts)
  }

  function log (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void> {
    if (closed) return rejected(new AUDIT_ERR_CLOSED())
    accepted++
    let line: string | null
    try {
      line = lineOf(event, facts, time)
    } catch {
      line = lineOf(plainEvent(event), facts, time)
    }
    if (line === null) {
      ignored++
      return NOTHING_TO_WAIT_FOR
    }
    return delivery.accept(line, time)
  }

  return {
    log,
    now: surroundings.now,
    status () {
      const { lines, bytes } = delivery.waiting()
      return {
        enabled: true,
        state: closed ? 'closed' : degraded ? 'degraded' : 'ok',
        accepted,
        written,
        ignored,
        failed,
        queued: lines,
        queuedBytes: bytes,
        lastError
      }
    },
    flush: delivery.flush,
    async close () {
      closed = true
      await delivery.close()
    }
  }
}

/** A rejection that nobody has to handle. */
function rejected (error: Error): Promise<never> {
  const rejection = Promise.reject(error)
  rejection.catch(() => {})
  return rejection
}
