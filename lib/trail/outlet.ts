// Where the trail hands its events on to: one delivery, which is the common case and costs
// nothing beyond it, or several behind routes (several.ts). Chosen by the trail, once, at start.
import type { Appender, AppenderStatus, AuditRecord, Durability, FailureClass, FailurePolicy, Layout, ScopeFacts, Surroundings } from '../contracts.js'
import type { Accounts } from './accounts.js'
import type { Deadlines } from './deadlines.js'
import { createDelivery } from './delivery.js'
import { NO_RULES, type RuleCounters } from './rule-counters.js'

/** An appender with all that is its own. */
export interface Destination {
  /** Its name in `appenders`; `default` for the only one. */
  readonly name: string
  /** The appender's `type` in the settings. */
  readonly type: string
  readonly appender: Appender
  /** Destinations that read alike share one function: a record is serialized once for all of them. */
  readonly layout: Layout
  /** True for a record that this appender is not to have. */
  readonly ignores: (record: AuditRecord) => boolean
  readonly durability: Durability
  /** What its own rules have done. @default it has none */
  readonly rules?: RuleCounters
  readonly policies: Readonly<Record<FailureClass, FailurePolicy>>
}

export interface OutletParts {
  readonly accounts: Accounts
  readonly deadlines: Deadlines
  /** How many bytes may wait for each appender. */
  readonly maxBytes: number
  readonly log: Surroundings['log']
}

/** `Made`: what an event has become on its way, the line or lines of it. */
export interface Outlet<Made> {
  /** The line or lines of a record; null when filters drop it. Throws what a layout throws. */
  make (record: AuditRecord, facts: ScopeFacts): Made | null
  /** Queues what was made; the promise settles when it is acknowledged, or cannot be soon. */
  accept (made: Made, time: number, kind: number): Promise<void>
  /** Whether an event of so many bytes about the log itself can be taken now. */
  hasRoom (bytes: number): boolean
  /** Events that wait. */
  readonly queued: number
  readonly queuedBytes: number
  appenders (): Record<string, AppenderStatus>
  probe (): void
  /** Refuses acknowledgements that were waited for too long. Whether anything waits still. */
  expire (): boolean
  flush (): Promise<void>
  /** Writes what waits before it returns. `isLast`: the process ends, and what cannot be written has no other chance. */
  writeNow (isLast: boolean): void
  close (): Promise<void>
}

/** What the status of an appender that ships has beside that of any other. */
export function shippingOf (appender: Appender): Pick<AppenderStatus, 'shipping'> {
  return appender.shipping === undefined ? {} : { shipping: appender.shipping() }
}

/** One appender for everything, without filters of its own. */
export function createSingleOutlet ({ name, type, appender, layout, durability }: Destination, { accounts, deadlines, maxBytes }: OutletParts): Outlet<string> {
  const delivery = createDelivery({ appender, observer: accounts, deadlines, maxBytes, durability })
  const { queue } = delivery
  return {
    make: layout,
    accept: delivery.accept,
    hasRoom: bytes => queue.hasRoom(bytes),
    get queued () { return queue.lines },
    get queuedBytes () { return queue.bytes },
    appenders () {
      const { writtenEvents: written, lostEvents: lost, failures, lastError } = accounts
      return { [name]: { type, durability, state: delivery.failure === null ? 'ok' : 'degraded', written, lost, queued: queue.lines, queuedBytes: queue.bytes, failures, lastError, ...shippingOf(appender), rules: NO_RULES } }
    },
    probe: delivery.probe,
    expire: delivery.expire,
    flush: delivery.flush,
    writeNow: delivery.writeNow,
    close: delivery.close
  }
}
