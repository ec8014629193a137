// Makes the stream of `nats` where it is not there yet and the settings ask for that. Called by the
// sender, once for each connection.
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream'

/** What `create_stream` says, in NATS's units: bytes, and nanoseconds as numbers. */
export type NewStream = Pick<StreamConfig, 'num_replicas' | 'max_age' | 'max_bytes' | 'duplicate_window'>

/** The code of JetStream's API for a stream that is not there. */
const STREAM_NOT_FOUND = 10059

/**
 * Makes a stream that takes one subject and keeps what it has for as long, and as much, as its
 * limits allow. One that is there is left as it is, whatever its limits are.
 *
 * @throws (as a rejection) it cannot be made, or nobody answers
 */
export async function ensureStream (manager: Pick<JetStreamManager, 'streams'>, name: string, subject: string, limits: NewStream): Promise<void> {
  try {
    await manager.streams.info(name)
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== STREAM_NOT_FOUND) throw error
    // Two processes may both come here: the same stream may be made twice.
    await manager.streams.add({ name, subjects: [subject], ...limits })
  }
}
