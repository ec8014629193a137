// Counts the bytes of a request's body as Node takes them off the connection: what was really sent,
// chunked or not, whatever the client says of it. Called by details.ts, for requests whose body
// or end is recorded.
import type { IncomingMessage } from 'node:http'

/** Gives a function that says how many bytes of a body have come so far. What has come before the call counts, as long as nobody has read it. */
export function countReceivedBytes (request: IncomingMessage): () => number {
  let bytes = request.readableLength ?? 0
  const { push } = request
  // Node hands each piece of a body to the request by this.
  request.push = function countedPush (this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding) {
    if (typeof chunk === 'string') bytes += Buffer.byteLength(chunk, encoding)
    else if (ArrayBuffer.isView(chunk)) bytes += chunk.byteLength
    return Reflect.apply(push, this, [chunk, encoding]) as boolean
  }
  return () => bytes
}
