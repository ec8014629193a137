// Brings one batch to the other side, however often it has to be asked: what it has not taken is
// sent again before anything newer, what it will never take is put aside. Called by forwarder.ts.
import { messageOf } from '../../layouts/plain.js'
import type { DeadLetter } from './dead-letters.js'
import type { Pauses } from './pauses.js'
import type { Sender, SendFailure, ShippedEvent, Verdict } from './sender.js'

export interface DispatchParts {
  readonly sender: () => Promise<Sender>
  readonly signal: AbortSignal
  readonly pauses: Pauses
  /** Told what becomes of the events. */
  readonly observer: {
    delivered (events: number): void
    /** Keeps them; what it rejects with is like a failure to send. */
    rejected (letters: readonly DeadLetter[]): Promise<void>
    /** The other side could not be reached, or has not taken something: it is asked again after a pause. */
    failed (error: Error): void
    /** It has answered as it should. */
    recovered (): void
  }
}

/** Ends a dispatch when the application does. */
export const STOPPED = new Error('the application ends')

const NOT_TAKEN = new Error('the other side has not taken some of the events')

/**
 * Resolves when the other side has all of the events, or will never take them.
 *
 * @throws {Error} STOPPED, when the signal aborts
 */
export async function dispatch (events: readonly ShippedEvent[], { sender, signal, pauses, observer }: DispatchParts): Promise<void> {
  let pending = events
  /** So many are sent at once. */
  let most = events.length

  async function attempt (): Promise<Error | null> {
    const sent = pending.slice(0, most)
    let verdicts: readonly Verdict[]
    try {
      verdicts = await (await sender()).send(sent, signal)
    } catch (thrown) {
      const error: SendFailure = thrown instanceof Error ? thrown : new Error(messageOf(thrown))
      if (error.verdicts?.length === sent.length) await settle(sent, error.verdicts)
      if (error.isTooMuch !== true) return error
      most = Math.ceil(sent.length / 2)
      return sent.length === 1 ? await settle(sent, [{ rejected: error.message }]) : null
    }
    if (verdicts.length !== sent.length) return new Error(`expected ${sent.length} verdicts, got ${verdicts.length}`)
    return await settle(sent, verdicts)
  }

  async function settle (sent: readonly ShippedEvent[], verdicts: readonly Verdict[]): Promise<Error | null> {
    const letters = sent.flatMap((event, index): DeadLetter[] => {
      const verdict = verdicts[index]
      return typeof verdict === 'object' ? [{ event, reason: verdict.rejected }] : []
    })
    // Before they are forgotten.
    if (letters.length > 0) await observer.rejected(letters)
    const again = sent.filter((_, index) => verdicts[index] === 'again')
    observer.delivered(sent.length - letters.length - again.length)
    pending = [...again, ...pending.slice(sent.length)]
    most = Math.min(events.length, most * 2)
    return again.length > 0 ? NOT_TAKEN : null
  }

  while (pending.length > 0) {
    if (signal.aborted) throw STOPPED
    const left = pending.length
    const error: SendFailure | null = await attempt().catch((failure: Error) => failure)
    if (pending.length < left) pauses.reset()
    if (error === null) {
      observer.recovered()
      continue
    }
    if (signal.aborted) throw STOPPED
    observer.failed(error)
    await pauses.wait(error.retryAfter)
  }
}
