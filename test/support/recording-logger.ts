// A logger that remembers what it was told, in order, together with what tests note between:
// calls of a repository, results. Fails the test for an event that is not ECS.
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { AuditEvent, AuditLogger, AuditUser, FailureClass, FailurePolicy, OnFailure } from '../../lib/contracts.js'
import { createOnFailure } from '../../lib/trail/on-failure.js'
import { quiet } from '../../lib/trail/promises.js'
import { ecsFaults } from './ecs.js'

export interface RecordingLogger extends Pick<AuditLogger, 'log' | 'logAll'> {
  readonly events: AuditEvent[]
  /** `<outcome> <action> <id>` when an event is said, `acknowledged` when a call's are, and what tests note. */
  readonly story: string[]
  /** How many events each call brought. */
  readonly sizes: number[]
  /** Whether calls reject. */
  isBroken: boolean
  /** Who acts. */
  user: AuditUser | undefined | Promise<AuditUser | undefined>
  actingUser (): AuditUser | undefined | Promise<AuditUser | undefined>
}

const ADDED_BY_THE_TRAIL = { '@timestamp': '2026-01-01T00:00:00.000Z', ecs: { version: '9.0.0' }, log: { level: 'info', logger: 'test' }, process: { pid: 1 } }

/** @param delay how many milliseconds, or what, an acknowledgement waits for */
export function createRecordingLogger (t: Test, delay: number | Promise<void> = 0): RecordingLogger {
  const logger: RecordingLogger = {
    events: [],
    story: [],
    sizes: [],
    isBroken: false,
    user: undefined,
    actingUser: () => logger.user,
    log: (event) => logger.logAll([event]),
    // Quiet, like the promises of every logger.
    logAll: (events) => quiet(record(events))
  }

  async function record (events: readonly AuditEvent[]): Promise<void> {
    logger.sizes.push(events.length)
    for (const event of events) {
      logger.events.push(event)
      if (logger.events.length <= 50) for (const fault of ecsFaults({ ...ADDED_BY_THE_TRAIL, ...event })) t.fail(fault)
      logger.story.push(summary(event))
    }
    if (logger.isBroken) throw new Error('the log cannot be written')
    if (typeof delay !== 'number') await delay
    else if (delay > 0) await pause(delay)
    logger.story.push('acknowledged')
  }
  return logger
}

/** `unknown saved_object_create dashboard [id=1]` without the words around it. */
export function summary ({ event, kibana }: AuditEvent): string {
  const object = kibana?.saved_object
  return [event.outcome, event.action, object && `${object.type}:${object.id}`].filter(Boolean).join(' ')
}

/** `on_failure` with `block` for all kinds but those that are said. */
export function blocking (others: Partial<Record<FailureClass, FailurePolicy>> = {}): OnFailure {
  return createOnFailure({ writes: 'block', reads: 'block', http: 'block', authentication: 'block', ...others }, 10)
}
