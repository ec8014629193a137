// An appender that keeps what it is handed, for the tests of applications: given as
// `appender: { type: 'custom', from: memory }`. It fails and hangs when it is told to.
import type { Appender, AuditRecord } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_WRITE } from '../errors.js'

/** An event as it stands in the log. */
export type RecordedEvent = AuditRecord

export interface MemoryAppender extends Appender {
  /** The events so far, read from their lines: the layout has to be `json`. */
  readonly events: readonly RecordedEvent[]
  /** The lines so far, without their line feeds. */
  readonly lines: readonly string[]
  /** The events of one request, in order, by its `trace.id` (`request.audit.traceId`). */
  eventsOf (traceId: string): readonly RecordedEvent[]
  /** Forgets the events so far. */
  clear (): void
  /** Refuses every batch from now on with `AUDIT_ERR_WRITE`, until `recover()`. */
  fail (cause?: Error): void
  /** Answers no batch from now on, until `recover()` writes what it was handed. */
  hang (): void
  /** Works again. */
  recover (): void
}

/** An appender without events. */
export function createMemoryAppender (): MemoryAppender {
  let lines: string[] = []
  let events: RecordedEvent[] = []
  let failure: Error | null = null
  let hanging: Waiting | null = null
  let isClosed = false

  function readEvents (): readonly RecordedEvent[] {
    for (let index = events.length; index < lines.length; index++) events.push(JSON.parse(lines[index]!) as RecordedEvent)
    return events
  }

  function recover (): void {
    failure = null
    hanging?.resolve()
    hanging = null
  }

  return {
    async append ({ bytes }) {
      if (isClosed) throw new AUDIT_ERR_CLOSED()
      await hanging?.promise
      if (failure !== null) throw new AUDIT_ERR_WRITE(`the memory appender was told to fail: ${failure.message}`, { cause: failure })
      lines.push(...bytes.toString().split('\n').slice(0, -1))
    },
    async close () {
      isClosed = true
      recover()
    },
    get events () { return readEvents() },
    get lines () { return lines },
    eventsOf: traceId => readEvents().filter(({ trace }) => trace?.id === traceId),
    clear () {
      lines = []
      events = []
    },
    fail (cause = new Error('on purpose')) { failure = cause },
    hang () { hanging ??= newPromise() },
    recover
  }
}

interface Waiting {
  readonly promise: Promise<void>
  readonly resolve: () => void
}

// Promise.withResolvers() is not there in Node 20.
function newPromise (): Waiting {
  let goOn!: () => void
  return { promise: new Promise(resolve => { goOn = resolve }), resolve: () => goOn() }
}
