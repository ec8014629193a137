// "This route recorded exactly these events": the matcher for the tests of applications. Each
// expected event names the fields that matter; what it does not name may be anything.
import assert, { AssertionError } from 'node:assert/strict'
import type { RecordedEvent } from './memory-appender.js'

/**
 * What an event has to hold. A text: its `event.action`. An object: these fields, however deep;
 * a regular expression matches a text, `undefined` means that the field is absent, lists and
 * everything else are equal.
 */
export type ExpectedEvent = string | { readonly [field: string]: unknown }

/** A memory appender, or a list of events, such as `memory.eventsOf(traceId)`. */
export type Recorded = { readonly events: readonly RecordedEvent[] } | readonly RecordedEvent[]

/**
 * Holds what was recorded against what was expected: as many events, in this order. Await
 * `app.audit.flush()` before.
 *
 * @throws {AssertionError} with the difference, in the fields that were named
 */
export function assertRecorded (recorded: Recorded, expected: readonly ExpectedEvent[]): void {
  const events = 'events' in recorded ? recorded.events : recorded
  const wanted = expected.map(event => typeof event === 'string' ? { event: { action: event } } : event)
  const found = events.map((event, index) => index < wanted.length ? namedFields(event, wanted[index]) : inShort(event))
  try {
    assert.deepEqual(found, wanted)
  } catch (error) {
    const { message } = error as AssertionError
    const difference = message.slice(message.indexOf('\n') + 1)
    const actions = events.map(({ event }) => event.action).join(', ') || 'none'
    throw new AssertionError({
      message: `expected ${count(wanted.length)}, recorded ${count(events.length)} (${actions}):\n${difference}`,
      actual: found,
      expected: wanted,
      operator: 'assertRecorded',
      stackStartFn: assertRecorded
    })
  }
}

const count = (events: number): string => events === 1 ? '1 event' : `${events} events`

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp)

/** Of what came, the fields that were named; a text that matches reads as its expression, so that the two are equal. */
function namedFields (came: unknown, named: unknown): unknown {
  if (named instanceof RegExp) return typeof came === 'string' && new RegExp(named.source, named.flags.replace(/[gy]/g, '')).test(came) ? named : came
  if (!isObject(named) || !isObject(came)) return came
  return Object.fromEntries(Object.entries(named).map(([key, inner]) => [key, namedFields(Object.hasOwn(came, key) ? came[key] : undefined, inner)]))
}

/** An event that nobody expected. */
function inShort ({ message, event: { action, outcome } }: RecordedEvent): object {
  return { message, event: { action, outcome } }
}
