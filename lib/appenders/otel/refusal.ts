// Why a collector has not taken a batch, and what is to be done about it. Called by the two
// transports of `otel`.
import { AUDIT_ERR_SEND } from '../../errors.js'
import type { SendFailure } from '../shipping/sender.js'

/** The batch as a whole is not acceptable: it is sent again in halves until the event is found. */
export function tooMuch (reason: string): SendFailure {
  return Object.assign(new AUDIT_ERR_SEND(reason), { isTooMuch: true })
}

/** @param retryAfter milliseconds for which the collector asks not to be asked again */
export function notNow (reason: string, retryAfter?: number): SendFailure {
  return Object.assign(new AUDIT_ERR_SEND(reason), retryAfter !== undefined && { retryAfter })
}
