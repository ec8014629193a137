// Why nothing is known about a batch, for operators and for the forwarder, which sends it again.
// Made by setup.ts and sender.ts.
import { AUDIT_ERR_SEND } from '../../errors.js'
import { messageOf } from '../../layouts/plain.js'
import { parseRetryAfter } from '../shipping/retry-after.js'
import type { SendFailure } from '../shipping/sender.js'
import { reasonOf } from './bulk.js'
import type { StoreAnswer } from './connection.js'

/** What operators can do about it, by status. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'username and password, apiKey or serviceAccountToken are not those of a user of the store',
  403: 'the user of the store lacks a privilege',
  404: 'what it asks for is not there'
}

/** The failure that an answer is. `doing`: what was asked for, such as "sending events to elasticsearch". */
export function failureOf (doing: string, { status, body, headers }: StoreAnswer): SendFailure {
  const { error } = Object(body) as { readonly error?: unknown }
  const reason = typeof error === 'object' ? reasonOf(error as object) : typeof error === 'string' ? reasonOf({ reason: error }) : 'no reason was given'
  const advice = ADVICE[status] === undefined ? '' : ` (${ADVICE[status]})`
  const failure: SendFailure = new AUDIT_ERR_SEND(`${doing}: the answer was ${status}${advice}: ${reason}`)
  const wait = parseRetryAfter(headers['retry-after'] as string | undefined, Date.now())
  return wait === undefined ? failure : Object.assign(failure, { retryAfter: wait })
}

/** The failure that there was no answer. */
export function noAnswer (doing: string, cause: unknown): SendFailure {
  return new AUDIT_ERR_SEND(`${doing}: no answer: ${messageOf(cause)}`, { cause })
}
