// `appenders`: several appenders by name, each with what is its own beside its type's settings,
// and the checks that a JSON Schema cannot say. Gathered by schema.ts.
import { appenderSchema, type AppenderConfig } from '../appenders/create.js'
import { pathOfLog } from '../appenders/file.js'
import { patternFault } from '../layouts/pattern.js'
import { ignoreFilterFaults, ignoreFiltersSchema } from '../trail/filter.js'
import { onFailureWordSchema } from '../trail/on-failure.js'
import { durabilitySchema } from '../trail/settings.js'
import type { Policies } from '../trail/void-policies.js'
import type { FromSchema } from './from-schema.js'
import { EACH, type SettingCheck } from './validate.js'

const { default: _, ...durabilityWithoutDefault } = durabilitySchema

/** What an appender of `appenders` has beside the settings of its type. Left out, the section's hold. */
const ownSchema = {
  durability: durabilityWithoutDefault,
  on_failure: onFailureWordSchema,
  ignore_filters: { ...ignoreFiltersSchema, description: 'Events that match one of these rules do not go to this appender.' }
} as const

/** `appenders`. */
export const appendersSchema = {
  type: 'object',
  title: 'appenders by name',
  description: 'Several appenders by name, in place of `appender`. Each may have a durability, an on_failure (one word) and ignore_filters of its own.',
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

function sameFileFault (fileName: unknown, appenders: unknown): string | null {
  const path = pathOfLog(String(fileName), process.cwd())
  const names = Object.entries(appenders as Named).flatMap(([name, config]) => 'fileName' in config && pathOfLog(String(config.fileName), process.cwd()) === path ? [name] : [])
  return names.length < 2 ? null : `expected a file of its own for each appender, got the same one for ${names.join(' and ')}`
}

/** A `block` that could never refuse, because the appender acknowledges before it writes. */
function voidBlockFault (named: unknown, durability: unknown): string | null {
  const own = named as NamedAppender
  if (own.on_failure !== 'block' || (own.durability ?? durability) !== 'none') return null
  return 'expected "continue" or "stop" for on_failure beside durability: none, which acknowledges events before they are written, got "block"'
}

function voidBlockOfSectionFault (policies: unknown, appenders: unknown): string | null {
  const name = Object.entries(appenders as Named | undefined ?? {}).find(([, own]) => own.durability === 'none' && own.on_failure === undefined)?.[0]
  if (name === undefined || !Object.values(policies as Policies).includes('block')) return null
  return `expected an on_failure of its own for the appender ${JSON.stringify(name)}, whose durability: none acknowledges events before they are written, got "block" for all`
}

/** What a JSON Schema cannot say of appenders and what names them. */
export const appendersChecks: readonly SettingCheck[] = [
  { path: ['appenders'], beside: ['appender'], fault: (_, appender) => appender === undefined ? null : 'expected either appender or appenders, got both' },
  { path: ['appenders', EACH, 'fileName'], beside: ['appenders'], fault: sameFileFault },
  { path: ['appenders', EACH, 'layout', 'pattern'], fault: pattern => patternFault(String(pattern)) },
  { path: ['appenders', EACH], beside: ['durability'], fault: voidBlockFault },
  { path: ['on_failure'], beside: ['appenders'], fault: voidBlockOfSectionFault },
  { path: ['routes', EACH, 'appenders', EACH], beside: ['appenders'], fault: nameFault },
  { path: ['fallback'], beside: ['appenders'], fault: nameFault },
  ...(['users', 'paths'] as const).flatMap((key): SettingCheck[] => {
    const fault = (text: unknown): string | null => ignoreFilterFaults([{ [key]: [String(text)] }])[0]?.message ?? null
    return [{ path: ['appenders', EACH, 'ignore_filters', EACH, key, EACH], fault }, { path: ['routes', EACH, 'match', key, EACH], fault }]
  })
]
