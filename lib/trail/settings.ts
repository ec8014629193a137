// The settings of what is promised about every event: how sure it is to be there, and what may
// wait. Gathered by config/schema; `on_failure` stands with the code that obeys it.
import { durationSchema, sizeSchema } from '../config/units.js'

/** `durability`. */
export const durabilitySchema = {
  enum: ['none', 'write', 'fsync'],
  default: 'write',
  description: 'What an acknowledgement means: none (the event is in the queue), write (the operating system has it: it survives the end of the process), fsync (the disk has it: it survives a loss of power).'
} as const

/** `max_event_bytes`. */
export const maxEventBytesSchema = {
  ...sizeSchema,
  default: '1mb',
  description: 'How many bytes an event may have as a line. The longest texts of a larger one are cut; labels.audit_truncated says which, and how many bytes they had.'
} as const

/** `queue`: what may wait to be written, and for how long anybody waits for it. */
export const queueSchema = {
  type: 'object',
  description: 'What may wait to be written, and for how long anybody waits for it.',
  additionalProperties: false,
  properties: {
    max_bytes: { ...sizeSchema, default: '64mb', description: 'How many bytes may wait. Events beyond them are lost, counted and told; on_failure applies.' },
    timeout: { ...durationSchema, default: '10s', description: 'How long anybody waits for an event to be written, for the user, session or space of a request, or for the name of an object. Then on_failure applies; the event goes on waiting in the queue.' }
  }
} as const

/** `xpack.security.audit.lifecycle_events`. */
export const lifecycleEventsSchema = {
  type: 'boolean',
  default: true,
  description: 'Whether the log says when it was started, with which settings, and when it was stopped: audit_started, audit_stopped.'
} as const

/** `authentication`: what events about logins tell. */
export const authenticationSchema = {
  type: 'object',
  description: 'What is recorded of logins.',
  additionalProperties: false,
  properties: {
    record_attempted_name: {
      type: 'boolean',
      description: 'Whether a failed login is recorded with the name that was tried, as labels.attempted_user_name. People type passwords in its place.',
      default: false
    }
  }
} as const
