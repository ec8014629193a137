// Sends one event down the very trail that an application has, with appenders that keep what
// they are handed. So an explanation cannot disagree with what would be written. Called by
// ../explain.ts.
import type { ReadSettings } from '../config/read.js'
import type { Settings } from '../config/schema.js'
import type { Appender, AuditEvent, AuditRecord, OperationalLog } from '../contracts.js'
import { createLayout as createNamedLayout } from '../layouts/create.js'
import { type StartedTrail, startTrail } from '../opening.js'
import { ALWAYS_GO_ON } from '../trail/on-failure.js'

/** What came out for one appender. */
export interface Written {
  /** Without its line feed. */
  readonly line: string
  /** What the layout made the line of. */
  readonly record: AuditRecord
}

export interface TriedOut {
  /** What the filters were asked about. */
  readonly asked: AuditRecord
  /** By the names of the appenders. */
  readonly written: ReadonlyMap<string, Written>
  readonly named: StartedTrail['named']
  readonly ways: StartedTrail['ways']
  /** Why the event was lost on its way, such as that it is larger than the queue may be; null when it was not. */
  readonly lost: string | null
}

/** A log that nobody reads: an explanation warns of nothing. */
export const SILENT: OperationalLog = { info () {}, warn () {}, error () {} }

/**
 * @param time milliseconds since the epoch
 * @param id of an event that has been recorded
 * @param createLayout makes the layouts that the settings name
 */
export async function tryOut (event: AuditEvent, time: number, settings: Settings, locate: ReadSettings<unknown>['locate'], { id, createLayout = createNamedLayout }: { readonly id?: string | undefined, readonly createLayout?: typeof createNamedLayout | undefined } = {}): Promise<TriedOut> {
  const kept: string[][] = []
  const records = new Map<string, AuditRecord>()
  let asked: AuditRecord | undefined
  const { trail, named, ways } = await startTrail({
    settings,
    onFailure: ALWAYS_GO_ON,
    locate,
    log: SILENT,
    stop () {},
    pid: pidOf(event),
    watch (record) { asked = record },
    nextId: id === undefined ? undefined : () => id,
    async createAppender () {
      const lines: string[] = []
      kept.push(lines)
      return keeping(lines)
    },
    createLayout (config) {
      const layout = createLayout(config)
      return (record, facts) => {
        const line = layout(record, facts)
        records.set(line.slice(0, -1), record)
        return line
      }
    }
  })
  await trail.log(event, {}, time).catch(() => {})
  await trail.close()
  const { lost, lastError } = trail.status()
  const written = lost > 0 ? [] : named.flatMap(({ name }, index) => (kept[index] ?? []).map((line) => [name, { line, record: records.get(line)! }] as const))
  return { asked: asked!, written: new Map(written), named, ways, lost: lost > 0 ? lastError?.message ?? 'it was lost' : null }
}

/** That of a line; of an event that is only said, none is known: 0. */
function pidOf ({ process }: AuditEvent): number {
  const pid: unknown = (process as { readonly pid?: unknown } | null | undefined)?.pid
  return typeof pid === 'number' && Number.isSafeInteger(pid) ? pid : 0
}

function keeping (lines: string[]): Appender {
  return {
    async append ({ bytes }) { lines.push(...bytes.toString('utf8').split('\n').slice(0, -1)) },
    async close () {}
  }
}
