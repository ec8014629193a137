// The sender of `syslog`: each batch goes over a connection of its own, whose end says that it has
// arrived. Called by syslog.ts.
import { AUDIT_ERR_SEND } from '../../errors.js'
import { messageOf } from '../../layouts/plain.js'
import type { Sender, ShippedEvent, Verdict } from '../shipping/sender.js'
import { deliver, type Receiver } from './deliver.js'

/** @param frameOf makes the message of an event, or says why there can be none */
export function createSyslogSender (receiver: Receiver, frameOf: (event: ShippedEvent) => Buffer | { readonly rejected: string }): Sender {
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
        await deliver(Buffer.concat(frames), receiver, signal)
      } catch (cause) {
        throw new AUDIT_ERR_SEND(`the syslog receiver ${receiver.host}:${receiver.port}: ${messageOf(cause)}`, { cause })
      }
      return verdicts
    },
    // No connection outlives a batch.
    async close () {}
  }
}
