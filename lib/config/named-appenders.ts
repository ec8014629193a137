// The appenders of the settings, each with all that holds for it, whether there is one without a
// name or several. Called by opening.ts and by whoever tells what is in force.
import type { AppenderConfig } from '../appenders/create.js'
import type { Durability, FailureClass, FailurePolicy } from '../contracts.js'
import { strictest } from '../trail/on-failure.js'
import type { NamedAppender } from './appenders.js'
import type { Settings } from './schema.js'

type PolicyOf = Readonly<Record<FailureClass, FailurePolicy>>

/** An appender and what it promises: what it does not say itself is the section's. */
export interface NamedDestination {
  /** Its key in `appenders`; `default` for the only one. */
  readonly name: string
  readonly config: AppenderConfig & Pick<NamedAppender, 'ignore_filters'>
  readonly durability: Durability
  readonly policies: PolicyOf
}

/** All appenders, in their order. */
export function namedAppenders ({ appender, appenders, durability, on_failure: policies }: Settings): NamedDestination[] {
  if (appenders === undefined) return [{ name: 'default', config: appender, durability, policies }]
  return Object.entries<NamedAppender>(appenders).map(([name, config]) => ({
    name,
    config,
    durability: config.durability ?? durability,
    // One word has been written out for all kinds by then.
    policies: { ...policies, ...config.on_failure as Partial<PolicyOf> }
  }))
}

/** For each kind, the strictest policy of all appenders: what an operation of that kind has to reckon with. */
export function policiesOf (settings: Settings): PolicyOf {
  return strictest(namedAppenders(settings).map(({ policies }) => policies))
}
