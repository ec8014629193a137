// When to roll, by size: before a line that would push the live file over the limit.
// Called by the `rolling-file` appender for each batch.
import type { FromSchema } from '../../config/from-schema.js'
import { sizeSchema, sizeToBytes } from '../../config/units.js'
import type { Batch } from '../../contracts.js'

/** `policy` with `type: size-limit`. */
export const sizeLimitSchema = {
  type: 'object',
  title: 'a size limit',
  description: 'Rolls before a line that would push the file over a size.',
  properties: {
    type: { const: 'size-limit' },
    size: {
      ...sizeSchema,
      description: 'How large the file may grow. Only a single line that is larger than this passes it, in a file of its own.',
      default: '100mb'
    }
  },
  required: ['type'],
  additionalProperties: false
} as const

export type SizeLimitConfig = FromSchema<typeof sizeLimitSchema>

/**
 * Returns a policy: a function that returns the index of the first line of `batch`, from
 * `from` on, that does not fit into a live file of `size` bytes; the number of lines when
 * all fit. An empty file takes any line, so that a line over the limit stands alone.
 */
export function createSizeLimit ({ size: limitSetting = '100mb' }: SizeLimitConfig) {
  const limit = sizeToBytes(limitSetting)
  return function firstLineAfterRoll ({ bytes, ends }: Batch, from: number, size: number): number {
    const start = from === 0 ? 0 : ends[from - 1]!
    if (size + bytes.length - start <= limit) return ends.length
    const first = firstLineEndingAfter(ends, from, start + limit - size)
    return size === 0 && first === from ? from + 1 : first
  }
}

/** The index of the first line, from `from` on, that ends after `offset`. */
function firstLineEndingAfter (ends: readonly number[], from: number, offset: number): number {
  let low = from
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ends[middle]! > offset) high = middle
    else low = middle + 1
  }
  return low
}
