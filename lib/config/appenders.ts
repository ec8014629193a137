// `appenders`: several appenders by name, each with what is its own beside its type's settings,
// and the checks that a JSON Schema cannot say. Gathered by schema.ts.
import { resolve } from 'node:path'
import { appenderSchema, type AppenderConfig, promisesNothing } from '../appenders/create.js'
import { fromFault } from '../appenders/custom.js'
import { elasticsearchFault } from '../appenders/elasticsearch.js'
import { pathOfLog } from '../appenders/file.js'
import { natsLoginFault } from '../appenders/nats.js'
import { attributesFault, otelSchema } from '../appenders/otel.js'
import { type RewriteConfig, rewriteSchema } from '../appenders/rewrite.js'
import { type ShippingConfig, spoolSizeFault, urlFault, withShippingDefaults } from '../appenders/shipping/settings.js'
import { syslogSslFault } from '../appenders/syslog.js'
import { formatFault, perRequestFault, webhookSchema } from '../appenders/webhook.js'
import { secretsFault } from '../appenders/webhook/signature.js'
import { lateBlockFault } from '../http/detail-settings.js'
import { patternFault } from '../layouts/pattern.js'
import { policyFault, type RewritePolicy } from '../trail/fields/rewrite.js'
import { ownFieldsSchema, ownHashFault } from '../trail/fields/settings.js'
import { ignoreFiltersSchema } from '../trail/filter.js'
import { ownOnFailureSchema } from '../trail/on-failure.js'
import { durabilitySchema } from '../trail/settings.js'
import { type Policies, voidPolicyFault } from '../trail/void-policies.js'
import { circleFrom, type Rewrite, sameEnd } from '../trail/ways.js'
import type { FromSchema } from './from-schema.js'
import { fieldChecks, ruleChecks } from './rule-checks.js'
import { EACH, EACH_KEY, type SettingCheck } from './validate.js'

const { default: _, ...durabilityWithoutDefault } = durabilitySchema

/** What an appender of `appenders` has beside the settings of its type. Left out, the section's hold. */
const ownSchema = {
  durability: durabilityWithoutDefault,
  on_failure: ownOnFailureSchema,
  ignore_filters: { ...ignoreFiltersSchema, description: 'Events that match one of these rules do not go to this appender.' },
  fields: ownFieldsSchema
} as const

/** `appenders`. */
export const appendersSchema = {
  type: 'object',
  title: 'appenders by name',
  description: 'Several appenders by name, in place of `appender`. Each may have a durability, an on_failure, ignore_filters and fields of its own.',
  minProperties: 1,
  additionalProperties: {
    ...appenderSchema,
    oneOf: [...appenderSchema.oneOf.map(branch => ({ ...branch, properties: { ...branch.properties, ...ownSchema } })), rewriteSchema]
    // Typed as any appender: what is its own, and the rewrites, are added by `NamedAppender`.
  } as unknown as typeof appenderSchema
} as const

/** One of `appenders` that writes. */
export type WritingAppender = AppenderConfig & { readonly [K in keyof typeof ownSchema]?: FromSchema<(typeof ownSchema)[K]> }

/** One of `appenders`. */
export type NamedAppender = WritingAppender | RewriteConfig

type Named = Readonly<Record<string, NamedAppender>>

/** The rewrites among appenders. */
export function rewritesAmong (appenders: Named): Rewrite[] {
  return Object.entries(appenders).flatMap(([name, config]) => config.type === 'rewrite' ? [{ name, appenders: config.appenders, policy: config.policy }] : [])
}

/** What is wrong with a name that is none of `appenders`, or null. */
function nameFault (name: unknown, appenders: unknown): string | null {
  const names = Object.keys(appenders as Named | undefined ?? {})
  if (names.includes(String(name))) return null
  const expected = names.length === 0 ? 'an appender of xpack.security.audit.appenders, of which there is none' : `one of ${names.map(known => JSON.stringify(known)).join(', ')}`
  return `expected ${expected}, got ${JSON.stringify(name)}`
}

