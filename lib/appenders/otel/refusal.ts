// Why a collector has not taken a batch, and what is to be done about it. Called by the two
// transports of `otel`.
import type { SendFailure } from '../shipping/sender.js'

/** The batch as a whole is not acceptable: it is sent again in halves until the event is found. */
export function tooMuch (reason: string): SendFailure {
  return Object.assign(new Error(reason), { isTooMuch: true })
}

/** @param retryAfter milliseconds for which the collector asks not to be asked again */
export function notNow (reason: string, retryAfter?: number): SendFailure {
  return Object.assign(new Error(reason), retryAfter !== undefined && { retryAfter })
}

/** The milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterOf (header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(wait) && wait > 0 ? wait : undefined
}
