// The settings of the whole section `xpack.security.audit`: the schemas of the parts,
// gathered, and what only the parts can check. Called by plugin.ts; docs/configuration.md and
// the schema for editors (editor-schema.ts) are held against it.
import { appenderSchema, defaultAppender } from '../appenders/create.js'
import { earlyBodyFault, lateBlockFault, maxSizeFault } from '../http/detail-settings.js'
import { securitySchema } from '../http/security-settings.js'
import { httpSchema, requestIdSchema } from '../http/settings.js'
import { rangeFault } from '../http/trusted-senders.js'
import { eventBytesFault } from '../layouts/limit.js'
import { noTypesFault, savedObjectDiffSchema } from '../repository/difference-settings.js'
import { savedObjectsSchema } from '../repository/settings.js'
import { fieldsSchema, hashKeyFault } from '../trail/fields/settings.js'
import { ignoreFiltersSchema } from '../trail/filter.js'
import { onFailureSchema } from '../trail/on-failure.js'
import { fallbackSchema, routeModeSchema, routesSchema } from '../trail/routes.js'
import { authenticationSchema, durabilitySchema, lifecycleEventsSchema, maxEventBytesSchema, queueSchema } from '../trail/settings.js'
import { type Policies, voidPolicyFault } from '../trail/void-policies.js'
import { allowSilencingFailuresSchema, includeFiltersSchema } from '../trail/wanted.js'
import { appenderChecks, appendersChecks, appendersSchema, type NamedAppender } from './appenders.js'
import type { Complete } from './defaults.js'
import type { FromSchema } from './from-schema.js'
import { fieldChecks, ruleChecks } from './rule-checks.js'
import { EACH, type SettingCheck } from './validate.js'

/** `xpack.security.audit`. */
export const auditSchema = {
  type: 'object',
  description: 'The audit log: who did what, to which object, when, and whether it was allowed.',
  additionalProperties: false,
  properties: {
    enabled: { type: 'boolean', description: 'Whether events are recorded.', default: false },
    appender: { ...appenderSchema, default: defaultAppender },
    appenders: appendersSchema,
    routes: { ...routesSchema, default: [] },
    route_mode: routeModeSchema,
    fallback: fallbackSchema,
    durability: durabilitySchema,
    lifecycle_events: lifecycleEventsSchema,
    on_failure: { ...onFailureSchema, default: {} },
    queue: { ...queueSchema, default: {} },
    max_event_bytes: maxEventBytesSchema,
    ignore_filters: { ...ignoreFiltersSchema, default: [] },
    include_filters: { ...includeFiltersSchema, default: [] },
    allow_silencing_failures: { ...allowSilencingFailuresSchema, default: [] },
    fields: { ...fieldsSchema, default: {} },
    include_saved_object_names: {
      type: 'boolean',
      description: 'Whether the name of an object is recorded beside its id, as kibana.saved_object.name.',
      default: true
    },
    savedObjectDiff: { ...savedObjectDiffSchema, default: {} },
    authentication: { ...authenticationSchema, default: {} },
    http: { ...httpSchema, default: {} },
    security: { ...securitySchema, default: {} },
    requestId: { ...requestIdSchema, default: {} },
    saved_objects: { ...savedObjectsSchema, default: {} }
  }
} as const

/** What a user may write: every key may be left out. */
export type AuditConfig = Omit<FromSchema<typeof auditSchema>, 'appenders'> & { readonly appenders?: Readonly<Record<string, NamedAppender>> }

/** The settings once defaults are filled in. */
export type Settings = Complete<typeof auditSchema>

/** What a JSON Schema cannot say: patterns that do not compile, date formats and time zones that do not exist, policies that could not be kept. */
export const settingChecks: readonly SettingCheck[] = [
  { path: ['on_failure'], beside: ['durability'], fault: (policies, durability) => voidPolicyFault(policies as Policies, durability) },
  { path: ['on_failure', 'http'], beside: ['http'], fault: (policy, http) => lateBlockFault(policy, http as object | undefined) },
  { path: ['http', 'body', 'content_types'], beside: ['http'], fault: (types, http) => earlyBodyFault(types as unknown[], http as object | undefined) },
  { path: ['http', 'body', 'max_size'], fault: (size) => maxSizeFault(String(size)) },
  ...ruleChecks('ignore_filters', EACH),
  ...ruleChecks('include_filters', EACH),
  ...fieldChecks('fields'),
  { path: ['savedObjectDiff', 'enabled'], beside: ['savedObjectDiff'], fault: noTypesFault },
  { path: ['max_event_bytes'], fault: (size) => eventBytesFault(String(size)) },
  { path: ['fields', 'hash'], beside: ['fields'], fault: hashKeyFault },
  { path: ['requestId', 'ipAllowlist', EACH], fault: (range) => rangeFault(String(range)) },
  { path: ['security', 'trusted_proxies', EACH], fault: (range) => rangeFault(String(range)) },
  ...appenderChecks('appender'),
  ...appendersChecks
]
