// What has become of the events that are shipped, and when operators are told. Part of forwarder.ts.
import type { ShippingStatus, Surroundings } from '../../contracts.js'

/** So often operators are told of events that are rejected. Milliseconds. */
const TELL_EVERY = 60_000

export interface Counters {
  readonly sent: number
  readonly rejected: number
  readonly retries: number
  readonly lastError: ShippingStatus['lastError']
  delivered (events: number): void
  rejectedEvents (events: number, reason: string): void
  failed (error: NodeJS.ErrnoException): void
  recovered (): void
}

export function createCounters ({ log, now }: Pick<Surroundings, 'log' | 'now'>): Counters {
  let sent = 0
  let rejected = 0
  let retries = 0
  let lastError: ShippingStatus['lastError'] = null
  let isFailing = false
  let told = -Infinity
  return {
    get sent () { return sent },
    get rejected () { return rejected },
    get retries () { return retries },
    get lastError () { return lastError },
    delivered (events) { sent += events },
    rejectedEvents (events, reason) {
      rejected += events
      if (now() - told < TELL_EVERY) return
      told = now()
      log.error({ rejected, reason }, 'fastify-audit: the other side will not take some audit events. They are in dead-letters.ndjson, beside the spool')
    },
    failed (error) {
      retries++
      lastError = { code: error.code ?? error.name, message: error.message, time: new Date(now()).toISOString() }
      // Told once for each outage. Not the error itself: clients put requests into theirs, with what is secret in them.
      if (!isFailing) log.error({ reason: lastError }, 'fastify-audit: audit events cannot be sent. They wait in the spool')
      isFailing = true
    },
    recovered () {
      if (isFailing) log.info({}, 'fastify-audit: audit events are being sent again')
      isFailing = false
    }
  }
}
