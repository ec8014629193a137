// The settings of security events: which are recorded, and which headers only the inside may
// set (`security`). Gathered by config/schema, obeyed by security.ts.
import type { FromSchema } from '../config/from-schema.js'

export const securitySchema = {
  type: 'object',
  description: 'Which events about attacks and refusals are recorded, and which headers a request from outside may not have.',
  additionalProperties: false,
  properties: {
    missing_privileges: {
      type: 'boolean',
      default: true,
      description: 'Record missing_privileges for a request that is answered with 403 and has said no failure of its own.'
    },
    bad_requests: {
      type: 'boolean',
      default: true,
      description: 'Record bad_headers for what is sent to the server and is no HTTP.'
    },
    tls_errors: {
      type: 'boolean',
      default: true,
      description: 'Record tls_error for TLS handshakes that fail, and for client certificates that are not valid.'
    },
    connection_events_per_second: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 10,
      description: 'So many events of bad_requests, and as many of tls_errors, are recorded in a second. What is left out is counted in labels.left_out_events.'
    },
    internal_headers: {
      type: 'array',
      items: { type: 'string', title: 'the name of a header, in which * stands for any characters, such as "x-internal-*"', pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
      default: [],
      description: 'Headers that only trusted_proxies may set: names, in which * stands for any characters.'
    },
    trusted_proxies: {
      type: 'array',
      items: { type: 'string', title: 'an IP address or a range such as "10.0.0.0/8"', minLength: 1 },
      default: [],
      description: 'The addresses that may set internal_headers: the other ends of the connections, whatever X-Forwarded-For says.'
    },
    on_bad_headers: {
      enum: ['refuse', 'record'],
      default: 'refuse',
      description: 'What becomes of a request with internal headers from elsewhere: refuse (400, before any handler runs), or record (it goes on). Both are recorded as bad_headers.'
    }
  }
} as const

export type SecuritySettings = Required<FromSchema<typeof securitySchema>>
