// Counts the bytes of a response's body as they are handed to Node. Called by details.ts, for
// requests that are recorded with their response.
import type { ServerResponse } from 'node:http'

type Chunk = string | Uint8Array
type Send = (...args: unknown[]) => unknown

/** Gives a function that says how many bytes of a body have been written so far. */
export function countSentBytes (response: ServerResponse): () => number {
  let bytes = 0
  let isEnding = false
  const { write, end } = response as unknown as { write: Send, end: Send }

  function count (chunk: unknown, encoding: unknown): void {
    // The end of a response over HTTP/2 is a write, which is not counted twice.
    if (!isEnding) bytes += sizeOf(chunk, encoding)
  }

  Object.assign(response, {
    write (this: unknown, ...args: unknown[]) {
      count(args[0], args[1])
      return Reflect.apply(write, this, args)
    },
    end (this: unknown, ...args: unknown[]) {
      count(args[0], args[1])
      const outer = isEnding
      isEnding = true
      try {
        return Reflect.apply(end, this, args)
      } finally {
        isEnding = outer
      }
    }
  })
  return () => bytes
}

function sizeOf (chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk as Chunk & string, typeof encoding === 'string' ? encoding as BufferEncoding : 'utf8')
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0
}
