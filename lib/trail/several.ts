// Several appenders behind routes: an event is serialized once for each layout and queued for
// each appender that it is routed to, so that one that fails or hangs holds up no other. What
// an appender cannot take goes to the fallback, then to standard error. Made by the trail.
import type { AuditRecord, Layout, ScopeFacts } from '../contracts.js'
import { createDelivery } from './delivery.js'
import type { Delivery } from './delivery-parts.js'
import { Ledger, type Parcel, type Rescue } from './ledger.js'
import { type LaidWay, type LineMaker, straightWays } from './line-makers.js'
import { bitOf, FAILURE_CLASSES, kindsWith } from './on-failure.js'
import { type Destination, type Outlet, type OutletParts, shippingOf } from './outlet.js'
import { NOTHING_TO_WAIT_FOR, quiet } from './promises.js'
import { NO_RULES } from './rule-counters.js'
import type { Route } from './routes.js'
import { unroutedNames } from './ways.js'

/** How an event finds its appenders. */
export interface Routing {
  readonly route: Route
  /** By the names of `appenders`, rewrites among them: where they lead. @default each to the appender of that name */
  readonly ways?: ReadonlyMap<string, readonly LaidWay[]>
  /** The names that an event goes to which no route matches. @default all but the fallback */
  readonly unrouted?: readonly string[]
  /** The name of the appender that takes what another cannot. */
  readonly fallback: string | undefined
  /** Whether a route names the fallback: else it has only what others cannot take. */
  readonly routesToFallback: boolean
  /** Takes a line that no appender can: the last rung. */
  readonly lastRung: (line: string) => void
}

interface Branch {
  readonly destination: Destination
  readonly ledger: Ledger
  readonly delivery: Delivery
  /** The kinds (bits) whose acknowledgement waits for this appender. */
  readonly waitsFor: number
}

/** A line on its way: to the branch that it was meant for, or to the fallback in its place. */
interface Leg { readonly to: Branch, readonly layout: Layout, readonly line: string, waitsFor: number }

