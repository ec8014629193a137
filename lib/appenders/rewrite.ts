// The settings of `type: rewrite`: an appender that writes nothing itself, and stands in front of
// others. Listed by config/appenders; what its policy does is in trail/fields/rewrite, the way of an
// event through it in trail/ways.
import type { FromSchema } from '../config/from-schema.js'

/** One of `appenders` with `type: rewrite`, as Kibana's. */
export const rewriteSchema = {
  type: 'object',
  title: 'a rewrite appender',
  description: 'Changes events on their way to other appenders, which it names.',
  properties: {
    type: { const: 'rewrite' },
    appenders: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, title: 'the name of one of appenders' },
      description: 'The names of the appenders that have what is rewritten; other rewrites may be among them.'
    },
    policy: {
      type: 'object',
      title: 'a policy with type: meta, mode and properties',
      description: 'What is changed.',
      additionalProperties: false,
      required: ['type', 'properties'],
      properties: {
        type: { const: 'meta' },
        mode: { enum: ['update', 'remove'], default: 'update', description: 'update changes properties that exist, and adds none; remove takes them out.' },
        properties: {
          type: 'array',
          description: 'The properties, each with its path and, for update, its value.',
          items: {
            type: 'object',
            title: 'an object with path and, for update, value',
            additionalProperties: false,
            required: ['path'],
            properties: {
              path: { type: 'string', minLength: 1, title: 'a field such as "user.name"', description: 'The property, by its path.' },
              value: { type: ['string', 'number', 'boolean', 'null'], description: 'What stands in its place.' }
            }
          }
        }
      }
    }
  },
  required: ['type', 'appenders', 'policy'],
  additionalProperties: false
} as const

export type RewriteConfig = FromSchema<typeof rewriteSchema>
