// What happens to every event, whatever its source: enrich, filter, line, delivery. Made by
// plugin.ts, one for each application; called by the scopes of http/.
import type { Appender, AppenderStatus, AuditEvent, AuditRecord, AuditStatus, Durability, FailureClass, FailurePolicy, Layout, LogNotice, OnFailure, ScopeFacts, Surroundings } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_WRITE } from '../errors.js'
import { auditNoticeEvent } from '../events/audit-log.js'
import { messageOf, plainEvent } from '../layouts/plain.js'
import { Accounts } from './accounts.js'
import { createDeadlines } from './deadlines.js'
import { createDelivery } from './delivery.js'
import { enrich, type ProcessFields } from './enrich.js'
import { type Hold, Holds } from './holds.js'
import { bitOf, failureClassOf, kindsWith } from './on-failure.js'
import { keepingAlive, NOTHING_TO_WAIT_FOR, quiet } from './promises.js'
import { createTimestamp } from './timestamp.js'

/** The version of ECS that the events follow. */
export const ECS_VERSION = '9.4.0'

/** What `log.logger` says. */
export const LOGGER_NAME = 'fastify-audit'

export interface TrailParts {
  readonly appender: Appender
  /** The appender's `type` in the settings. */
  readonly type: string
  readonly layout: Layout
  /** True for a record that is not to be written. */
  readonly ignores: (record: AuditRecord) => boolean
  readonly surroundings: Pick<Surroundings, 'now' | 'log'>
  readonly durability: Durability
  readonly policies: Readonly<Record<FailureClass, FailurePolicy>>
  readonly onFailure: OnFailure
  /** @default false */
  readonly recordsAttemptedNames?: boolean
  readonly queue: {
    /** How many bytes may wait to be written. */
    readonly maxBytes: number
    /** How long anybody waits, in milliseconds. */
    readonly timeout: number
  }
  /** Ends the application, because `on_failure` says `stop`. Called once at the most. */
  readonly stop: (error: Error) => void
  /** Makes the last event of the log. @default there is none */
  readonly farewell?: ((status: AuditStatus) => AuditEvent) | undefined
}

