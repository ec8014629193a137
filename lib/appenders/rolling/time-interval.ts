// When to roll, by time: before the first event at or after the next boundary, counted from
// the first event of the live file. Called by the `rolling-file` appender for each batch.
import { open } from 'node:fs/promises'
import type { FromSchema } from '../../config/from-schema.js'
import { durationToMilliseconds, parseDuration, type DurationUnit } from '../../config/units.js'
import type { Batch } from '../../contracts.js'

// A unit, and how many of it make up which next one. Months and years stand on their own.
const FILLS: Partial<Record<DurationUnit, readonly [count: number, next: DurationUnit]>> = {
  ms: [1000, 's'], s: [60, 'm'], m: [60, 'h'], h: [24, 'd'], d: [7, 'w'], M: [12, 'Y']
}

// Four weeks and nine years are the most, because five weeks overflow a month.
function wholeAmounts (unit: DurationUnit): number[] {
  const [count, next] = FILLS[unit] ?? [unit === 'w' ? 5 : 10]
  const below = Array.from({ length: count - 1 }, (_, index) => index + 1)
  return next === undefined ? below : [...below, ...wholeAmounts(next).map(amount => amount * count)]
}

const intervalPattern = '^(' +
  '([1-9][0-9]{0,2}|(' + wholeAmounts('s').join('|') + ')000)ms|' +
  (['s', 'm', 'h', 'd', 'w', 'M', 'Y'] as const).map(unit => '(' + wholeAmounts(unit).join('|') + ')' + unit).join('|') + ')$'

/** `policy` with `type: time-interval`. */
export const timeIntervalSchema = {
  type: 'object',
  title: 'a time interval',
  description: 'Rolls before the first event at or after a boundary in time.',
  properties: {
    type: { const: 'time-interval' },
    interval: {
      type: 'string',
      title: 'an interval such as "24h" that does not overflow its unit ("30m" or "2h", not "90m")',
      description: 'How much time one file covers: an amount and ms, s, m, h, d, w, M or Y. An interval that is longer than the next higher unit has to be a whole number of it.',
      pattern: intervalPattern,
      default: '24h'
    },
    modulate: {
      type: 'boolean',
      description: 'Whether files end at boundaries of the interval in local time (24h: at midnight) rather than an interval after their first event.',
      default: true
    }
  },
  required: ['type'],
  additionalProperties: false
} as const

export type TimeIntervalConfig = FromSchema<typeof timeIntervalSchema>

/**
 * Returns a policy: a function that returns the index of the first line of `batch`, from
 * `from` on, whose event is at or after the boundary; the number of lines when there is
 * none. An empty file is never rolled: its first event sets the boundary.
 *
 * @param start the time of the first event that the live file already holds, milliseconds since the epoch
 */
export function createTimeInterval ({ interval = '24h', modulate = true }: TimeIntervalConfig, start?: number) {
  let boundary = start === undefined ? Infinity : nextBoundary(start, interval, modulate)
  return function firstLineAfterRoll ({ times }: Batch, from: number, size: number): number {
    let line = from
    if (size === 0 && line < times.length) boundary = nextBoundary(times[line++]!, interval, modulate)
    while (line < times.length && times[line]! < boundary) line++
    return line
  }
}

/**
 * The next time at which a file that began at `time` is full, in milliseconds since the
 * epoch. With `modulate`, the interval's highest unit counts, in local time: "9h" at 21:00
 * is 03:00, "1w" the next Sunday at 00:00, "24h" the next midnight. Days of the week count
 * from Sunday, weeks from the one that holds January 1st, as in Kibana. Always later than `time`.
 */
export function nextBoundary (time: number, interval: string, modulate: boolean): number {
  const boundary = modulate ? clockBoundary(time, interval) : -Infinity
  // Clocks that are put back by two hours, as in Antarctica/Troll, come to a boundary twice.
  return boundary > time ? boundary : time + durationToMilliseconds(interval)
}

function clockBoundary (time: number, interval: string): number {
  const { amount, unit } = inHighestUnit(interval)
  const steps = (value: number) => amount - value % amount
  const date = new Date(time)
  const [year, month, day, hour] = [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours()]
  switch (unit) {
    case 'Y': return new Date(year + steps(year), 0).getTime()
    case 'M': return new Date(year, month + steps(month)).getTime()
    case 'w': return new Date(year, month, day - date.getDay() + 7 * steps(weekOfYear(date))).getTime()
    case 'd': return new Date(year, month, day + steps(date.getDay())).getTime()
    // Every hour is an hour, also the one that clocks repeat; several hours follow the clock.
    case 'h': return amount === 1 ? after(time, 60 * 60 * 1000, date.getMinutes() * 60_000 + time % 60_000) : new Date(year, month, day, hour + steps(hour)).getTime()
    case 'm': return after(time, steps(date.getMinutes()) * 60_000, time % 60_000)
    case 's': return after(time, steps(date.getSeconds()) * 1000, time % 1000)
    default: return after(time, steps(date.getMilliseconds()), 0)
  }
}

function after (time: number, step: number, elapsed: number): number {
  return time - elapsed + step
}

function inHighestUnit (interval: string): { amount: number, unit: DurationUnit } {
  let { amount, unit } = parseDuration(interval)
  for (let fills = FILLS[unit]; fills !== undefined && amount % fills[0] === 0; fills = FILLS[unit]) {
    amount /= fills[0]
    unit = fills[1]
  }
  return { amount, unit }
}

/** 1 for the week, Sunday to Saturday, that holds January 1st. */
function weekOfYear (date: Date): number {
  const saturday = new Date(date.getFullYear(), date.getMonth(), date.getDate() - date.getDay() + 6)
  return Math.ceil(dayOfYear(saturday) / 7)
}

function dayOfYear (date: Date): number {
  return (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000 + 1
}

/**
 * The time of the first event of an existing file, milliseconds since the epoch: its first
 * line's `@timestamp`, or, where the layout has none, the file's birth. Never later than its
 * last change: a copied or restored file is younger than what it holds, and not every file
 * system records births.
 */
export async function startOfFile (path: string): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const { birthtimeMs, mtimeMs } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0)
    const [firstLine = ''] = buffer.toString('latin1', 0, bytesRead).split('\n', 1)
    const timestamp = Date.parse(/^\{"@timestamp":"([^"]{1,40})"/.exec(firstLine)?.[1] ?? '')
    return Math.floor(Math.min(timestamp || birthtimeMs, mtimeMs))
  } finally {
    await handle.close()
  }
}
