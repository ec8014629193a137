// Which trace a request belongs to. `trace.id` is what joins this log to Elasticsearch's own
// audit log and to every other log of the same request; scope.ts asks once for each request.
import { randomFillSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { TraceHeaders } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import type { RequestIdSettings } from './settings.js'

/** The longest request id of others that is taken over, in characters. */
const MAX_REQUEST_ID = 128

/** W3C Trace Context, section 3.2: version 00, and what later versions may append. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/
const W3C_TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
/** An id that an application made itself and that is long enough to be unique: a UUID, a ULID, a nanoid. */
const GOOD_REQUEST_ID = /^[\w.:-]{16,128}$/
const CONTROL_CHARACTERS = /\p{Cc}/gu

const NO_HEADERS: IncomingMessage['headers'] = Object.freeze({})

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
 * @throws {AUDIT_ERR_OPTION} `ipAllowlist` holds something else than addresses and ranges; `ipAllowlistFaults` finds all of them
 */
export function createTraceSource (settings: RequestIdSettings, requestIdHeader: string | false): TraceSource {
  const trusts = createTrust(settings)
  const random = createRandomHex()

  return {
    traceOf (raw, requestId) {
      const headers = raw.headers ?? NO_HEADERS
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
      // What an application's generator makes may be a number, whatever its type says, or what the sender asked for.
      const id = requestId === undefined ? '' : String(requestId)
      const isSenders = (requestIdHeader !== false && headers[requestIdHeader] !== undefined) || id === headers['x-request-id'] || id === headers['x-opaque-id']
      if ((trusted || !isSenders) && GOOD_REQUEST_ID.test(id)) return { id }
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

/**
 * Makes the question whether the sender of a request, the other end of its socket, is one of those listed.
 *
 * @throws {AUDIT_ERR_OPTION} an entry of `setting` is no address and no range
 */
export function createTrust ({ allowFromAnyIp, ipAllowlist }: RequestIdSettings, setting = 'requestId.ipAllowlist'): (raw: IncomingMessage) => boolean {
  if (allowFromAnyIp) return () => true
  if (ipAllowlist.length === 0) return () => false
  const allowed = new BlockList()
  for (const entry of ipAllowlist) {
    const range = parseRange(entry)
    if (range === null) throw new AUDIT_ERR_OPTION(`${setting}: ${rangeFault(entry)}`)
    allowed.addSubnet(range.address, range.prefix, range.family)
  }
  return function trusts (raw) {
    const address = raw.socket?.remoteAddress
    return address !== undefined && isIP(address) !== 0 && allowed.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
}

/** An address or a range in CIDR notation; null for anything else. */
function parseRange (entry: string): { address: string, prefix: number, family: 'ipv4' | 'ipv6' } | null {
  const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const version = address === undefined ? 0 : isIP(address)
  if (address === undefined || version === 0) return null
  const most = version === 4 ? 32 : 128
  const prefix = bits === undefined ? most : Number(bits)
  return prefix > most ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

const rangeFault = (entry: string): string => `expected an IP address or a range such as "10.0.0.0/8", got ${JSON.stringify(entry)}`

/** What is wrong with an `ipAllowlist` that its schema accepts: entries that are no address and no range. */
export function ipAllowlistFaults (entries: readonly string[]): { readonly path: readonly number[], readonly message: string }[] {
  return entries.flatMap((entry, index) => parseRange(entry) === null ? [{ path: [index], message: rangeFault(entry) }] : [])
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
