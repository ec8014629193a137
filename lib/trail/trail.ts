// What happens to every event, whatever its source: enrich, filter, line, delivery. Made by
// plugin.ts, one for each application; called by the scopes of http/.
import type { Appender, AuditEvent, AuditRecord, AuditStatus, Layout, OnFailure, ScopeFacts, Surroundings } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_WRITE } from '../errors.js'
import { MAX_TEXT, messageOf, plainEvent } from '../layouts/plain.js'
import { NOT_PLAIN } from '../layouts/quote.js'
import { createDelivery, type DeliveryObserver } from './delivery.js'
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
  readonly onFailure: OnFailure
  readonly surroundings: Pick<Surroundings, 'now' | 'log'>
  /** How long `close()` waits for events that are held, in milliseconds. @default 5000 */
  readonly patience?: number
}

/** A place in the trail for events that have been said and cannot be recorded yet. */
export interface Hold {
  /** Records some of them, also while the trail is closing. */
  record (events: readonly AuditEvent[], facts: ScopeFacts, time: number): void
  /** Settles when all of them are acknowledged. */
  readonly acknowledged: Promise<void>
}

export interface Trail {
  /** Records an event said at `time`; see `AuditLogger.log` for the promise. */
  log (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void>
  /** Records several events; one promise for all of them. */
  logAll (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void>
  /**
   * Accepts so many events that are recorded later; `flush()` and `close()` wait for them.
   * `giveUp` is called when the trail is being closed and has waited long enough.
   */
  hold (events: number, giveUp: () => void): Hold
  now (): number
  readonly onFailure: OnFailure
  status (): AuditStatus
  /** Resolves when all that was accepted is acknowledged; rejects when some of it could not be written. */
  flush (): Promise<void>
  close (): Promise<void>
}

const NOTHING_TO_WAIT_FOR = Promise.resolve()

/** Joins the stations that an event passes through. */
export function createTrail ({ appender, layout, ignores, onFailure, surroundings, patience = 5000 }: TrailParts): Trail {
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

  const held = new Set<Held>()
  const observer: DeliveryObserver = {
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
  }
  const delivery = createDelivery(appender, observer)

  /** The line of an event, or null when a filter drops it. */
  function lineOf (event: AuditEvent, facts: ScopeFacts, time: number): string | null {
    const record = enrich(event, facts, timestamp(time), process)
    return ignores(record) ? null : layout(record, facts)
  }

  /** The same, for whatever an application may say. */
  function lineOfAny (event: AuditEvent, facts: ScopeFacts, time: number): string | null {
    try {
      const line = lineOf(event, facts, time)
      if (line !== null && line.length > MAX_TEXT) throw NOT_PLAIN
      return line
    } catch {
      return lineOf(plainEvent(event), facts, time)
    }
  }

  function record (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void> {
    accepted++
    let line: string | null
    try {
      line = lineOfAny(event, facts, time)
    } catch (thrown) {
      // A fault of a layout, and still none of the request's business.
      const error = new AUDIT_ERR_WRITE(`an event cannot be written: ${messageOf(thrown)}`, { cause: thrown })
      observer.failed(1, error)
      return rejected(error)
    }
    if (line === null) {
      ignored++
      return NOTHING_TO_WAIT_FOR
    }
    return delivery.accept(line, time)
  }

  function recordAll (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void> {
    // Events of one batch share a promise: many events, few promises.
    const acknowledgements = new Set<Promise<void>>()
    for (const event of events) acknowledgements.add(record(event, facts, time))
    return acknowledgements.size === 1 ? [...acknowledgements][0]! : quiet(Promise.all(acknowledgements).then(() => {}))
  }

  function hold (events: number, giveUp: () => void): Hold {
    if (closed) return { record () {}, acknowledged: rejected(new AUDIT_ERR_CLOSED()) }
    const recorded: Promise<void>[] = []
    let settle!: (acknowledged: Promise<void>) => void
    const place: Held = { events, giveUp, acknowledged: quiet(new Promise(resolve => { settle = resolve })) }
    held.add(place)
    return {
      acknowledged: place.acknowledged,
      record (some, facts, time) {
        place.events -= some.length
        recorded.push(quiet(recordAll(some, facts, time)))
        if (place.events > 0) return
        held.delete(place)
        settle(Promise.all(recorded).then(() => {}))
      }
    }
  }

  const heldAcknowledged = (): Promise<void>[] => [...held].map(({ acknowledged }) => acknowledged)

  return {
    log: (event, facts, time) => closed ? rejected(new AUDIT_ERR_CLOSED()) : record(event, facts, time),
    logAll: (events, facts, time) => closed ? rejected(new AUDIT_ERR_CLOSED()) : recordAll(events, facts, time),
    hold,
    now: surroundings.now,
    onFailure,
    status () {
      const { lines, bytes } = delivery.waiting()
      let waiting = 0
      for (const { events } of held) waiting += events
      return {
        enabled: true,
        state: closed ? 'closed' : degraded ? 'degraded' : 'ok',
        accepted: accepted + waiting,
        written,
        ignored,
        lost: failed,
        queued: lines + waiting,
        queuedBytes: bytes,
        lastError,
        appenders: {}
      }
    },
    async flush () {
      await Promise.all([delivery.flush(), ...heldAcknowledged()])
    },
    async close () {
      closed = true
      const timer = setTimeout(() => { for (const { giveUp } of held) giveUp() }, patience)
      await Promise.allSettled(heldAcknowledged())
      clearTimeout(timer)
      await delivery.close()
    }
  }
}

interface Held {
  events: number
  readonly giveUp: () => void
  readonly acknowledged: Promise<void>
}

/** The same promise; nobody has to handle its rejection, the trail has counted it. */
function quiet<T> (promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

const rejected = (error: Error): Promise<never> => quiet(Promise.reject(error))
