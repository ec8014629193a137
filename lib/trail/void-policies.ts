// What makes a policy of `on_failure` void: a `block` that no failure could ever reach, and
// events that a filter drops, which nobody waits for. The first is refused with the settings
// (config/schema), the second is a choice, which the plugin and `fastify-audit check-config` tell about.
import type { FailureClass, FailurePolicy, OnFailure } from '../contracts.js'
import type { IgnoreFilter } from './filter.js'
import { FAILURE_CLASSES } from './on-failure.js'

/** `on_failure` as it is written: kinds may be left out. */
export type Policies = Readonly<Partial<Record<FailureClass, FailurePolicy>>>

/**
 * What is wrong with policies beside a durability, or null: with `none`, an event counts as recorded
 * before anybody has tried to write it, so that `block` would never refuse anything. `stop`
 * is the trail's own and works with every durability.
 *
 * @param name where the durability stands
 */
export function voidPolicyFault (policies: Policies, durability: unknown, name = 'xpack.security.audit.durability'): string | null {
  const blocked = FAILURE_CLASSES.filter(kind => policies[kind] === 'block')
  if (durability !== 'none' || blocked.length === 0) return null
  const kinds = blocked.length === FAILURE_CLASSES.length ? '' : ` for ${blocked.join(', ')}`
  return `expected "continue" or "stop"${kinds} beside ${name}: none, which acknowledges events before they are written, got "block"`
}

/**
 * The kinds whose events these rules could drop: for these kinds `block` and `stop` hold only
 * for what is left. May name a kind too many, because an application's own events may have
 * any field; never one too few. Of `http_request` events it is known what they are.
 */
export function kindsThatFiltersMayDrop (rules: readonly IgnoreFilter[]): FailureClass[] {
  return FAILURE_CLASSES.filter(kind => rules.some(rule => MAY_DROP[kind](rule)))
}

interface Filters {
  readonly ignore_filters: readonly IgnoreFilter[]
  readonly include_filters: readonly IgnoreFilter[]
}

/** What operators are to know of policies beside filters: a line for each kind of event that operations wait for and that a filter may drop. */
export function voidPolicyWarnings ({ ignore_filters: ignore, include_filters: include }: Filters, holds: OnFailure['holds']): string[] {
  const [filters, kinds] = include.length > 0 ? ['include_filters', FAILURE_CLASSES] as const : ['ignore_filters', kindsThatFiltersMayDrop(ignore)] as const
  return kinds.filter(holds).map(kind => `on_failure.${kind} holds for events that are recorded: a rule of ${filters} may drop some, and nobody waits for those`)
}

/** An appender with the rules that keep events from it. */
interface Filtered {
  readonly name: string
  readonly ignore: readonly IgnoreFilter[]
  readonly policies: Readonly<Record<FailureClass, FailurePolicy>>
}

/** The same of the filters of one of several appenders, for the kinds that have to be recorded there. */
export function ownVoidPolicyWarnings ({ name, ignore, policies }: Filtered): string[] {
  return kindsThatFiltersMayDrop(ignore).filter(kind => policies[kind] !== 'continue')
    .map(kind => `on_failure.${kind} of appenders.${name} holds for events that go there: a rule of its ignore_filters may drop some, and nobody waits for it then`)
}

const MAY_DROP: Readonly<Record<FailureClass, (rule: IgnoreFilter) => boolean>> = {
  http: rule => lists(rule.actions, action => action === 'http_request') && lists(rule.categories, category => category === 'web') &&
    lists(rule.outcomes, outcome => outcome !== 'success') && rule.types === undefined && rule.saved_object_types === undefined,
  authentication: rule => mayBeSaid(rule) && lists(rule.categories, isAboutIdentity),
  reads: rule => mayBeSaid(rule) && lists(rule.categories, category => !isAboutIdentity(category)) && lists(rule.types, type => type === 'access'),
  writes: rule => mayBeSaid(rule) && lists(rule.categories, category => !isAboutIdentity(category)) && lists(rule.types, type => type !== 'access')
}

/** A key that a rule does not name stands for all values. */
const lists = <T>(values: readonly T[] | undefined, isOf: (value: T) => boolean): boolean => values === undefined || values.some(isOf)

const mayBeSaid = (rule: IgnoreFilter): boolean => lists(rule.actions, action => action !== 'http_request')

const isAboutIdentity = (category: string): boolean => category === 'authentication' || category === 'session' || category === 'iam'
