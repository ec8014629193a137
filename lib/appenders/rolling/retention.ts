// Which rolled files go: by number, by what they weigh together, by age. The live file is
// never among them. Called by the `rolling-file` appender at the start and after each roll.
import { lstat, unlink } from 'node:fs/promises'
import type { FromSchema } from '../../config/from-schema.js'
import { durationSchema, durationToMilliseconds, sizeSchema, sizeToBytes } from '../../config/units.js'
import type { RolledFile } from './numeric.js'

const olderThanPattern = '^(' + Object.entries({ ms: '31536000000', s: '31536000', m: '525600', h: '8760', d: '365', w: '52', M: '12', Y: '1' })
  .map(([unit, highest]) => `(${upTo(highest)})${unit}`).join('|') + ')$'

/** `retention`. */
export const retentionSchema = {
  type: 'object',
  title: 'at least one of maxFiles, maxAccumulatedFileSize and removeOlderThan',
  description: 'Which rolled files are removed, at the start and after each roll.',
  properties: {
    maxFiles: {
      type: 'integer',
      title: 'a number from 1 to 365',
      description: 'How many rolled files are kept. Stands in for strategy.max.',
      minimum: 1,
      maximum: 365
    },
    maxAccumulatedFileSize: {
      ...sizeSchema,
      description: 'How large rolled files may be together: the file that passes it and all older ones are removed.'
    },
    removeOlderThan: {
      ...durationSchema,
      title: 'a duration of at most "365d"',
      description: 'Rolled files that were last written to longer ago than this are removed.',
      pattern: olderThanPattern
    }
  },
  minProperties: 1,
  additionalProperties: false
} as const

export type RetentionConfig = FromSchema<typeof retentionSchema>

/**
 * Removes the rolled files that `config` does not keep.
 *
 * @param youngestFirst the rolled files that exist
 * @param now milliseconds since the epoch
 * @returns the paths of those that were removed
 */
export async function removeExpired (youngestFirst: readonly RolledFile[], config: RetentionConfig, now: number): Promise<string[]> {
  const maxFiles = config.maxFiles ?? Infinity
  const maxSize = config.maxAccumulatedFileSize === undefined ? Infinity : sizeToBytes(config.maxAccumulatedFileSize)
  const oldest = config.removeOlderThan === undefined ? -Infinity : now - durationToMilliseconds(config.removeOlderThan)
  const removed: string[] = []
  let accumulated = 0
  for (const [index, { path }] of youngestFirst.entries()) {
    const { size, mtimeMs } = await lstat(path)
    accumulated += size
    if (index >= maxFiles || accumulated > maxSize || mtimeMs < oldest) {
      await unlink(path)
      removed.push(path)
    }
  }
  return removed
}

/** A regular expression for the whole numbers from 1 to `highest`. */
function upTo (highest: string): string {
  const last = highest.length - 1
  const alternatives = last === 0 ? [] : [`[1-9][0-9]{0,${last - 1}}`]
  for (let place = 0; place <= last; place++) {
    const low = place === 0 ? 1 : 0
    const high = Number(highest[place]) - (place === last ? 0 : 1)
    if (high >= low) alternatives.push(`${highest.slice(0, place)}[${low}-${high}][0-9]{${last - place}}`)
  }
  return alternatives.join('|')
}
