// The settings of differences, `xpack.security.audit.savedObjectDiff`, by Kibana's names.
// Gathered by config/schema; before-write.ts is handed what `differencesOf` makes of them.
import type { FromSchema } from '../config/from-schema.js'
import { sizeSchema, sizeToBytes } from '../config/units.js'
import { createDifference, type Redacts } from './difference.js'

/** `savedObjectDiff`. */
export const savedObjectDiffSchema = {
  type: 'object',
  description: 'Whether writes record what they change of an object, field by field, as kibana.diff.',
  additionalProperties: false,
  properties: {
    enabled: { type: 'boolean', default: false, description: 'Whether differences are recorded.' },
    typesToInclude: {
      type: 'array',
      items: { type: 'string', minLength: 1, title: 'the type of an object such as "dashboard"' },
      default: [],
      description: 'The types of objects whose differences are recorded. At least one, where they are.'
    },
    fieldSizeLimit: {
      ...sizeSchema,
      default: '48kb',
      description: 'How large a value may be, as JSON. In the place of a larger one stands: Value above fieldSizeLimit.'
    },
    oldValues: {
      type: 'boolean',
      default: true,
      description: 'Whether objects are read before they are written, so that what was there before is known. One read for each call.'
    },
    fieldsToRedact: {
      type: 'array',
      items: { type: 'string', minLength: 1, title: 'the name of a field or a path such as "config.uri"' },
      default: [],
      description: 'Further fields whose values are replaced by [redacted], beside those that look like a secret by their name: a name, at any depth, or a path from the top such as "config.uri".'
    }
  }
} as const

type DiffSettings = Required<FromSchema<typeof savedObjectDiffSchema>>

/** Differences that are recorded of no type would be a setting without effect. */
export function noTypesFault (enabled: unknown, diff: unknown): string | null {
  const { typesToInclude = [] } = (diff ?? {}) as Partial<DiffSettings>
  return enabled === true && typesToInclude.length === 0 ? 'expected false, or beside it typesToInclude with at least one type, got true' : null
}

/** Of which objects differences are recorded, and how. */
export interface Differences {
  readonly types: ReadonlySet<string>
  /** Whether objects are read before they are written. */
  readonly readsOld: boolean
  /** For how long a write waits for that, in milliseconds. */
  readonly timeout: number
  readonly between: ReturnType<typeof createDifference>
}

/** @param redactionOf makes what finds secrets, of further names of secrets */
export function differencesOf (settings: DiffSettings, timeout: number, redactionOf: (further: readonly string[]) => Redacts): Differences | undefined {
  if (!settings.enabled) return undefined
  const { typesToInclude, fieldSizeLimit, oldValues, fieldsToRedact } = settings
  const isPath = (field: string): boolean => field.includes('.')
  return {
    types: new Set(typesToInclude),
    readsOld: oldValues,
    timeout,
    between: createDifference({
      maxBytes: sizeToBytes(fieldSizeLimit), redaction: redactionOf(fieldsToRedact.filter((field) => !isPath(field))), secretPaths: fieldsToRedact.filter(isPath)
    })
  }
}
