// The other side of an appender that ships, in memory: a store that keeps each id once, and does what
// it is told to with what comes. For tests of the forwarder; those of the appenders have real servers.
import type { Sender, ShippedEvent, Verdict } from '../../lib/appenders/shipping/sender.js'

export interface StoreSender extends Sender {
  /** The lines that it has, in the order in which they came, each id once. */
  readonly lines: readonly string[]
  /** How many events each batch had. */
  readonly batches: readonly number[]
  /** How often it was handed something that it had already. */
  readonly repeated: number
  readonly isClosed: boolean
  /** What it answers from now on; undefined: it takes what comes. What this throws, it rejects with. */
  answer: ((events: readonly ShippedEvent[], signal: AbortSignal) => readonly Verdict[] | undefined | Promise<readonly Verdict[] | undefined>) | null
}

export function createStoreSender (): StoreSender {
  const ids = new Set<string>()
  const lines: string[] = []
  const batches: number[] = []
  let repeated = 0
  let isClosed = false
  let isSending = false
  const sender: StoreSender = {
    lines,
    batches,
    get repeated () { return repeated },
    get isClosed () { return isClosed },
    answer: null,
    async send (events, signal) {
      if (isSending || isClosed) throw new Error('a batch while another was under way, or after closing')
      isSending = true
      try {
        batches.push(events.length)
        const verdicts = await sender.answer?.(events, signal) ?? events.map((): Verdict => 'delivered')
        for (const [index, { id, line }] of events.entries()) {
          if (verdicts[index] !== 'delivered') continue
          if (ids.has(id)) repeated++
          else lines.push(line)
          ids.add(id)
        }
        return verdicts
      } finally {
        isSending = false
      }
    },
    async close () { isClosed = true }
  }
  return sender
}
