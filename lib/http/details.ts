// What is recorded of requests only where a setting asks for it: route, referrer, user agent,
// headers, body; and, in the event at the end of a request, its duration and sizes. Compiled
// once by requests.ts, which goes without when nothing is set.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AuditEvent } from '../contracts.js'
import { sizeToBytes } from '../config/units.js'
import { messageOf, plainText } from '../layouts/plain.js'
import { type BodyContent, createBodyReader } from './body-content.js'
import type { DetailSettings } from './detail-settings.js'
import { countReceivedBytes } from './received-bytes.js'
import { createRedaction, type Redaction } from './redact.js'
import { createHeaderReader } from './request-headers.js'
import type { RequestLike } from './scope.js'
import { countSentBytes } from './sent-bytes.js'
import type { Ending } from './watch-servers.js'

export interface Details {
  /** Fastify's request of a raw one that has come to its first hook. */
  requestOf (raw: IncomingMessage): FastifyRequest | undefined
  /** The event with what the settings ask for. `ending` is null for the event of a request that comes in. */
  addTo (event: AuditEvent, request: FastifyRequest | RequestLike, ending: Ending | null): AuditEvent
}

/** What is kept of a request until its end. */
interface Kept {
  readonly request: FastifyRequest
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Milliseconds of a clock that nobody sets. */
  readonly started: number
  readonly receivedBytes: () => number
  readonly sentBytes: () => number
  body: BodyContent | null
}

/** Null when the settings ask for nothing; else adds the hooks that are needed. */
export function createDetails (app: FastifyInstance, settings: DetailSettings, redaction: Redaction): Details | null {
  const { record, details, headers, body, redact } = settings
  const withBody = body.content_types.length > 0
  const withEnd = record !== 'request'
  if (!withEnd && !withBody && details.length === 0 && headers.length === 0) return null

  const [withRoute, withReferrer, withUserAgent] = (['route', 'referrer', 'user_agent'] as const).map(detail => details.includes(detail))
  const kept = Symbol('fastify-audit.kept')
  const keptOf = (raw: IncomingMessage): Kept | undefined => (raw as { [kept]?: Kept })[kept]
  const headersOf = createHeaderReader(headers, createRedaction(redact.headers))

  if (withEnd || withBody) {
    app.addHook('onRequest', function keepStart (request: FastifyRequest, reply: FastifyReply, done: () => void) {
      const started: Kept = { request, startedAt: Date.now(), started: performance.now(), receivedBytes: countReceivedBytes(request.raw), sentBytes: withEnd ? countSentBytes(reply.raw) : () => 0, body: null }
      Object.assign(request.raw, { [kept]: started })
      done()
    })
  }
  if (withBody) keepBodies()

  /** Read before validation, which may change it, and before the handler. */
  function keepBodies (): void {
    const types = new Set(body.content_types.map(type => type.toLowerCase()))
    const contentOf = createBodyReader(sizeToBytes(body.max_size), createRedaction(redact.body.filter(name => !name.includes('.'))), redact.body)
    app.addHook('preValidation', function keepBody (request: FastifyRequest, _reply: FastifyReply, done: () => void) {
      const type = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase()
      const start = keptOf(request.raw)
      if (start !== undefined && type !== undefined && types.has(type)) start.body = safely(() => contentOf(request.body))
      done()
    })
  }

  function requestFields (raw: IncomingMessage, isLast: boolean): object {
    const content = isLast ? keptOf(raw)?.body : undefined
    const referrer = withReferrer ? raw.headers?.referer : undefined
    const listed = headersOf(raw.headers ?? {})
    const bytes = withEnd || withBody ? bodyBytes(raw, isLast ? keptOf(raw) : undefined) : undefined
    return {
      ...referrer !== undefined && { referrer: plainText(redaction.url(referrer)) },
      ...listed !== undefined && { headers: listed },
      ...(bytes !== undefined || content) && { body: { ...bytes !== undefined && { bytes }, ...content && { content: content.content } } }
    }
  }

  return {
    requestOf: raw => keptOf(raw)?.request,
    addTo (event, request, ending) {
      const { raw } = request
      const start = keptOf(raw)
      const isLast = ending !== null || record === 'request'
      const route = withRoute ? (request as Partial<FastifyRequest>).routeOptions?.url : undefined
      const userAgent = withUserAgent ? raw.headers?.['user-agent'] : undefined
      const response = withEnd && ending?.statusCode !== undefined && start !== undefined ? { body: { bytes: raw.method === 'HEAD' ? 0 : start.sentBytes() } } : undefined
      return {
        ...event,
        event: withEnd && ending !== null && start !== undefined ? { ...event.event, ...times(start) } : event.event,
        http: {
          ...event.http,
          ...route !== undefined && { route: plainText(route) },
          request: { ...event.http?.request, ...requestFields(raw, isLast) },
          ...(event.http?.response ?? response) && { response: { ...event.http?.response, ...response } }
        },
        ...userAgent !== undefined && { user_agent: { original: plainText(userAgent) } },
        ...isLast && start?.body?.isCut === true && { labels: { http_body_cut: true } }
      }
    }
  }
}

/** `event.start`, `event.end` and, in nanoseconds, `event.duration`. */
function times ({ startedAt, started }: Kept): object {
  const milliseconds = performance.now() - started
  return { start: new Date(startedAt).toISOString(), end: new Date(startedAt + milliseconds).toISOString(), duration: Math.round(milliseconds * 1e6) }
}

/** How many bytes a body has: those that have come, or what its client says of one that has not been waited for. */
function bodyBytes (raw: IncomingMessage, start: Kept | undefined): number | undefined {
  const said = bytesOf(raw.headers?.['content-length'])
  const received = start?.receivedBytes()
  return received === undefined || (received === 0 && said === undefined) ? said : received
}

/** What a client says that its body has; the header is a number of at most 15 digits, or nobody's. */
const bytesOf = (length: string | undefined): number | undefined => length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined

/** A body may be whatever a parser of the application makes of it. */
function safely (read: () => BodyContent | null): BodyContent | null {
  try {
    return read()
  } catch (error) {
    return { content: `[cannot be read: ${messageOf(error).slice(0, 200)}]`, isCut: true }
  }
}
