// The sender of `nats`: publishes each event to a stream of JetStream and takes the stream's
// acknowledgement, which its quorum has agreed to, for the verdict. Called by nats.ts.
import type { jetstream, jetstreamManager, JetStreamClient } from '@nats-io/jetstream'
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node'
import { AUDIT_ERR_SEND } from '../../errors.js'
import { messageOf } from '../../layouts/plain.js'
import type { Sender, ShippedEvent, Verdict } from '../shipping/sender.js'
import { ensureStream, type NewStream } from './stream.js'

/** The parts of the client packages that are used. */
export interface NatsPackages {
  readonly connect: (options: ConnectionOptions) => Promise<NatsConnection>
  readonly jetstream: typeof jetstream
  readonly jetstreamManager: typeof jetstreamManager
}

export interface NatsSettings {
  readonly connection: ConnectionOptions
  readonly subject: string
  readonly stream: string
  /** Makes the stream where it is not there. None: it has to be. */
  readonly create?: NewStream
  /** So many events may wait for their acknowledgements at once. */
  readonly maxInFlight: number
  /** So long an acknowledgement is waited for, in milliseconds. */
  readonly timeout: number
}

/** The code of JetStream's API for a message that is larger than the stream allows. */
const MESSAGE_TOO_LARGE = 10054

export function createNatsSender (packages: NatsPackages, { connection: options, subject, stream, create, maxInFlight, timeout }: NatsSettings): Sender {
  let connection: NatsConnection | undefined
  let isEnsured = false

  /** The client, of a connection that finds its way to another server of the cluster by itself. */
  async function client (): Promise<JetStreamClient> {
    if (connection === undefined || connection.isClosed()) {
      connection = await packages.connect({ ...options, timeout, maxReconnectAttempts: -1, noAsyncTraces: true })
      isEnsured = false
    }
    if (create !== undefined && !isEnsured) {
      await ensureStream(await packages.jetstreamManager(connection, { timeout, checkAPI: false }), stream, subject, create)
      isEnsured = true
    }
    return packages.jetstream(connection, { timeout })
  }

  async function publish (jetstream: JetStreamClient, { id, line }: ShippedEvent): Promise<Verdict> {
    try {
      await jetstream.publish(subject, line, { msgID: id, timeout, expect: { streamName: stream } })
      return 'delivered'
    } catch (error) {
      const { name, code } = error as { readonly name?: unknown, readonly code?: unknown }
      // What the client itself refuses to send is larger than its server takes.
      if (code === MESSAGE_TOO_LARGE || name === 'InvalidArgumentError') return { rejected: messageOf(error) }
      throw error
    }
  }

  return {
    async send (events, signal) {
      const verdicts: Verdict[] = events.map(() => 'again')
      let next = 0
      const failures: unknown[] = []
      const fail = (reason: unknown): void => { failures.push(reason) }
      async function publishOneByOne (jetstream: JetStreamClient): Promise<void> {
        // Nothing more is sent when one has failed: what follows should come after it.
        while (failures.length === 0 && next < events.length) {
          const index = next++
          try {
            verdicts[index] = await publish(jetstream, events[index]!)
          } catch (error) {
            fail(error)
          }
        }
      }

      await untilAborted(signal, async () => {
        const jetstream = await client()
        await Promise.all(Array.from({ length: Math.min(maxInFlight, events.length) }, () => publishOneByOne(jetstream)))
      }).catch(fail)
      // What is still under way after the signal changes nothing any more.
      const known = [...verdicts]
      if (failures.length > 0) throw Object.assign(new AUDIT_ERR_SEND(`NATS: ${reasonOf(failures[0], subject, stream)}`, { cause: failures[0] }), { verdicts: known })
      return known
    },
    async close () {
      await connection?.close()
    }
  }
}

/** Waits for `work`, unless the signal comes first; then it goes on by itself and its end is nobody's. */
async function untilAborted (signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  let giveUp!: () => void
  const aborted = new Promise<never>((_resolve, reject) => { giveUp = () => reject(new Error('given up, because the application ends')) })
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    await Promise.race([aborted, work()])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** What the client calls "jetstream is not enabled" is a subject that no stream takes, too; and a cluster without a leader. */
function reasonOf (failure: unknown, subject: string, stream: string): string {
  const { name } = failure as { readonly name?: unknown }
  if (name === 'JetStreamNotEnabled') return `no stream takes the subject ${JSON.stringify(subject)} at the moment: there is no stream ${JSON.stringify(stream)} with it, or it has no leader, or JetStream is not enabled`
  if (name === 'TimeoutError') return `the stream ${JSON.stringify(stream)} has not answered in time`
  return messageOf(failure)
}
