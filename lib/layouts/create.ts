// The settings of `layout`, and the layout that they ask for. Every appender's schema holds
// `layoutSchema`; whoever builds an appender calls `createLayout`.
import type { FromSchema } from '../config/from-schema.js'
import type { Layout } from '../contracts.js'
import { createJsonLayout } from './json.js'
import { createPatternLayout, DEFAULT_PATTERN } from './pattern.js'

/** `type: json`: one ECS object per line. */
const jsonLayoutSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { const: 'json' }
  }
} as const

/** `type: pattern`: a line for people. */
const patternLayoutSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { const: 'pattern' },
    pattern: {
      type: 'string',
      minLength: 1,
      default: DEFAULT_PATTERN,
      title: 'a pattern such as "[%date][%level][%logger] %message"',
      description: 'Placeholders: %date, %date{ISO8601}, %date{ISO8601_TZ}, %date{ABSOLUTE}, %date{UNIX}, %date{UNIX_MILLIS}, each with an optional time zone such as {America/Los_Angeles}, %level, %logger, %message, %meta, %pid.'
    },
    highlight: { type: 'boolean', default: false, description: 'Colours the level and the logger for a terminal.' }
  }
} as const

/** How a record reads. */
export const layoutSchema = {
  type: 'object',
  title: 'a layout',
  default: { type: 'json' },
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [jsonLayoutSchema, patternLayoutSchema]
} as const

/** The settings of one layout. */
export type LayoutConfig = FromSchema<typeof layoutSchema>

/**
 * Makes the layout that the settings ask for.
 *
 * @throws {AUDIT_ERR_OPTION} the pattern names a date format or a time zone that does not exist
 */
export function createLayout (config: LayoutConfig): Layout {
  switch (config.type) {
    case 'json': return createJsonLayout()
    case 'pattern': return createPatternLayout({ pattern: config.pattern ?? DEFAULT_PATTERN, highlight: config.highlight ?? false })
  }
}
