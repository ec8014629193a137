// The sender of `syslog`: each batch goes over a connection of its own, whose end says that it has
// arrived. Called by syslog.ts.
import { performance } from 'node:perf_hooks'
import { AUDIT_ERR_SEND } from '../../errors.js'
import { messageOf } from '../../layouts/plain.js'
import type { Sender, ShippedEvent, Verdict } from '../shipping/sender.js'
import { deliver, type Receiver } from './deliver.js'

/**
 * How long a receiver has to refuse us, in milliseconds: one that has just taken something does not,
 * unless it was restarted meanwhile, and then a busy sender has noticed.
 */
const PATIENCE = { known: 10, unknown: 1000 } as const
/** So long a receiver is known after it has taken something, in milliseconds. */
const KNOWN_FOR = 10_000

/** @param frameOf makes the message of an event, or says why there can be none */
export function createSyslogSender (receiver: Receiver, frameOf: (event: ShippedEvent) => Buffer | { readonly rejected: string }): Sender {
  let knownUntil = -Infinity
  return {
    async send (events, signal) {
      const frames: Buffer[] = []
      const verdicts = events.map((event): Verdict => {
        const frame = frameOf(event)
        if (!Buffer.isBuffer(frame)) return frame
        frames.push(frame)
        return 'delivered'
      })
      if (frames.length === 0) return verdicts
      try {
        await deliver(Buffer.concat(frames), receiver, signal, performance.now() < knownUntil ? PATIENCE.known : PATIENCE.unknown)
        knownUntil = performance.now() + KNOWN_FOR
      } catch (cause) {
        knownUntil = -Infinity
        throw new AUDIT_ERR_SEND(`the syslog receiver ${receiver.host}:${receiver.port}: ${messageOf(cause)}`, { cause })
      }
      return verdicts
    },
    // No connection outlives a batch.
    async close () {}
  }
}
