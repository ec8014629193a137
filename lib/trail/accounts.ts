// What has become of the events: accepted = written + ignored + lost + queued, at every moment.
// Told once for each outage to the application's log, at each change of state to
// `fastify-audit.state` of node:diagnostics_channel, and what was lost, when writing works
// again, in the log itself. Part of trail.ts, told by the delivery.
import diagnostics from 'node:diagnostics_channel'
import type { AuditEvent, AuditStatus, Surroundings } from '../contracts.js'
import { auditEventsLostEvent } from '../events/audit-log.js'
import type { DeliveryObserver } from './delivery-parts.js'

/** The channel of `node:diagnostics_channel` on which changes of state are published. */
export const STATE_CHANNEL = 'fastify-audit.state'

/** A message on `fastify-audit.state`. */
export interface StateChange {
  readonly state: AuditStatus['state']
  readonly previous: AuditStatus['state']
  /** Why nothing can be written, where that is so. */
  readonly error: AuditStatus['lastError']
}

export interface AccountsParts {
  readonly surroundings: Pick<Surroundings, 'now' | 'log'>
  /** Whether operations are refused while nothing can be written. */
  readonly blocks: boolean
  /** The kinds (bits) whose events have to be recorded or the application is to stop. */
  readonly stops: number
  readonly stop: (error: Error) => void
  /** Says an event about the log; false when there is no room for it yet. */
  readonly say: (event: AuditEvent) => boolean
}

interface Loss {
  events: number
  readonly first: number
  last: number
  readonly reason: string
}

export class Accounts implements DeliveryObserver {
  readonly #parts: AccountsParts
  readonly #channel = diagnostics.channel(STATE_CHANNEL)
  accepted = 0
  writtenEvents = 0
  ignored = 0
  lostEvents = 0
  failures = 0
  lastError: AuditStatus['lastError'] = null
  state: AuditStatus['state'] = 'ok'
  /** What was lost and has not been told in the log. */
  #untold: Loss | null = null
  #hasStopped = false

  constructor (parts: AccountsParts) {
    this.#parts = parts
  }

  written (lines: number): void {
    this.writtenEvents += lines
    if (this.#untold !== null) this.tellLoss()
  }

  lost (lines: number, error: Error): void {
    const { now, log } = this.#parts.surroundings
    this.lostEvents += lines
    this.lastError ??= this.shown(error)
    if (this.#untold === null) {
      this.#untold = { events: 0, first: now(), last: 0, reason: reasonOf(error) }
      log.error({ err: error, lost: this.lostEvents }, 'fastify-audit: audit events are being lost')
    }
    this.#untold.events += lines
    this.#untold.last = now()
  }

  failed (error: Error): void {
    this.failures++
    this.lastError = this.shown(error)
    // Told once for each outage: a full disk must not fill the application's log as well.
    if (this.state === 'ok') this.#parts.surroundings.log.error({ err: error }, 'fastify-audit: audit events cannot be written')
    this.#change(this.#parts.blocks ? 'blocked' : 'degraded')
  }

  /** For several appenders, each of which tells of its own outages: what their states come to. */
  become (state: 'ok' | 'degraded' | 'blocked', error: Error | null): void {
    if (error !== null) this.lastError = this.shown(error)
    this.#change(state)
  }

  recovered (): void {
    this.#parts.surroundings.log.info({ lost: this.lostEvents }, 'fastify-audit: the audit log is being written again')
    this.#change('ok')
  }

  refused (kinds: number, error: Error): void {
    if ((kinds & this.#parts.stops) === 0 || this.#hasStopped) return
    this.#hasStopped = true
    this.#parts.stop(error)
  }

  closed (): void {
    this.#change('closed')
  }

  /** Puts what was lost into the log, when there is room for it. */
  tellLoss (): void {
    const loss = this.#untold
    if (loss === null) return
    // Saying it may lose it again, which is to be told again.
    this.#untold = null
    if (!this.#parts.say(auditEventsLostEvent(loss))) this.#untold ??= loss
  }

  /** An error as `status()` shows it. */
  shown (error: NodeJS.ErrnoException): NonNullable<AuditStatus['lastError']> {
    return { code: error.code ?? error.name, message: error.message, time: new Date(this.#parts.surroundings.now()).toISOString() }
  }

  #change (state: AuditStatus['state']): void {
    const previous = this.state
    if (state === previous || previous === 'closed') return
    this.state = state
    if (this.#channel.hasSubscribers) this.#channel.publish({ state, previous, error: state === 'ok' ? null : this.lastError } satisfies StateChange)
  }
}

/** The error, and what it comes from: a full queue alone does not tell that the disk is full. */
function reasonOf (error: NodeJS.ErrnoException): string {
  const own = `${error.code ?? error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own}; ${reasonOf(error.cause)}` : own
}