export interface Trail {
  /** Records an event said at `time`; see `AuditLogger.log` for the promise. */
  log (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void>
  /** Records several events; one promise for all of them. */
  logAll (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void>
  /** Accepts so many events that are recorded later. `giveUp` has to record them at once: it has taken too long. */
  hold (events: number, giveUp: () => void): Hold
  /** Puts what has happened to the log into the log. */
  notice (notice: LogNotice): void
  now (): number
  readonly onFailure: OnFailure
  /** Whether the name that was tried may stand in the event of a failed login. */
  readonly recordsAttemptedNames: boolean
  status (): AuditStatus
  /** Resolves when all that was accepted is written; rejects when that takes longer than `queue.timeout`. */
  flush (): Promise<void>
  /** Writes all that was accepted before it returns, for a process that is about to end. `isLast`: it does end, and the log says so. */
  writeNow (isLast?: boolean): void
  close (): Promise<void>
}

const NO_FACTS: ScopeFacts = {}
/** More than an event about the log takes. */
const ROOM_FOR_AN_EVENT = 4096

/** Joins the stations that an event passes through. */
export function createTrail ({ appender, type, layout, ignores, surroundings, durability, policies, onFailure, recordsAttemptedNames = false, queue, stop, farewell }: TrailParts): Trail {
  const timestamp = createTimestamp()
  let hasSaidFarewell = false
  const process: ProcessFields = Object.freeze({
    ecs: Object.freeze({ version: ECS_VERSION }),
    log: Object.freeze({ level: 'INFO', logger: LOGGER_NAME }),
    process: Object.freeze({ pid: globalThis.process.pid })
  })
  const accounts = new Accounts({
    surroundings,
    blocks: Object.values(policies).some(policy => policy !== 'continue'),
    stops: kindsWith(policies, 'stop'),
    stop,
    say (event) {
      if (!delivery.queue.hasRoom(ROOM_FOR_AN_EVENT)) return false
      record(event, NO_FACTS, surroundings.now())
      return true
    }
  })
  const deadlines = createDeadlines(queue.timeout, () => {
    const isHolding = holds.expire()
    return delivery.expire() || isHolding
  })
  const delivery = createDelivery({ appender, observer: accounts, deadlines, maxBytes: queue.maxBytes, acknowledges: durability !== 'none' })
  const holds = new Holds(recordAll, deadlines)

  /** The line of an event, or null when a filter drops it. */
  function lineOf (event: AuditEvent, facts: ScopeFacts, time: number): string | null {
    const record = enrich(event, facts, timestamp(time), process)
    return ignores(record) ? null : layout(record, facts)
  }

  /** The same, for whatever an application may say. */
  function lineOfAny (event: AuditEvent, facts: ScopeFacts, time: number): string | null {
    try {
      return lineOf(event, facts, time)
    } catch {
      return lineOf(plainEvent(event), facts, time)
    }
  }

  function record (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void> {
    accounts.accepted++
    const kind = bitOf(failureClassOf(event))
    let line: string | null
    try {
      line = lineOfAny(event, facts, time)
    } catch (thrown) {
      // A fault of a layout, and still none of the request's business.
      const error = new AUDIT_ERR_WRITE(`an event cannot be written: ${messageOf(thrown)}`, { cause: thrown })
      accounts.lost(1, error)
      accounts.refused(kind, error)
      return rejected(error)
    }
    if (line === null) {
      accounts.ignored++
      return NOTHING_TO_WAIT_FOR
    }
    return delivery.accept(line, time, kind)
  }

  function recordAll (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void> {
    // Events of one batch share a promise: many events, few promises.
    const acknowledgements = new Set<Promise<void>>()
    for (const event of events) acknowledgements.add(record(event, facts, time))
    return acknowledgements.size === 1 ? [...acknowledgements][0]! : quiet(Promise.all(acknowledgements).then(() => {}))
  }

  const isClosed = (): boolean => accounts.state === 'closed'

  function status (): AuditStatus {
    const { accepted, writtenEvents, ignored, lostEvents, failures, lastError, state } = accounts
    const { lines, bytes } = delivery.queue
    const held = holds.events
    const appenderStatus: AppenderStatus = {
      type, state: delivery.failure === null ? 'ok' : 'degraded', written: writtenEvents, lost: lostEvents, queued: lines, queuedBytes: bytes, failures, lastError
    }
    return {
      enabled: true, state, accepted: accepted + held, written: writtenEvents, ignored, lost: lostEvents, queued: lines + held, queuedBytes: bytes, lastError, appenders: { default: appenderStatus }
    }
  }

  /** Once, however the log ends. */
  function sayFarewell (): void {
    if (hasSaidFarewell || farewell === undefined) return
    hasSaidFarewell = true
    record(farewell(status()), NO_FACTS, surroundings.now())
  }

  async function closeInOrder (): Promise<void> {
    accounts.closed()
    // Those that are held have as long as anybody.
    await holds.settled()
    accounts.tellLoss()
    sayFarewell()
    await delivery.close()
    deadlines.stop()
  }

  delivery.probe()
  return {
    log: (event, facts, time) => isClosed() ? rejected(new AUDIT_ERR_CLOSED()) : record(event, facts, time),
    logAll: (events, facts, time) => isClosed() ? rejected(new AUDIT_ERR_CLOSED()) : recordAll(events, facts, time),
    hold: (events, giveUp) => isClosed() ? { record () {}, acknowledged: rejected(new AUDIT_ERR_CLOSED()) } : holds.hold(events, giveUp),
    notice (notice) { if (!isClosed()) record(auditNoticeEvent(notice), NO_FACTS, surroundings.now()) },
    now: surroundings.now,
    onFailure,
    recordsAttemptedNames,
    status,
    flush: () => keepingAlive(holds.settled().then(delivery.flush)),
    writeNow (isLast = false) {
      holds.giveUpAll()
      accounts.tellLoss()
      if (isLast) sayFarewell()
      delivery.writeNow()
    },
    close: () => keepingAlive(closeInOrder())
  }
}

const rejected = (error: Error): Promise<never> => quiet(Promise.reject(error))
