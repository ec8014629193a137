// `type: console`: lines on the standard output of the process. Made by `createAppender`.
import type { Appender, Batch } from '../contracts.js'
import { AUDIT_ERR_CLOSED, AUDIT_ERR_WRITE } from '../errors.js'
import { layoutSchema } from '../layouts/create.js'

/** `appender` with `type: console`. */
export const consoleSchema = {
  type: 'object',
  title: 'a console appender',
  description: 'Writes to the standard output.',
  properties: {
    type: { const: 'console' },
    layout: layoutSchema
  },
  required: ['type'],
  additionalProperties: false
} as const

/**
 * Writes through `process.stdout`, so that lines keep their order with whatever else the
 * application prints. Standard output is never closed: it is not this appender's.
 */
export function createConsoleAppender (): Appender {
  const { stdout } = process

  let isClosed = false
  let lastAppend = Promise.resolve()
  /** Lines of the append that is under way. */
  let underWay = 0

  function write ({ bytes, ends }: Batch): Promise<void> {
    underWay = ends.length
    return new Promise((resolve, reject) => {
      stdout.write(bytes, cause => {
        underWay = 0
        if (cause) reject(new AUDIT_ERR_WRITE(`cannot write to the standard output: ${cause.message}`, { cause }))
        else resolve()
      })
    })
  }

  // A stream tells a failed write twice: to the callback, which reports it, and as an event,
  // which would end the process if nobody listened.
  stdout.on('error', ignoreReported)
  return {
    append (batch) {
      if (isClosed) return Promise.reject(new AUDIT_ERR_CLOSED())
      lastAppend = write(batch)
      return lastAppend
    },
    // Node writes to files, pipes and terminals at once; what else it is handed is its own to keep.
    appendNow (batches) {
      let lines = underWay
      for (const { bytes, ends } of batches) {
        if (isClosed || !stdout.writable) break
        stdout.write(bytes)
        lines += ends.length
      }
      return lines
    },
    async close () {
      if (isClosed) return
      isClosed = true
      await Promise.allSettled([lastAppend])
      // The event comes after the callback.
      await new Promise(resolve => setImmediate(resolve))
      stdout.off('error', ignoreReported)
    }
  }
}

function ignoreReported (): void {}
