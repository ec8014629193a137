// What happens to every event, whatever its source: enrich, filter, line, outlet. Made by
// opening.ts, one for each application; called by the scopes of http/.
import type { AuditEvent, AuditStatus, ScopeFacts } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_WRITE } from '../errors.js'
import { auditNoticeEvent } from '../events/audit-log.js'
import { messageOf, NO_FACTS, plainEvent } from '../layouts/plain.js'
import { Accounts } from './accounts.js'
import { createDeadlines } from './deadlines.js'
import { enrich, type ProcessFields } from './enrich.js'
import { createEventIds } from './event-id.js'
import { Holds } from './holds.js'
import { bitOf, failureClassOf, kindsWith } from './on-failure.js'
import { createSingleOutlet, type Outlet, type OutletParts } from './outlet.js'
import { keepingAlive, NOTHING_TO_WAIT_FOR, quiet } from './promises.js'
import { NO_SECTION_RULES } from './rule-counters.js'
import { createSeveralOutlet } from './several.js'
import { createTimestamp } from './timestamp.js'
import type { Trail, TrailParts } from './trail-parts.js'

export type { Trail, TrailParts } from './trail-parts.js'

/** The version of ECS that the events follow. */
export const ECS_VERSION = '9.4.0'

/** What `log.logger` says. */
export const LOGGER_NAME = 'fastify-audit'

/** More than an event about the log takes. */
const ROOM_FOR_AN_EVENT = 4096

/** Joins the stations that an event passes through. */
export function createTrail (parts: TrailParts): Trail {
  const { destinations, routing } = parts
  if (routing !== undefined) return trailWith(parts, outletParts => createSeveralOutlet(destinations, routing, outletParts))
  return trailWith(parts, outletParts => createSingleOutlet(destinations[0]!, outletParts))
}

function trailWith<Made> ({ ignores, rules, pid = globalThis.process.pid, surroundings, policies, onFailure, recordsAttemptedNames = false, nextId = createEventIds(), queue, stop, farewell }: TrailParts, createOutlet: (parts: OutletParts) => Outlet<Made>): Trail {
  const timestamp = createTimestamp()
  const tally = rules?.tally
  let hasSaidFarewell = false
  const process: ProcessFields = Object.freeze({
    ecs: Object.freeze({ version: ECS_VERSION }),
    log: Object.freeze({ level: 'INFO', logger: LOGGER_NAME }),
    process: Object.freeze({ pid })
  })
  const accounts = new Accounts({
    surroundings,
    blocks: Object.values(policies).some(policy => policy !== 'continue'),
    stops: kindsWith(policies, 'stop'),
    stop,
    say (event) {
      if (!outlet.hasRoom(ROOM_FOR_AN_EVENT)) return false
      record(event, NO_FACTS, surroundings.now())
      return true
    }
  })
  const deadlines = createDeadlines(queue.timeout, () => {
    const isHolding = holds.expire()
    return outlet.expire() || isHolding
  })
  const outlet = createOutlet({ accounts, deadlines, maxBytes: queue.maxBytes, log: surroundings.log })
  const holds = new Holds(recordAll, deadlines)

  /** What goes out of an event, its line or lines, or null when a filter drops it. */
  function lineOf (event: AuditEvent, facts: ScopeFacts, time: number, id: string): Made | null {
    tally?.begin()
    const record = enrich(event, facts, timestamp(time), process, id)
    const made = ignores(record) ? null : outlet.make(record, facts)
    tally?.commit()
    return made
  }

  /** The same, for whatever an application may say. */
  function lineOfAny (event: AuditEvent, facts: ScopeFacts, time: number): Made | null {
    const id = nextId(time)
    try {
      return lineOf(event, facts, time, id)
    } catch {
      return lineOf(plainEvent(event), facts, time, id)
    }
  }

  function record (event: AuditEvent, facts: ScopeFacts, time: number): Promise<void> {
    accounts.accepted++
    const kind = bitOf(failureClassOf(event))
    let line: Made | null
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
    return outlet.accept(line, time, kind)
  }

  function recordAll (events: readonly AuditEvent[], facts: ScopeFacts, time: number): Promise<void> {
    // Events of one batch share a promise: many events, few promises.
    const acknowledgements = new Set<Promise<void>>()
    let last: Promise<void> | null = null
    for (const event of events) {
      const acknowledged = record(event, facts, time)
      if (acknowledged !== last) acknowledgements.add(last = acknowledged)
    }
    return acknowledgements.size === 1 ? last! : quiet(Promise.all(acknowledgements).then(() => {}))
  }

  const isClosed = (): boolean => accounts.state === 'closed'

  function status (): AuditStatus {
    const { accepted, writtenEvents, ignored, lostEvents, lastError, state } = accounts
    const { queued, queuedBytes } = outlet
    const held = holds.events
    return {
      enabled: true, state, accepted: accepted + held, written: writtenEvents, ignored, lost: lostEvents, queued: queued + held, queuedBytes, lastError, rules: rules?.read() ?? NO_SECTION_RULES, appenders: outlet.appenders()
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
    await outlet.close()
    deadlines.stop()
  }

  outlet.probe()
  return {
    log: (event, facts, time) => isClosed() ? rejected(new AUDIT_ERR_CLOSED()) : record(event, facts, time),
    logAll: (events, facts, time) => isClosed() ? rejected(new AUDIT_ERR_CLOSED()) : recordAll(events, facts, time),
    hold: (events, giveUp) => isClosed() ? { record () {}, acknowledged: rejected(new AUDIT_ERR_CLOSED()) } : holds.hold(events, giveUp),
    notice (notice) { if (!isClosed()) record(auditNoticeEvent(notice), NO_FACTS, surroundings.now()) },
    now: surroundings.now,
    onFailure,
    recordsAttemptedNames,
    status,
    flush: () => keepingAlive(holds.settled().then(outlet.flush)),
    writeNow (isLast = false) {
      holds.giveUpAll()
      accounts.tellLoss()
      if (isLast) sayFarewell()
      outlet.writeNow(isLast)
    },
    close: () => keepingAlive(closeInOrder())
  }
}

const rejected = (error: Error): Promise<never> => quiet(Promise.reject(error))
