// The settings of repositories, under `xpack.security.audit.saved_objects`. The reader of
// the settings (lib/config) gathers this schema; described-call.ts is handed what `recordedObjects` makes of it.
import type { FromSchema } from '../config/from-schema.js'
import type { AuditEvent, EventOutcome, EventType, NameOf, ObjectReference, Operation } from '../contracts.js'
import { type Differences, differencesOf, type savedObjectDiffSchema } from './difference-settings.js'
import type { Redacts } from './difference.js'
import { createNameOf } from './object-reference.js'

/** `saved_objects`: what is recorded of objects. */
export const savedObjectsSchema = {
  type: 'object',
  description: 'What is recorded of the objects that an audited repository touches.',
  additionalProperties: false,
  properties: {
    unaudited_read_types: {
      type: 'array',
      description: 'Types of objects whose reads (events of type `access`) are not recorded: noise of the platform itself. Writes to them are, and reads that are refused.',
      items: { type: 'string', minLength: 1, title: 'the type of an object such as "config"' },
      default: ['config', 'telemetry']
    },
    name_attributes: {
      type: 'object',
      description: 'By type of object, the attribute that is its name. Of other types, and where it is no text, it is `name`, else `title`.',
      additionalProperties: { type: 'string', minLength: 1, title: 'the name of an attribute such as "displayName"' },
      default: {}
    },
    look_up_names: {
      type: 'array',
      description: 'Writes of these types read their objects once before they run, so that the name of an object that they do not name themselves stands in the event: deletion, change.',
      items: { enum: ['change', 'deletion'] },
      default: []
    },
    protected: {
      type: 'array',
      description: 'Types of objects that only users with certain roles may touch: each attempt of others is recorded as protected_object_attempt and refused.',
      items: {
        type: 'object',
        title: 'an object with types, roles and, if need be, refuse',
        additionalProperties: false,
        required: ['types', 'roles'],
        properties: {
          types: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1, title: 'the type of an object such as "config"' }, description: 'The types of objects that are protected.' },
          roles: { type: 'array', items: { type: 'string', minLength: 1, title: 'a role such as "admin"' }, description: 'Who has one of these roles may touch them. None: nobody may.' },
          refuse: { type: 'boolean', default: true, description: 'Whether others are refused with 403 before the operation runs. With false, their attempts are recorded and go on.' }
        }
      },
      default: []
    }
  }
} as const

/** What decides which objects are recorded, and how. */
export interface RecordedObjects {
  readonly unaudited_read_types: readonly string[]
  readonly include_saved_object_names: boolean
  /** @default `name`, else `title` */
  readonly nameOf?: NameOf
  /** @default no names are looked up */
  readonly lookUp?: NamesLookUp | undefined
  /** The factories of events that are the same for all calls of an operation. @default they are made for each call */
  readonly spoken?: WeakMap<Operation, Partial<Record<EventOutcome, (object?: ObjectReference) => AuditEvent>>>
  /** @default no differences are recorded */
  readonly differences?: Differences | undefined
  /** @default nothing is protected */
  readonly protection?: Protection | undefined
}

/** What is protected, and from whom. */
export interface Protection {
  readonly rules: readonly ProtectionRule[]
  /** For how long an operation waits for its user, in milliseconds. */
  readonly timeout: number
}

/** Objects of these types may be touched by who has one of these roles. */
export interface ProtectionRule {
  readonly types: readonly string[]
  readonly roles: readonly string[]
  readonly refuse: boolean
}

/** Which writes read their objects before they run, so that their names are known. */
export interface NamesLookUp {
  readonly types: readonly EventType[]
  /** For how long a write waits for that, in milliseconds. */
  readonly timeout: number
}

/**
 * @param timeout for how long anybody waits for a name or a user, in milliseconds
 * @param redactionOf makes what finds secrets, of further names of secrets
 */
export function recordedObjects (settings: RecordedObjectsSettings, timeout: number, redactionOf: (further: readonly string[]) => Redacts): RecordedObjects {
  const { enabled, saved_objects: objects, include_saved_object_names: withNames, savedObjectDiff } = settings
  // Where nothing is recorded, nothing is read and nobody is asked for either.
  return {
    unaudited_read_types: objects.unaudited_read_types,
    include_saved_object_names: withNames,
    nameOf: createNameOf(objects.name_attributes),
    spoken: new WeakMap(),
    lookUp: enabled && withNames && objects.look_up_names.length > 0 ? { types: objects.look_up_names, timeout } : undefined,
    differences: enabled ? differencesOf(savedObjectDiff, timeout, redactionOf) : undefined,
    protection: enabled && objects.protected.length > 0 ? { rules: objects.protected, timeout } : undefined
  }
}

/** The settings that it is made of. */
interface RecordedObjectsSettings {
  readonly enabled: boolean
  readonly include_saved_object_names: boolean
  readonly savedObjectDiff: Required<FromSchema<typeof savedObjectDiffSchema>>
  readonly saved_objects: Omit<Required<FromSchema<typeof savedObjectsSchema>>, 'protected'> & { readonly protected: readonly ProtectionRule[] }
}
