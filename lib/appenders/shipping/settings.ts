// What all appenders that ship over a network have in common in the settings: the spool, the
// batches, the pauses between attempts. Spread into the schema of each of them.
import type { FromSchema } from '../../config/from-schema.js'
import { durationSchema, sizeSchema, sizeToBytes } from '../../config/units.js'
import { layoutSchema } from '../../layouts/create.js'

/** Spread into `properties` of the schema of each appender that ships. */
export const shippingProperties = {
  layout: layoutSchema,
  spool: {
    type: 'object',
    title: 'the settings of the spool',
    description: 'Where events wait on the disk until the other side has them.',
    additionalProperties: false,
    default: {},
    properties: {
      path: {
        type: 'string',
        title: 'a path such as "./audit-spool"',
        minLength: 1,
        default: './audit-spool',
        description: 'The folder, relative to the folder that the application runs in. It is made for its owner alone. Each appender needs one of its own; processes with the same settings share it.'
      },
      max_bytes: {
        ...sizeSchema,
        default: '1gb',
        description: 'How many bytes may wait for a process, dead letters included. Beyond that the appender cannot write: on_failure applies.'
      }
    }
  },
  batch: {
    type: 'object',
    title: 'the settings of batches',
    description: 'How many events are sent at once.',
    additionalProperties: false,
    default: {},
    properties: {
      max_events: { type: 'integer', title: 'a number from 1 to 10000', minimum: 1, maximum: 10_000, default: 1000, description: 'How many events are sent at once, at the most.' },
      max_bytes: { ...sizeSchema, default: '5mb', description: 'How many bytes are sent at once, at the most. A single event that is larger is sent alone.' },
      timeout: { ...durationSchema, default: '200ms', description: 'How long an event waits for others, so that they are sent together.' }
    }
  },
  backoff: {
    type: 'object',
    title: 'the settings of the pauses',
    description: 'How long to wait before the other side is asked again that could not be reached, or did not take an event.',
    additionalProperties: false,
    default: {},
    properties: {
      init: { ...durationSchema, default: '1s', description: 'The first pause. Each further one is twice as long, less up to a half by chance.' },
      max: { ...durationSchema, default: '1m', description: 'The longest pause, unless the other side asks for a longer one (Retry-After).' }
    }
  },
  shutdown_timeout: {
    ...durationSchema,
    default: '5s',
    description: 'How long the end of the application waits until what is in the spool is sent. What is left is sent at the next start.'
  }
} as const

/** The settings that `createShippingAppender` reads. */
export type ShippingConfig = FromSchema<{ readonly type: 'object', readonly properties: typeof shippingProperties }>

/**
 * What is wrong with the URL of another side, or null. It is not shown: there may be secrets in it.
 *
 * @param title what is expected, as its schema says it
 */
export function urlFault (url: string, title: string): string | null {
  return URL.canParse(url) ? null : `expected ${title}, got something else`
}

/** Less would be several segments of a few events. */
const LEAST_SPOOL = '1mb'

/** What is wrong with `spool.max_bytes`, or null. */
export function spoolSizeFault (size: string): string | null {
  return sizeToBytes(size) >= sizeToBytes(LEAST_SPOOL) ? null : `expected a size of at least ${JSON.stringify(LEAST_SPOOL)}, got ${JSON.stringify(size)}`
}

const { spool, batch, backoff, shutdown_timeout: shutdownTimeout } = shippingProperties

/** The settings with the defaults that the schema names. */
export function withShippingDefaults (config: ShippingConfig) {
  return {
    spool: { path: config.spool?.path ?? spool.properties.path.default, max_bytes: config.spool?.max_bytes ?? spool.properties.max_bytes.default },
    batch: {
      max_events: config.batch?.max_events ?? batch.properties.max_events.default,
      max_bytes: config.batch?.max_bytes ?? batch.properties.max_bytes.default,
      timeout: config.batch?.timeout ?? batch.properties.timeout.default
    },
    backoff: { init: config.backoff?.init ?? backoff.properties.init.default, max: config.backoff?.max ?? backoff.properties.max.default },
    shutdown_timeout: config.shutdown_timeout ?? shutdownTimeout.default
  }
}
