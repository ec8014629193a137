// The settings of what a request tells: which requests are recorded and when (`http`), and
// whose request ids are believed (`requestId`, by Kibana's names). Gathered by config/schema.
import type { FromSchema } from '../config/from-schema.js'
import { detailProperties, type DetailSettings } from './detail-settings.js'

export const httpSchema = {
  type: 'object',
  description: 'Which requests are recorded as http_request events, and when.',
  additionalProperties: false,
  properties: {
    hook: {
      enum: ['onRequest', 'preHandler'],
      default: 'onRequest',
      description: 'The phase after which a request is recorded: onRequest, or preHandler for applications that authenticate later.'
    },
    ignore_paths: {
      type: 'array',
      items: { type: 'string', title: 'a path such as "/health"', pattern: '^/' },
      default: [],
      description: 'Requests to exactly these paths (without query) are not recorded. For health checks.'
    },
    ...detailProperties
  }
} as const

export const requestIdSchema = {
  type: 'object',
  description: 'Whose X-Opaque-Id or X-Request-Id becomes trace.id, as server.requestId in kibana.yml.',
  additionalProperties: false,
  properties: {
    allowFromAnyIp: {
      type: 'boolean',
      default: false,
      description: 'Believe the request id of every client.'
    },
    ipAllowlist: {
      type: 'array',
      items: { type: 'string', title: 'an IP address or a range such as "10.0.0.0/8"', minLength: 1 },
      default: [],
      description: 'Believe the request ids that come from these addresses: those of the proxies in front.'
    }
  }
} as const

export type HttpSettings = Required<Pick<FromSchema<typeof httpSchema>, 'hook' | 'ignore_paths'>> & DetailSettings
export type RequestIdSettings = Required<FromSchema<typeof requestIdSchema>>
