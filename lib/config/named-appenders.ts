// The appenders of the settings, each with all that holds for it, whether there is one without a
// name or several. Called by opening.ts and by whoever tells what is in force.
import { type AppenderConfig, promisesNothing } from '../appenders/create.js'
import type { Durability, FailureClass, FailurePolicy } from '../contracts.js'
import type { FieldLists } from '../trail/fields/compile.js'
import { strictest } from '../trail/on-failure.js'
import type { Rewrite } from '../trail/ways.js'
import { type NamedAppender, rewritesAmong, type WritingAppender } from './appenders.js'
import type { Settings } from './schema.js'

type PolicyOf = Readonly<Record<FailureClass, FailurePolicy>>

/** An appender and what it promises: what it does not say itself is the section's. */
export interface NamedDestination {
  /** Its key in `appenders`; `default` for the only one. */
  readonly name: string
  readonly config: AppenderConfig & Pick<WritingAppender, 'ignore_filters'> & { readonly fields?: FieldLists }
  readonly durability: Durability
  readonly policies: PolicyOf
}

/** All appenders that write, in their order. */
export function namedAppenders ({ appender, appenders, durability, on_failure: policies }: Settings): NamedDestination[] {
  if (appenders === undefined) return [{ name: 'default', config: appender, durability: promisesNothing(appender) ? 'none' : durability, policies }]
  return Object.entries<NamedAppender>(appenders).flatMap(([name, config]) => config.type === 'rewrite'
    ? []
    : [{
        name,
        // Its defaults are filled in by then.
        config: config as NamedDestination['config'],
        durability: promisesNothing(config) ? 'none' as const : config.durability ?? durability,
        // One word has been written out for all kinds by then.
        policies: { ...policies, ...config.on_failure as Partial<PolicyOf> }
      }])
}

/** The rewrites in front of them. */
export function rewritesOf ({ appenders = {} }: Pick<Settings, 'appenders'>): Rewrite[] {
  return rewritesAmong(appenders as Readonly<Record<string, NamedAppender>>)
}

/** For each kind, the strictest policy of all appenders: what an operation of that kind has to reckon with. */
export function policiesOf (settings: Settings): PolicyOf {
  return strictest(namedAppenders(settings).map(({ policies }) => policies))
}
