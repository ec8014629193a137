// Which trace a request belongs to. `trace.id` is what joins this log to Elasticsearch's own
// audit log and to every other log of the same request; scope.ts asks once for each request.
import { randomFillSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TraceHeaders } from '../contracts.js'
import type { RequestIdSettings } from './settings.js'
import { createTrust } from './trusted-senders.js'

/** The longest request id of others that is taken over, in characters. */
const MAX_REQUEST_ID = 128

const hex = (digits: number): string => '[0-9a-f]'.repeat(digits)
const zeros = (digits: number): string => '0'.repeat(digits)
/**
 * W3C Trace Context, section 3.2: version 00, and what later versions may append. Written out for
 * each digit: a regular expression that counts takes three times as long.
 */
const TRACEPARENT = new RegExp(`^(?!ff)${hex(2)}-(?!${zeros(32)})${hex(32)}-(?!${zeros(16)})${hex(16)}-${hex(2)}(?:-.*)?$`)
const W3C_TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
/** An id that an application made itself and that is long enough to be unique: a UUID, a ULID, a nanoid. */
const GOOD_REQUEST_ID = /^[\w.:-]{16,128}$/
const CONTROL_CHARACTERS = /\p{Cc}/gu

const NO_HEADERS: IncomingMessage['headers'] = Object.freeze({})

export interface Trace {
  readonly id: string
  /** The W3C header that came with the request, where the id is of it. */
  readonly traceparent?: string
}

export interface TraceSource {
  /** The trace of a request; `requestId` is the id that the application gave it, if it has come so far. */
  traceOf (raw: IncomingMessage, requestId: string | undefined): Trace
  /** What to send on to other services. */
  headersOf (trace: Trace): TraceHeaders
}

/**
 * Finds the trace of requests: from `traceparent`; else from `X-Opaque-Id` or `X-Request-Id`
 * of senders that the settings trust; else the request's id, when the application generates
 * ids that can be told apart; else a new W3C trace id.
 *
 * @throws {AUDIT_ERR_OPTION} `ipAllowlist` holds something else than addresses and ranges
 */
export function createTraceSource (settings: RequestIdSettings, requestIdHeader: string | false): TraceSource {
  const { allowFromAnyIp, ipAllowlist } = settings
  const trusts = allowFromAnyIp ? () => true : createTrust(ipAllowlist, 'requestId.ipAllowlist')
  const random = createRandomHex()

  return {
    traceOf (raw, requestId) {
      const headers = raw.headers ?? NO_HEADERS
      const traceparent = headers.traceparent
      // The hot path: tested, and cut out, which is half the price of matching it.
      if (typeof traceparent === 'string' && (traceparent.length === 55 || !traceparent.startsWith('00')) && TRACEPARENT.test(traceparent)) {
        return { id: traceparent.slice(3, 35), traceparent }
      }
      const trusted = trusts(raw)
      if (trusted) {
        const id = cleanRequestId(headers['x-opaque-id']) || cleanRequestId(headers['x-request-id'])
        if (id) return { id }
      }
      // What an application's generator makes may be a number, whatever its type says, or what the sender asked for.
      const id = requestId === undefined ? '' : String(requestId)
      const isSenders = (requestIdHeader !== false && headers[requestIdHeader] !== undefined) || id === headers['x-request-id'] || id === headers['x-opaque-id']
      if ((trusted || !isSenders) && GOOD_REQUEST_ID.test(id)) return { id }
      return { id: random(16) }
    },
    headersOf ({ id, traceparent }) {
      if (!W3C_TRACE_ID.test(id)) return { 'x-opaque-id': id }
      const flags = traceparent === undefined ? '00' : traceparent.slice(53, 55)
      return { 'x-opaque-id': id, traceparent: `00-${id}-${random(8)}-${flags}` }
    }
  }
}

function cleanRequestId (header: string | string[] | undefined): string {
  return typeof header === 'string' ? header.replace(CONTROL_CHARACTERS, '').trim().slice(0, MAX_REQUEST_ID) : ''
}

/** Random hexadecimal text; the bytes are drawn in stock, which is what makes it cheap. */
function createRandomHex (): (bytes: number) => string {
  const stock = Buffer.allocUnsafe(4096)
  let used = stock.length
  return function randomHex (bytes) {
    if (used + bytes > stock.length) {
      randomFillSync(stock)
      used = 0
    }
    used += bytes
    return stock.toString('hex', used - bytes, used)
  }
}