function fallbackFault (name: unknown, appenders: unknown): string | null {
  const named = appenders as Named | undefined ?? {}
  if (named[String(name)]?.type === 'rewrite') return `expected an appender that writes, got the rewrite ${JSON.stringify(name)}`
  const isAlone = Object.values(named).filter(({ type }) => type !== 'rewrite').length === 1
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
  if (own.type === 'rewrite') return null
  const { durability, on_failure: policies } = section as Section
  if (promisesNothing(own)) return voidPolicyFault({ ...policies, ...own.on_failure as Policies }, 'none', `the durability of type ${own.type}`)
  // What it has all of the section is the section's fault.
  if (own.durability === undefined && own.on_failure === undefined) return null
  return voidPolicyFault({ ...policies, ...own.on_failure as Policies }, own.durability ?? durability, own.durability === undefined ? undefined : 'its durability')
}

/** A durability that the appender cannot have. */
function durabilityFault (durability: unknown, appender: unknown): string | null {
  const own = appender as AppenderConfig | undefined
  if (own === undefined || durability === 'none' || !promisesNothing(own)) return null
  return `expected "none" for type ${own.type}, which cannot tell when events are written, got ${JSON.stringify(durability)}`
}

/** An appender that would have an event twice. */
function sameEndFault (names: unknown, appenders: unknown): string | null {
  const same = sameEnd(names as string[], rewritesAmong(appenders as Named))
  return same === null ? null : `expected each appender once, got ${JSON.stringify(same.to)} by ${same.by.map(name => JSON.stringify(name)).join(' and by ')}`
}

function circleFault (appenders: unknown, path: readonly (string | number)[] = []): string | null {
  const circle = circleFrom(String(path[1]), rewritesAmong(appenders as Named))
  return circle === null ? null : `expected names that lead on to an appender that writes, got a circle: ${circle.map(name => JSON.stringify(name)).join(', ')}`
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
    { path: at, fault: elasticsearchFault },
    { path: [...at, 'layout', 'pattern'], fault: pattern => patternFault(String(pattern)) },
    { path: [...at, 'spool', 'max_bytes'], fault: size => spoolSizeFault(String(size)) },
    ...[webhookSchema, otelSchema].map(({ properties: { type, url } }) => ({ path: [...at, 'url'], fault: ofType(type.const, value => urlFault(String(value), url.title)) })),
    { path: [...at, 'attributes'], fault: ofType('otel', attributes => attributesFault(attributes as object)) },
    { path: [...at, 'ssl'], fault: ofType('syslog', syslogSslFault) },
    { path: at, fault: appender => natsLoginFault(appender) },
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
  { path: ['on_failure'], beside: ['appender'], fault: (policies, appender) => appender !== undefined && promisesNothing(appender as AppenderConfig) ? voidPolicyFault(policies as Policies, 'none', `the durability of type ${(appender as AppenderConfig).type}`) : null },
  { path: ['durability'], beside: ['appender'], fault: durabilityFault },
  { path: ['appenders', EACH_KEY, 'durability'], fault: (durability, _, around) => durabilityFault(durability, around) },
  { path: ['appenders', EACH_KEY, 'appenders', EACH], beside: ['appenders'], fault: nameFault },
  { path: ['appenders', EACH_KEY, 'appenders'], beside: ['appenders'], fault: (names, appenders, _, path) => circleFault(appenders, path) ?? sameEndFault(names, appenders) },
  { path: ['appenders', EACH_KEY, 'policy'], fault: (policy, _, around) => (around as NamedAppender).type === 'rewrite' ? policyFault(policy as RewritePolicy) : null },
  { path: ['appenders', EACH_KEY, 'on_failure', 'http'], beside: ['http'], fault: (policy, http) => lateBlockFault(policy, http as object | undefined) },
  { path: ['routes', EACH, 'appenders', EACH], beside: ['appenders'], fault: nameFault },
  { path: ['routes', EACH, 'appenders'], beside: ['appenders'], fault: (names, appenders) => appenders === undefined ? null : sameEndFault(names, appenders) },
  { path: ['route_mode'], beside: ['routes'], fault: (_, routes) => routes === undefined ? 'expected routes beside it, got none' : null },
  { path: ['fallback'], beside: ['appenders'], fault: fallbackFault },
  ...ruleChecks('appenders', EACH_KEY, 'ignore_filters', EACH),
  ...fieldChecks('appenders', EACH_KEY, 'fields'),
  { path: ['appenders', EACH_KEY, 'fields', 'hash'], beside: ['fields'], fault: ownHashFault },
  ...ruleChecks('routes', EACH, 'match')
]
