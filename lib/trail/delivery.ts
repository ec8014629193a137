// The way of a line from the trail to its appender. Lines gather in a batch while another is
// being written, so that however many wait, they wait for one write; one batch is with the
// appender at a time. What cannot be written stays in the queue, in order, and is tried again;
// nobody has to wait with it: an acknowledgement that is not to be had soon is refused at once.
import type { WriteFailure } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_QUEUE_FULL, AUDIT_ERR_TIMEOUT } from '../errors.js'
import { messageOf } from '../layouts/plain.js'
import { QueuedBatch } from './batch.js'
import type { Delivery, DeliveryParts } from './delivery-parts.js'
import { createDrain } from './drain.js'
import { attempt, NOTHING_TO_WAIT_FOR, quiet } from './promises.js'
import { LineQueue } from './queue.js'

/** The first pause before a failed write is tried again, and the longest. Milliseconds. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1000

/** Delivers lines to one appender, in order. */
export function createDelivery ({ appender, observer, deadlines, maxBytes, durability }: DeliveryParts): Delivery {
  const acknowledges = durability !== 'none'
  const sharesSyncs = durability === 'fsync'
  const queue = new LineQueue(maxBytes)
  const drain = createDrain(queue, deadlines)
  let writing: QueuedBatch | null = null
  let writingSince = 0
  let isScheduled = false
  let isClosed = false
  let failure: Error | null = null
  let full: { readonly error: Error, readonly refusal: Promise<never> } | null = null
  let pause = FIRST_PAUSE
  let retry: NodeJS.Timeout | null = null

  function accept (line: string, time: number, kind: number): Promise<void> {
    if (!queue.hasRoomFor(line)) return lose(kind)
    const batch = queue.add(line, time, kind, deadlines.mark)
    if (failure !== null) {
      batch.refuse(failure)
      observer.refused(kind, failure)
    } else if (!isScheduled && writing === null) schedule()
    return acknowledges ? batch.acknowledged : NOTHING_TO_WAIT_FOR
  }

  // One refusal for all that do not fit until something has been written: when much is lost, time is short.
  function lose (kind: number): Promise<never> {
    if (full === null) {
      const error = new AUDIT_ERR_QUEUE_FULL(`an event is lost: ${queue.bytes} bytes wait to be written already, of ${maxBytes} (queue.max_bytes)`, { cause: failure ?? undefined })
      full = { error, refusal: quiet(Promise.reject(error)) }
    }
    observer.lost(1, full.error)
    observer.refused(kind, full.error)
    return full.refusal
  }

  // What is said in one turn of the event loop goes out together. A sync is worth another one: those whom
  // the last has let go are followed by others in the next turn.
  function schedule (): void {
    isScheduled = true
    setImmediate(sharesSyncs ? awaitTurn : writeNext)
  }

  const awaitTurn = (): void => { setImmediate(writeNext) }

  function writeNext (): void {
    isScheduled = false
    if (writing !== null || retry !== null) return
    const batch = queue.take()
    if (batch !== undefined) write(batch)
  }

  function write (batch: QueuedBatch): void {
    writing = batch
    writingSince = deadlines.mark()
    attempt(() => appender.append(batch.rest())).then(() => settle(batch, null), (thrown: unknown) => settle(batch, thrown instanceof Error ? thrown : new Error(messageOf(thrown))))
  }

  function settle (batch: QueuedBatch, error: WriteFailure | null): void {
    // Too late: it has been counted as lost.
    if (isClosed) return
    writing = null
    if (error === null) recover()
    wrote(batch, error === null ? batch.lines : Math.min(error.linesWritten ?? 0, batch.lines))
    if (error === null) {
      batch.acknowledge()
      if (sharesSyncs && queue.lines > 0) schedule()
      else writeNext()
      return
    }
    queue.putBack(batch)
    fail(error)
    retry = setTimeout(tryAgain, pause).unref()
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }

  function tryAgain (): void {
    if (retry !== null) clearTimeout(retry)
    retry = null
    writeNext()
  }

  function wrote (batch: QueuedBatch, lines: number): void {
    queue.wrote(batch, lines)
    full = null
    if (lines > 0) observer.written(lines)
    drain.look(failure)
  }

  function fail (error: Error): void {
    failure = error
    observer.failed(error)
    refuseAll(error)
  }

  function refuseAll (error: Error): void {
    queue.seal()
    for (const batch of underWay()) {
      if (batch.isRefused) continue
      observer.refused(batch.kinds, error)
      batch.refuse(error)
    }
  }

  function recover (): void {
    pause = FIRST_PAUSE
    if (failure === null) return
    failure = null
    // What waits has been refused; what comes now is not.
    queue.seal()
    observer.recovered()
  }

  const underWay = (): QueuedBatch[] => writing === null ? queue.batches() : [writing, ...queue.batches()]

  function expire (): boolean {
    const oldest = underWay().find(batch => !batch.isRefused)
    const isLate = failure === null && oldest !== undefined && deadlines.passed(oldest.since)
    // A retry may hang as well.
    const hangsNow = failure !== null && writing !== null && !(failure instanceof AUDIT_ERR_TIMEOUT) && deadlines.passed(writingSince)
    if (isLate || hangsNow) fail(new AUDIT_ERR_TIMEOUT('the audit log has not been written within queue.timeout'))
    drain.look(failure)
    return queue.lines > 0
  }

  function writeNow (): number {
    if (queue.lines === 0 || appender.appendNow === undefined) return 0
    queue.seal()
    const lines = appender.appendNow(queue.batches().map(batch => batch.rest()))
    // The batch under way is acknowledged by its own promise, if the process goes on.
    const linesUnderWay = writing?.lines ?? 0
    let left = lines - linesUnderWay
    for (const batch of queue.batches()) {
      if (left <= 0) break
      const taken = Math.min(left, batch.lines)
      left -= taken
      wrote(batch, taken)
      if (batch.lines > 0) break
      queue.take()
      batch.acknowledge()
    }
    return Math.min(lines, linesUnderWay)
  }

  function leaveNow (): void {
    const lines = writeNow()
    // No promise settles any more.
    isClosed = true
    if (writing !== null) wrote(writing, lines)
    if (queue.lines > 0) giveUp(failure ?? new AUDIT_ERR_CLOSED())
  }

  async function close (): Promise<void> {
    tryAgain()
    await drain.empty().catch(() => {})
    if (retry !== null) clearTimeout(retry)
    isClosed = true
    const hangs = writing !== null
    if (queue.lines > 0) giveUp(failure ?? new AUDIT_ERR_CLOSED())
    const closed = quiet(appender.close())
    // What hangs is not waited for.
    if (!hangs) await closed
  }

  function giveUp (error: Error): void {
    observer.lost(queue.lines, error, underWay().map(batch => batch.rest()))
    refuseAll(error)
    queue.clear()
  }

  return {
    queue,
    get failure () { return failure },
    accept,
    probe () { if (writing === null && queue.lines === 0) write(new QueuedBatch(0, deadlines.mark())) },
    expire,
    flush: drain.empty,
    writeNow () { writeNow() },
    leaveNow,
    close
  }
}
