// The values that ECS 9 permits in `event.category`, `event.type` and `event.outcome`, as
// lists that exist at run time. The factories take their frozen one-value lists from here
// (layouts recognise them and reuse their JSON), the settings their enumerations.
import type { EventCategory, EventOutcome, EventType } from '../contracts.js'

/** Every `event.category`. */
export const EVENT_CATEGORIES = [
  'api', 'authentication', 'configuration', 'database', 'driver', 'email', 'file', 'host', 'iam', 'intrusion_detection', 'library',
  'malware', 'network', 'package', 'process', 'registry', 'session', 'threat', 'vulnerability', 'web'
] as const satisfies readonly EventCategory[]

/** Every `event.type`. */
export const EVENT_TYPES = [
  'access', 'admin', 'allowed', 'change', 'connection', 'creation', 'deletion', 'denied', 'device', 'end', 'error', 'group',
  'indicator', 'info', 'installation', 'protocol', 'start', 'user'
] as const satisfies readonly EventType[]

/** Every `event.outcome`. */
export const EVENT_OUTCOMES = ['success', 'failure', 'unknown'] as const satisfies readonly EventOutcome[]

/** For each category the frozen list of it alone: the same list every time. */
export const ONLY_CATEGORY = onlyLists(EVENT_CATEGORIES)

/** For each type the frozen list of it alone: the same list every time. */
export const ONLY_TYPE = onlyLists(EVENT_TYPES)

/** Whether a field that may be one value or a list, such as `event.category`, has this value. The hot path: nearly all lists have one. */
export function hasValue (field: unknown, value: string): boolean {
  if (!Array.isArray(field)) return field === value
  return field.length === 1 ? field[0] === value : field.includes(value)
}

function onlyLists<V extends string> (values: readonly V[]): Readonly<Record<V, readonly V[]>> {
  const lists = values.map(value => [value, Object.freeze([value])] as const)
  return Object.freeze(Object.fromEntries(lists)) as Readonly<Record<V, readonly V[]>>
}
