// What is to be known of objects before they are written: the names that the call does not say
// (`saved_objects.look_up_names`), and what is there now, for `savedObjectDiff`. One read for both.
// Called by run.ts when the permission has been given and the intention has not been said yet.
import type { AttributeChange, AuditEvent, CurrentObject, ObjectReference } from '../contracts.js'
import type { Call, Run } from './call.js'
import { isNameless, withCurrentNames } from './current-names.js'
import { changedCall } from './described-call.js'
import type { Differences } from './difference-settings.js'
import { referenceKey } from './object-reference.js'
import { recordedError } from './refusal.js'

/**
 * The same call, whose intention tells that too. A promise only where something is read: it never
 * rejects, and waits no longer than the settings say. What cannot be read is not told, and the
 * events say why where that is a fault.
 */
export function lookedAtBefore (call: Call, { settings: { lookUp, differences }, operation, target }: Run): Call | Promise<Call> {
  const nameless = lookUp?.types.includes(operation.type) === true ? call.all.filter(isNameless) : []
  const changes = differences === undefined ? [] : changesOf(call, differences)
  const unread = differences?.readsOld === true ? call.all.filter((object, index) => object?.id !== undefined && changes[index] !== undefined && changes[index].isNew !== true) : []
  const asked = new Set([...nameless, ...unread as ObjectReference[]])
  if (asked.size === 0) return withDifferences(call, changes, undefined, differences)
  return call.current(target, [...asked], (lookUp ?? differences)!.timeout).then((found) => {
    const named = nameless.length === 0 ? call : withCurrentNames(call, found ?? [])
    return withDifferences(named, changes, found, differences)
  })
}

/** What the call makes of each of its objects whose differences are recorded. */
type Changes = readonly (AttributeChange | undefined)[]

function changesOf (call: Call, { types }: Differences): Changes {
  const isIncluded = (object: ObjectReference | undefined): boolean => object !== undefined && types.has(object.type)
  if (!call.all.some(isIncluded)) return []
  const changes = call.changes()
  return call.all.map((object, index) => isIncluded(object) ? changes[index] : undefined)
}

function withDifferences (call: Call, changes: Changes, found: readonly CurrentObject[] | undefined, differences: Differences | undefined): Call {
  if (differences === undefined || !changes.some((change) => change !== undefined)) return call
  const changeOf = new Map(call.all.map((object, index) => [object, changes[index]]))
  const current = new Map(found?.map((object) => [referenceKey(object), object]))
  const before = (object: ObjectReference, { isNew }: AttributeChange): unknown => {
    if (isNew === true) return null
    if (found === undefined || object.id === undefined) return undefined
    const known = current.get(referenceKey(object))
    return known === undefined ? null : known.attributes
  }
  return changedCall(call, {
    events (outcome, error) {
      const toEvent = call.events(outcome, error)
      // What a write is refused for has been told with its intention.
      if (outcome !== 'unknown') return toEvent
      return (object) => {
        const change = changeOf.get(object)
        return change === undefined ? toEvent(object) : withDifference(toEvent(object), () => differences.between(change, before(object!, change)))
      }
    }
  })
}

/** Attributes may be whatever an application makes them: what they throw stops no record. */
function withDifference (event: AuditEvent, between: () => ReturnType<Differences['between']>): AuditEvent {
  try {
    const difference = between()
    if (difference === undefined) return event
    const { diff, leftOut } = difference
    const labels = leftOut === 0 ? event.labels : { ...event.labels, audit_truncated: `kibana.diff (${leftOut} fields)` }
    return { ...event, kibana: { ...event.kibana, diff }, ...labels !== undefined && { labels } }
  } catch (error) {
    const { code, message } = recordedError(error)
    const before = event.labels?.audit_fault
    return { ...event, labels: { ...event.labels, audit_fault: [...before === undefined ? [] : [before], `diff: ${code}: ${message}`].join('; ') } }
  }
}
