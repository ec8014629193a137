// The settings of what is recorded of requests beyond who asked for what: `http.record`,
// `http.details`, `http.headers`, `http.body` and `http.redact`. Gathered by settings.ts.
import type { FromSchema } from '../config/from-schema.js'
import { sizeSchema, sizeToBytes } from '../config/units.js'

const namesSchema = { type: 'array', items: { type: 'string', minLength: 1 }, default: [] } as const

export const detailProperties = {
  record: {
    enum: ['request', 'response', 'both'],
    default: 'request',
    description: 'When a request is recorded: request (as it comes in), response (as it is over, with status, duration and sizes) or both.'
  },
  details: {
    type: 'array',
    items: { enum: ['route', 'referrer', 'user_agent'] },
    default: [],
    description: 'What else is recorded of a request: route (the pattern of its route), referrer, user_agent.'
  },
  headers: {
    type: 'array',
    items: { type: 'string', title: 'the name of a header', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$' },
    default: [],
    description: 'The request headers that are recorded. What looks like a secret is hidden all the same.'
  },
  body: {
    type: 'object',
    description: 'Which request bodies are recorded, and how much of them.',
    additionalProperties: false,
    default: {},
    properties: {
      content_types: {
        type: 'array',
        items: { type: 'string', title: 'a media type such as "application/json"', pattern: '^[^/;\\s]+/[^/;\\s]+$' },
        default: [],
        description: 'The media types of the bodies whose content is recorded, without parameters.'
      },
      max_size: {
        ...sizeSchema,
        default: '2kb',
        description: 'How much of a body is recorded; what is cut is marked. At most 32766b.'
      }
    }
  },
  redact: {
    type: 'object',
    description: 'What is hidden of requests, beside what looks like a secret by its name.',
    additionalProperties: false,
    default: {},
    properties: {
      query: { ...namesSchema, description: 'Further names of query parameters whose values are replaced by [redacted].' },
      headers: { ...namesSchema, description: 'Further names of headers whose values are replaced by [redacted].' },
      body: { ...namesSchema, description: 'Further fields of bodies whose values are replaced by [redacted]: a name, at any depth, or a path from the top such as "customer.iban"; places in lists do not count.' }
    }
  }
} as const

type Detail = { readonly [K in keyof typeof detailProperties]: FromSchema<typeof detailProperties[K]> }

/** The settings once defaults are filled in. */
export interface DetailSettings extends Pick<Detail, 'record' | 'details' | 'headers'> {
  readonly body: Required<Detail['body']>
  readonly redact: Required<Detail['redact']>
}

/** The longest text that an event may hold. */
const MAX_CONTENT = 32_766

/** What is wrong with `http.body.max_size`, or null. */
export const maxSizeFault = (size: string): string | null =>
  sizeToBytes(size) <= MAX_CONTENT ? null : `expected a size of at most ${MAX_CONTENT}b, got ${JSON.stringify(size)}`

/** `http`, as it is written. */
interface Written {
  readonly hook?: unknown
  readonly record?: unknown
}

/** A request that is recorded before its body has come cannot tell what is in it. */
export function earlyBodyFault (contentTypes: readonly unknown[], http: Written | undefined): string | null {
  if (contentTypes.length === 0 || http?.hook === 'preHandler' || (http?.record ?? 'request') !== 'request') return null
  return 'expected an empty list, because a request is recorded before its body is read, or beside it xpack.security.audit.http.hook: preHandler or http.record: response or both'
}

/** An event that is said when a request has been answered cannot hold it up any more. */
export function lateBlockFault (policy: unknown, http: Written | undefined): string | null {
  if (policy !== 'block' || http?.record !== 'response') return null
  return 'expected "continue" or "stop" beside xpack.security.audit.http.record: response, which records requests when they have been answered, or http.record: both, got "block"'
}
