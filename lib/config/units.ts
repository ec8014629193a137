// Durations and sizes as kibana.yml writes them: `24h`, `100mb`. Schemas name them,
// the parts that use them turn them into numbers. And texts, as many schemas want them.

/** A number and `ms`, `s`, `m`, `h`, `d`, `w`, `M` (months of 30 days) or `Y` (years of 365 days). */
export const durationSchema = {
  type: 'string', title: 'a duration such as "24h"', pattern: '^[1-9][0-9]{0,14}(ms|s|m|h|d|w|M|Y)$'
} as const

/** A number and `b`, `kb`, `mb` or `gb` (powers of 1024). */
export const sizeSchema = {
  type: 'string', title: 'a size such as "100mb"', pattern: '^[1-9][0-9]{0,14}(b|kb|mb|gb)$'
} as const

/** A text. */
export const textSchema = { type: 'string', minLength: 1, title: 'a text that is not empty' } as const

/** A text, or a list of texts. Whoever uses it gives it a title. */
export const oneOrManySchema = { type: ['string', 'array'], items: { type: 'string', minLength: 1 }, minLength: 1, minItems: 1 } as const

const second = 1000
const day = 24 * 60 * 60 * second

/** What one of each unit is in milliseconds, as in Kibana. */
const MILLISECONDS = { ms: 1, s: second, m: 60 * second, h: 60 * 60 * second, d: day, w: 7 * day, M: 30 * day, Y: 365 * day } as const

export type DurationUnit = keyof typeof MILLISECONDS

const BYTES = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const

/** Takes a duration apart: `'24h'` → `{ amount: 24, unit: 'h' }`. The schema has checked it. */
export function parseDuration (duration: string): { amount: number, unit: DurationUnit } {
  const unit = duration.replace(/^\d+/, '') as DurationUnit
  return { amount: Number.parseInt(duration, 10), unit }
}

/** A duration in milliseconds: `'24h'` → 86400000. */
export function durationToMilliseconds (duration: string): number {
  const { amount, unit } = parseDuration(duration)
  return amount * MILLISECONDS[unit]
}

/** A size in bytes: `'100mb'` → 104857600. */
export function sizeToBytes (size: string): number {
  return Number.parseInt(size, 10) * BYTES[size.replace(/^\d+/, '') as keyof typeof BYTES]
}
