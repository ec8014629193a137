// Which trace a request belongs to. `trace.id` is what joins this log to Elasticsearch's own
// audit log and to every other log of the same request; scope.ts asks once for each request.
import { randomFillSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { TraceHeaders } from '../contracts.js'
import { AUDIT_ERR_CONFIG } from '../errors.js'
import type { RequestIdSettings } from './settings.js'

/** The longest request id of others that is taken over, in characters. */
const MAX_REQUEST_ID = 128

/** W3C Trace Context, section 3.2: version 00, and what later versions may append. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/
const W3C_TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
/** An id that an application made itself and that is long enough to be unique: a UUID, a ULID, a nanoid. */
const GOOD_REQUEST_ID = /^[\w.:-]{16,128}$/
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g

export interface Trace {
  readonly id: string
  /** The W3C trace flags that came with the request. */
  readonly flags?: string
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
 * @throws {AUDIT_ERR_CONFIG} `requestId.ipAllowlist` holds something else than addresses and ranges
 */
export function createTraceSource (settings: RequestIdSettings, requestIdHeader: string | false): TraceSource {
  const trusts = createTrust(settings)
  const random = createRandomHex()

  return {
    traceOf (raw, requestId) {
      const { headers } = raw
      const traceparent = headers.traceparent
      if (typeof traceparent === 'string') {
        const [, id, flags] = TRACEPARENT.exec(traceparent) ?? []
        if (id !== undefined && (traceparent.length === 55 || !traceparent.startsWith('00'))) return { id, flags }
      }
      const trusted = trusts(raw)
      if (trusted) {
        const id = cleanRequestId(headers['x-opaque-id']) || cleanRequestId(headers['x-request-id'])
        if (id) return { id }
      }
      const isSenders = requestIdHeader !== false && headers[requestIdHeader] !== undefined
      if (requestId !== undefined && (trusted || !isSenders) && GOOD_REQUEST_ID.test(requestId)) return { id: requestId }
      return { id: random(16) }
    },
    headersOf ({ id, flags }) {
      if (!W3C_TRACE_ID.test(id)) return { 'x-opaque-id': id }
      return { 'x-opaque-id': id, traceparent: `00-${id}-${random(8)}-${flags ?? '00'}` }
    }
  }
}

function cleanRequestId (header: string | string[] | undefined): string {
  return typeof header === 'string' ? header.replace(CONTROL_CHARACTERS, '').trim().slice(0, MAX_REQUEST_ID) : ''
}

/** Whether the sender of a request, the other end of its socket, is one whose request ids are believed. */
function createTrust ({ allowFromAnyIp, ipAllowlist }: RequestIdSettings): (raw: IncomingMessage) => boolean {
  if (allowFromAnyIp) return () => true
  if (ipAllowlist.length === 0) return () => false
  const allowed = new BlockList()
  for (const [i, entry] of ipAllowlist.entries()) {
    const [address = '', prefix, ...rest] = entry.split('/')
    const family = isIP(address)
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
    if (family === 0 || rest.length > 0 || !(bits <= (family === 4 ? 32 : 128))) {
      throw new AUDIT_ERR_CONFIG(`xpack.security.audit.requestId.ipAllowlist[${i}]: expected an IP address or a range such as "10.0.0.0/8", got ${JSON.stringify(entry)}`)
    }
    allowed.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  }
  return function trusts (raw) {
    const address = raw.socket?.remoteAddress
    return address !== undefined && isIP(address) !== 0 && allowed.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
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