export function createSeveralOutlet (destinations: readonly Destination[], { route, fallback, ways = straightWays(destinations, fallback), unrouted = unroutedNames(destinations.map(({ name }) => name), [], fallback), routesToFallback, lastRung }: Routing, { accounts, deadlines, maxBytes, log }: OutletParts): Outlet<Leg[]> {
  let queued = 0
  let isReserveClosing = false
  // Where any appender has to have a kind of event, those for which it is `continue` are copies: nobody waits for them.
  const strictKinds = FAILURE_CLASSES.reduce((kinds, kind) => destinations.some(({ policies }) => policies[kind] !== 'continue') ? kinds | bitOf(kind) : kinds, 0)
  const branches = new Map(destinations.map(destination => [destination.name, branchOf(destination)]))
  const all = [...branches.values()]
  const reserve = fallback === undefined ? undefined : branches.get(fallback)
  const others = all.filter(branch => branch !== reserve)
  const waysOf = (names: readonly string[]): readonly LaidWay[] => names.flatMap(name => ways.get(name) ?? [])
  const waysOfUnrouted = waysOf(unrouted)

  function branchOf (destination: Destination): Branch {
    const { name, appender, durability, policies } = destination
    const ledger = new Ledger({
      stops: kindsWith(policies, 'stop'),
      shown: error => accounts.shown(error),
      complete (events) {
        queued -= events
        accounts.written(events)
      },
      spoil (events, error) {
        queued -= events
        accounts.lost(events, error)
      },
      rescue,
      failed (error, isNew) {
        // Told once for each outage of each appender.
        if (isNew) log.error({ err: error, appender: name }, 'fastify-audit: audit events cannot be written')
        accounts.become(state(), error)
      },
      recovered () {
        log.info({ appender: name }, 'fastify-audit: the audit log is being written again')
        accounts.become(state(), null)
      },
      refused: (kinds, error) => accounts.refused(kinds, error)
    })
    const delivery = createDelivery({ appender, observer: ledger, deadlines, maxBytes, durability })
    return { destination, ledger, delivery, waitsFor: kindsWith(policies, 'block') | kindsWith(policies, 'stop') | ~strictKinds }
  }

  function state (): 'ok' | 'degraded' | 'blocked' {
    const failing = all.filter(({ ledger }) => ledger.isFailing)
    const isHelped = reserve !== undefined && !reserve.ledger.isFailing
    const isMissed = (branch: Branch): boolean => (branch !== reserve || routesToFallback) && (branch.waitsFor & strictKinds) !== 0
    if (!isHelped && failing.some(isMissed)) return 'blocked'
    return failing.length === 0 ? 'ok' : 'degraded'
  }

  const canTake = ({ ledger, delivery }: Branch, line: string): boolean => !ledger.isFailing && delivery.queue.hasRoomFor(line)

  function rescue (line: string, time: number, parcel: Parcel): Rescue {
    if (reserve === undefined) return 'lost'
    if (parcel.isInFallback && !isReserveClosing) return 'known'
    if (isReserveClosing || !canTake(reserve, line)) {
      lastRung(line)
      return 'lost'
    }
    parcel.isInFallback = true
    reserve.ledger.sent(parcel)
    reserve.delivery.accept(line, time, 0)
    return 'taken'
  }

  /** The ways that an event takes. What was lost is told by appenders that work. */
  function waysFor (record: AuditRecord): readonly LaidWay[] {
    if (record.event.action === 'audit_events_lost') {
      const working = all.filter(({ ledger }) => !ledger.isFailing)
      return waysOf((working.length === 0 ? all : working).map(({ destination: { name } }) => name))
    }
    const names = route(record)
    return names === null ? waysOfUnrouted : waysOf(names)
  }

  function make (record: AuditRecord, facts: ScopeFacts): Leg[] | null {
    const legs: Leg[] = []
    const lineBy = ({ layout }: LineMaker): string => legs.find(leg => leg.layout === layout)?.line ?? layout(record, facts)
    for (const way of waysFor(record)) {
      const branch = branches.get(way.to)!
      if (branch.destination.ignores(record)) continue
      let to = branch
      let maker = way.line
      let line = lineBy(maker)
      if (reserve !== undefined && reserve !== branch && !canTake(branch, line)) {
        const instead = lineBy(way.instead)
        // Neither can write: it waits where it belongs, as long as there is room.
        if (canTake(reserve, instead) || (!branch.delivery.queue.hasRoomFor(line) && reserve.delivery.queue.hasRoomFor(instead))) {
          to = reserve
          maker = way.instead
          line = instead
        }
      }
      const same = legs.find(leg => leg.to === to)
      if (same !== undefined) {
        same.waitsFor |= branch.waitsFor
        continue
      }
      if (maker.ownRules !== undefined) to.destination.rules?.fields.noteLike(maker.ownRules)
      legs.push({ to, layout: maker.layout, line, waitsFor: branch.waitsFor })
    }
    return legs.length === 0 ? null : legs
  }

  function accept (legs: Leg[], time: number, kind: number): Promise<void> {
    const parcel: Parcel = { left: legs.length, isLost: false, isInFallback: reserve !== undefined && legs.some(({ to }) => to === reserve) }
    const acknowledgements: Promise<void>[] = []
    queued++
    for (const { to: { ledger, delivery }, line, waitsFor } of legs) {
      if (reserve !== undefined && !delivery.queue.hasRoomFor(line)) lastRung(line)
      ledger.sent(parcel)
      const acknowledged = delivery.accept(line, time, kind)
      if ((waitsFor & kind) !== 0) acknowledgements.push(acknowledged)
    }
    if (acknowledgements.length === 0) return NOTHING_TO_WAIT_FOR
    return acknowledgements.length === 1 ? acknowledgements[0]! : quiet(Promise.all(acknowledgements).then(() => {}))
  }

  return {
    make,
    accept,
    hasRoom: bytes => all.some(({ ledger, delivery }) => !ledger.isFailing && delivery.queue.hasRoom(bytes)),
    get queued () { return queued },
    get queuedBytes () { return all.reduce((sum, { delivery }) => sum + delivery.queue.bytes, 0) },
    appenders: () => Object.fromEntries(all.map(({ destination: { name, type, appender, durability, rules }, ledger, delivery: { queue } }) => [name, {
      type, durability, state: ledger.isFailing ? 'degraded' : 'ok', written: ledger.writtenLines, lost: ledger.lostLines, queued: queue.lines, queuedBytes: queue.bytes, failures: ledger.failures, lastError: ledger.lastError, ...shippingOf(appender), rules: rules?.read() ?? NO_RULES
    }])),
    probe () { for (const { delivery } of all) delivery.probe() },
    expire: () => all.map(({ delivery }) => delivery.expire()).includes(true),
    async flush () { await Promise.all(all.map(({ delivery }) => delivery.flush())) },
    writeNow (isLast) {
      if (!isLast || reserve === undefined) for (const { delivery } of all) delivery.writeNow()
      else leaveNow(reserve)
    },
    async close () {
      // The fallback stays open for what the others have to leave.
      await Promise.all(others.map(({ delivery }) => delivery.close()))
      isReserveClosing = true
      await reserve?.delivery.close()
    }
  }

  function leaveNow (last: Branch): void {
    for (const { delivery } of others) delivery.leaveNow()
    isReserveClosing = true
    last.delivery.leaveNow()
  }
}
