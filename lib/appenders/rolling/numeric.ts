// What to call rolled files: `audit-1.log` is the youngest, each roll counts the others up.
// Only files whose names this strategy itself would give are ever touched. Called by the
// `rolling-file` appender when a roll is due, and by retention to learn which files there are.
import { readdir, rename } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { FromSchema } from '../../config/from-schema.js'

/** `strategy` with `type: numeric`. */
export const numericSchema = {
  type: 'object',
  title: 'a numeric strategy',
  description: 'Numbers rolled files; 1 is always the youngest.',
  properties: {
    type: { const: 'numeric' },
    pattern: {
      type: 'string',
      title: 'a suffix such as "-%i" that holds %i and no folder',
      description: 'What stands between the name and the extension of a rolled file; %i is its number.',
      pattern: '^[^/\\\\\\u0000]*%i[^/\\\\\\u0000]*$',
      default: '-%i'
    },
    max: {
      type: 'integer',
      title: 'a number from 1 to 100',
      description: 'How many rolled files are kept, where retention.maxFiles does not say otherwise.',
      minimum: 1,
      maximum: 100,
      default: 7
    }
  },
  required: ['type'],
  additionalProperties: false
} as const

export type NumericConfig = FromSchema<typeof numericSchema>

/** A file that has been rolled. */
export interface RolledFile {
  readonly number: number
  readonly path: string
}

export interface NumericStrategy {
  /** The rolled files that exist, youngest first. */
  rolledFiles (): Promise<RolledFile[]>
  /**
   * Makes room for number 1 and renames the live file to it. A roll that was cut in the
   * middle, by a crash or an error, is completed by the next: no file is ever overwritten.
   *
   * @throws {Error} (as a rejection) the operating system refuses, or no number is free
   */
  roll (): Promise<void>
  /** Takes back the renaming of the live file by the last `roll`. */
  undoRoll (): Promise<void>
}

// `retention.maxFiles` keeps 365 at the most, and one more exists until it is removed. With
// larger numbers, as in audit-2024.log, a file is somebody else's.
const HIGHEST_NUMBER = 366

/** @param live the absolute path of the live file */
export function createNumericStrategy ({ pattern = '-%i' }: NumericConfig, live: string): NumericStrategy {
  const folder = dirname(live)
  const extension = extname(live)
  const [beforeNumber, afterNumber] = splitAtNumber(basename(live, extension) + pattern + extension, basename(live, extension).length)
  const pathOf = (number: number) => join(folder, beforeNumber + number + afterNumber)

  function numberOf (name: string): number | undefined {
    if (!name.startsWith(beforeNumber) || !name.endsWith(afterNumber)) return undefined
    const digits = name.slice(beforeNumber.length, name.length - afterNumber.length)
    return /^[1-9][0-9]{0,2}$/.test(digits) && Number(digits) <= HIGHEST_NUMBER ? Number(digits) : undefined
  }

  async function rolledFiles (): Promise<RolledFile[]> {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter(entry => !entry.isDirectory())
      .map(entry => numberOf(entry.name))
      .filter(number => number !== undefined)
      .sort((a, b) => a - b)
      .map(number => ({ number, path: pathOf(number) }))
  }

  async function roll (): Promise<void> {
    const taken = new Set((await rolledFiles()).map(({ number }) => number))
    // From the first free number down: a gap that a cut roll has left is filled, files
    // above it have been moved already.
    let free = 1
    while (taken.has(free)) free++
    if (free > HIGHEST_NUMBER) throw new Error(`"${pathOf(HIGHEST_NUMBER)}" exists, and no number below it is free`)
    for (; free > 1; free--) await rename(pathOf(free - 1), pathOf(free))
    await rename(live, pathOf(1)).catch((error: NodeJS.ErrnoException) => {
      // Somebody else has moved or removed it: there is nothing to roll.
      if (error.code !== 'ENOENT') throw error
    })
  }

  return { rolledFiles, roll, undoRoll: () => rename(pathOf(1), live) }
}

/** Splits a name at the first `%i` after `from`. */
function splitAtNumber (name: string, from: number): [string, string] {
  const at = name.indexOf('%i', from)
  return [name.slice(0, at), name.slice(at + 2)]
}
