// `appenders`: several appenders by name, each with what is its own beside its type's settings,
// and the checks that a JSON Schema cannot say. Gathered by schema.ts.
import { resolve } from 'node:path'
import { appenderSchema, type AppenderConfig } from '../appenders/create.js'
import { fromFault } from '../appenders/custom.js'
import { pathOfLog } from '../appenders/file.js'
import { type ShippingConfig, spoolSizeFault, withShippingDefaults } from '../appenders/shipping/settings.js'
import { formatFault, perRequestFault, urlFault } from '../appenders/webhook.js'
import { secretsFault } from '../appenders/webhook-signature.js'
import { lateBlockFault } from '../http/detail-settings.js'
import { patternFault } from '../layouts/pattern.js'
import { ignoreFiltersSchema } from '../trail/filter.js'
import { ownOnFailureSchema } from '../trail/on-failure.js'
import { durabilitySchema } from '../trail/settings.js'
import { type Policies, voidPolicyFault } from '../trail/void-policies.js'
import type { FromSchema } from './from-schema.js'
import { ruleChecks } from './rule-checks.js'
import { EACH, EACH_KEY, type SettingCheck } from './validate.js'

const { default: _, ...durabilityWithoutDefault } = durabilitySchema

/** What an appender of `appenders` has beside the settings of its type. Left out, the section's hold. */
const ownSchema = {
  durability: durabilityWithoutDefault,
  on_failure: ownOnFailureSchema,
  ignore_filters: { ...ignoreFiltersSchema, description: 'Events that match one of these rules do not go to this appender.' }
} as const

/** `appenders`. */
export const appendersSchema = {
  type: 'object',
  title: 'appenders by name',
  description: 'Several appenders by name, in place of `appender`. Each may have a durability, an on_failure and ignore_filters of its own.',
  minProperties: 1,
  additionalProperties: {
    ...appenderSchema,
    oneOf: appenderSchema.oneOf.map(branch => ({ ...branch, properties: { ...branch.properties, ...ownSchema } }))
    // Typed as any appender: what is its own is added by `NamedAppender`.
  } as unknown as typeof appenderSchema
} as const

/** One of `appenders`. */
export type NamedAppender = AppenderConfig & { readonly [K in keyof typeof ownSchema]?: FromSchema<(typeof ownSchema)[K]> }

type Named = Readonly<Record<string, NamedAppender>>

/** What is wrong with a name that is none of `appenders`, or null. */
function nameFault (name: unknown, appenders: unknown): string | null {
  const names = Object.keys(appenders as Named | undefined ?? {})
  if (names.includes(String(name))) return null
  const expected = names.length === 0 ? 'an appender of xpack.security.audit.appenders, of which there is none' : `one of ${names.map(known => JSON.stringify(known)).join(', ')}`
  return `expected ${expected}, got ${JSON.stringify(name)}`
}

function fallbackFault (name: unknown, appenders: unknown): string | null {
  const isAlone = Object.keys(appenders as Named | undefined ?? {}).length === 1
  return nameFault(name, appenders) ?? (isAlone ? `expected another appender beside ${JSON.stringify(name)}, whose fallback it is, got none` : null)
}

function sameFileFault (fileName: unknown, appenders: unknown): string | null {
  const path = pathOfLog(String(fileName), process.cwd())
  const names = Object.entries(appenders as Named).flatMap(([name, config]) => 'fileName' in config && pathOfLog(String(config.fileName), process.cwd()) === path ? [name] : [])
  return names.length < 2 ? null : `expected a file of its own for each appender, got the same one for ${names.join(' and ')}`
}

/** What the section says beside an appender. */
interface Section {
  readonly durability?: unknown
  readonly on_failure?: Policies
  readonly http?: object
}

/** A `block` that could never refuse, because the appender acknowledges before it writes. */
function voidBlockFault (appender: unknown, section: unknown): string | null {
  const own = appender as NamedAppender
  const { durability, on_failure: policies } = section as Section
  // What it has all of the section is the section's fault.
  if (own.durability === undefined && own.on_failure === undefined) return null
  return voidPolicyFault({ ...policies, ...own.on_failure as Policies }, own.durability ?? durability, own.durability === undefined ? undefined : 'its durability')
}

/** The types of appenders that have a spool. */
const shippingTypes = appenderSchema.oneOf.filter(({ properties }) => 'spool' in properties).map(({ properties }) => properties.type.const as string)

/** Two that shared a spool would send what the other has left. */
function sameSpoolFault (appenders: unknown): string | null {
  const names = new Map<string, string>()
  for (const [name, config] of Object.entries(appenders as Named)) {
    if (!shippingTypes.includes(config.type)) continue
    const { spool } = withShippingDefaults(config as ShippingConfig)
    const path = resolve(spool.path)
    const other = names.get(path)
    if (other !== undefined) return `expected a spool.path of its own for each appender that ships, got ${JSON.stringify(spool.path)} for ${other} and ${name}`
    names.set(path, name)
  }
  return null
}

/** What a JSON Schema cannot say of one appender. @param at where it stands */
export function appenderChecks (...at: SettingCheck['path']): readonly SettingCheck[] {
  const ofType = (type: string, fault: (value: unknown, around: unknown) => string | null): SettingCheck['fault'] =>
    (value, _, around) => (around as Partial<AppenderConfig>).type === type ? fault(value, around) : null
  return [
    { path: [...at, 'from'], fault: fromFault },
    { path: [...at, 'layout', 'pattern'], fault: pattern => patternFault(String(pattern)) },
    { path: [...at, 'spool', 'max_bytes'], fault: size => spoolSizeFault(String(size)) },
    { path: [...at, 'url'], fault: ofType('webhook', url => urlFault(String(url))) },
    { path: [...at, 'format'], fault: ofType('webhook', formatFault) },
    { path: [...at, 'per_request'], fault: ofType('webhook', perRequestFault) },
    { path: [...at, 'signature', 'secret'], fault: secretsFault }
  ]
}

/** What a JSON Schema cannot say of appenders and what names them. */
export const appendersChecks: readonly SettingCheck[] = [
  { path: ['appenders'], beside: ['appender'], fault: (_, appender) => appender === undefined ? null : 'expected either appender or appenders, got both' },
  { path: ['appenders', EACH_KEY, 'fileName'], beside: ['appenders'], fault: sameFileFault },
  { path: ['appenders'], fault: sameSpoolFault },
  ...appenderChecks('appenders', EACH_KEY),
  { path: ['appenders', EACH_KEY], beside: [], fault: voidBlockFault },
  { path: ['appenders', EACH_KEY, 'on_failure', 'http'], beside: ['http'], fault: (policy, http) => lateBlockFault(policy, http as object | undefined) },
  { path: ['routes', EACH, 'appenders', EACH], beside: ['appenders'], fault: nameFault },
  { path: ['route_mode'], beside: ['routes'], fault: (_, routes) => routes === undefined ? 'expected routes beside it, got none' : null },
  { path: ['fallback'], beside: ['appenders'], fault: fallbackFault },
  ...ruleChecks('appenders', EACH_KEY, 'ignore_filters', EACH),
  ...ruleChecks('routes', EACH, 'match')
]
