// What operators are to know of settings that are right: told at start by plugin.ts, and by
// `fastify-audit check-config`.
import { promisesNothing } from '../appenders/create.js'
import type { OnFailure } from '../contracts.js'
import { ownVoidPolicyWarnings, voidPolicyWarnings } from '../trail/void-policies.js'
import type { WritingAppender } from './appenders.js'
import { namedAppenders, type NamedDestination } from './named-appenders.js'
import type { Settings } from './schema.js'

/** A line for each thing that is worth knowing. */
export function settingWarnings (settings: Settings, holds: OnFailure['holds']): string[] {
  const named = namedAppenders(settings)
  return [
    ...voidPolicyWarnings(settings, holds),
    ...named.flatMap(({ name, config, policies }) => ownVoidPolicyWarnings({ name, ignore: config.ignore_filters ?? [], policies })),
    ...named.flatMap(one => promiseWarnings(one, settings)),
    ...named.flatMap(one => plainWarnings(one, settings))
  ]
}

/** That an appender promises nothing, unless the settings say so themselves. */
function promiseWarnings ({ name, config }: NamedDestination, { appenders, durability }: Settings): string[] {
  const said = (config as Pick<WritingAppender, 'durability'>).durability ?? (appenders === undefined ? durability : undefined)
  if (!promisesNothing(config) || said === 'none') return []
  return [`${placeOf(name, appenders)}: type ${config.type} acknowledges events before they are written, and cannot tell which it has lost; "durability: none" says that this is known`]
}

/** That `ssl` protects nothing, because the other side is asked without TLS. The URL is not shown: there may be secrets in it. */
function plainWarnings ({ name, config }: NamedDestination, { appenders }: Settings): string[] {
  if ((config.type !== 'elasticsearch' && config.type !== 'webhook' && config.type !== 'otel') || config.ssl === undefined) return []
  const urls = config.type === 'elasticsearch' ? [config.nodes ?? []].flat() : [config.url]
  const plain = urls.filter(url => new URL(url).protocol === 'http:').length
  if (plain === 0) return []
  const setting = config.type === 'elasticsearch' ? 'nodes' : 'url'
  const which = urls.length === 1 ? setting : `${plain} of ${urls.length} ${setting}`
  return [`${placeOf(name, appenders)}.ssl: not used for ${which} with http:, where nothing is encrypted and nobody shows who they are; https: speaks TLS`]
}

const placeOf = (name: string, appenders: Settings['appenders']): string => appenders === undefined ? 'appender' : `appenders.${name}`
