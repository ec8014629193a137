// The settings of repositories, under `xpack.security.audit.saved_objects`. The reader of
// the settings (lib/config) gathers this schema; call.ts is handed the values.

/** `saved_objects`: what is recorded of objects. */
export const savedObjectsSchema = {
  type: 'object',
  description: 'What is recorded of the objects that an audited repository touches.',
  additionalProperties: false,
  properties: {
    unaudited_read_types: {
      type: 'array',
      description: 'Types of objects whose reads (events of type `access`) are not recorded: noise of the platform itself. Writes to them are.',
      items: { type: 'string', minLength: 1, title: 'the type of an object such as "config"' },
      default: ['config', 'telemetry']
    }
  }
} as const

/** What decides which objects are recorded, and how. */
export interface RecordedObjects {
  readonly unaudited_read_types: readonly string[]
  readonly include_saved_object_names: boolean
}
