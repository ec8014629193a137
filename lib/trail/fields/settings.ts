// The settings of `fields`: which fields of an event are recorded, which are not, and of which a
// keyed hash stands in the log. Gathered by config/schema; obeyed by compile.ts.
import type { FromSchema } from '../../config/from-schema.js'
import { ignoreFilterSchema } from '../filter.js'
import { MIN_KEY_BYTES } from './hash.js'
import { pathFault } from './path.js'

const pathSchema = { type: 'string', minLength: 1, title: 'a field such as "user.name"' } as const

const fieldRulesSchema = {
  type: 'array',
  items: {
    type: 'object',
    title: 'a field such as "user.name", or an object with fields and when',
    textFor: 'fields',
    additionalProperties: false,
    required: ['fields'],
    properties: {
      fields: { type: 'array', minItems: 1, items: pathSchema, description: 'The fields, by their paths.' },
      when: { ...ignoreFilterSchema, description: 'The events that are meant: those that match this rule.' }
    }
  }
} as const

/** `xpack.security.audit.fields`. */
export const fieldsSchema = {
  type: 'object',
  description: 'Which fields of an event are recorded, which are not, and of which a keyed hash stands in the log.',
  additionalProperties: false,
  properties: {
    include: { ...fieldRulesSchema, default: [], description: 'When there are any, only these fields are recorded, and those that every event has.' },
    exclude: { ...fieldRulesSchema, default: [], description: 'Fields that are not recorded.' },
    hash: { ...fieldRulesSchema, default: [], description: 'Fields in whose place their keyed hash is recorded (HMAC-SHA-256).' },
    hash_key: { type: 'string', minLength: MIN_KEY_BYTES, title: `a secret of ${MIN_KEY_BYTES} characters or more`, description: 'The key of the hashes. Let it come from the environment.' },
    hash_key_file: { type: 'string', minLength: 1, title: 'the path of a file', description: 'The file whose text is the key of the hashes; blanks and line feeds around it do not count.' }
  }
} as const

const { include, exclude, hash } = fieldsSchema.properties

/** `fields` of one of several appenders: the same lists; the key of the hashes is the section's. */
export const ownFieldsSchema = {
  ...fieldsSchema,
  description: 'Which fields this appender has, beside what the fields of the section say. The key of its hashes is that of the section.',
  properties: { include, exclude, hash }
} as const

/** One entry of a list, written out. */
export type FieldRule = Exclude<FromSchema<typeof fieldRulesSchema>[number], string>

/** What is wrong with a path in one of the lists, or null. `include` may list what is recorded anyway. */
export function fieldFault (list: 'include' | 'exclude' | 'hash', path: string): string | null {
  if (list !== 'include') return pathFault(path)
  return path.split('.').includes('') ? `expected a field such as "user.name", got ${JSON.stringify(path)}` : null
}

/** What is wrong with hashes of one of several appenders beside the section's `fields`, or null: there is no key. */
export function ownHashFault (hash: unknown, fields: unknown): string | null {
  const fault = hashKeyFault(hash, fields)
  // Two keys are the section's fault.
  return fault === null || fault.includes('both') ? null : fault.replaceAll('fields.hash_key', 'xpack.security.audit.fields.hash_key').replace(' beside it', '')
}

/** What is wrong with `fields` as a whole, or null: hashes want one key. */
export function hashKeyFault (hash: unknown, fields: unknown): string | null {
  const { hash_key: key, hash_key_file: file } = (fields ?? {}) as { readonly hash_key?: string, readonly hash_key_file?: string }
  if (key !== undefined && file !== undefined) return 'expected one of fields.hash_key and fields.hash_key_file, got both'
  if (Array.isArray(hash) && hash.length > 0 && key === undefined && file === undefined) return 'expected fields.hash_key or fields.hash_key_file beside it, got neither'
  return null
}
