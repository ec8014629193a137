// What every appender promises, whatever it writes to: the one suite that all of them run,
// those that stand in lib/appenders/ and those of others. Under any test runner.
import assert from 'node:assert/strict'
import type { Appender } from '../contracts.js'
import { batchOf } from './surroundings.js'

export interface AppenderUnderTest {
  readonly appender: Appender
  /** Everything that has been written so far, in the order in which it was written. */
  readonly read: () => Promise<string>
}

/** One promise of the contract. */
export interface Check<Context> {
  /** A sentence, for the title of a test. */
  readonly name: string
  /**
   * Holds an appender to the promise. `context` is handed on to the function that opens it.
   *
   * @throws {AssertionError} (as a rejection) the promise is broken
   */
  readonly run: (context: Context) => Promise<void>
}

/**
 * The promises of the contract.
 *
 * @param open makes an appender of its own, with nothing written yet, for each promise
 * @example for (const { name, run } of appenderContract(open)) test(name, () => run())
 */
export function appenderContract<Context = void> (open: (context: Context) => Promise<AppenderUnderTest>): readonly Check<Context>[] {
  const check = (name: string, holds: (under: AppenderUnderTest) => Promise<void>): Check<Context> =>
    ({ name, run: async context => await holds(await open(context)) })
  return [
    check('keeps lines whole and batches in their order', under =>
      keeps(under, Array.from({ length: 50 }, (_, batch) => Array.from({ length: batch % 7 + 1 }, (_, line) => `{"batch":${batch},"line":${line}}`)))),
    check('keeps text of several bytes per character', under => keeps(under, [['{"user":"Žofie Müller 日本"}', '{"user":"👩‍👩‍👧"}'], ['{"user":"ß"}']])),
    check('takes a batch of 10,000 lines', under => keeps(under, [Array.from({ length: 10_000 }, (_, line) => `{"line":${line}}`), ['{"line":"after"}']])),
    check('takes a line of 10 MB', under => keeps(under, [['{"line":"before"}'], ['x'.repeat(10 * 1024 * 1024)], ['{"line":"after"}']])),
    check('takes an empty batch and writes nothing', under => keeps(under, [[], ['{"line":1}'], []])),
    check('writes what is on its way before it closes', writesBeforeItCloses),
    check('writes at once, in order, what is under way and what waits, and goes on afterwards', writesAtOnce),
    check('refuses batches once it is closed, and may be closed twice', refusesOnceClosed)
  ]
}

const textOf = (lines: readonly string[]): string => lines.map(line => line + '\n').join('')

/** Compares texts of many megabytes without printing them. */
function assertText (text: string, expected: string, promise: string): void {
  if (text === expected) return
  let same = 0
  while (same < expected.length && text[same] === expected[same]) same++
  const around = (whole: string): string => JSON.stringify(whole.slice(Math.max(0, same - 20), same + 40))
  throw new assert.AssertionError({ message: `${promise}: at character ${same}, expected ${around(expected)}, got ${around(text)}`, operator: 'appenderContract' })
}

async function keeps ({ appender, read }: AppenderUnderTest, batches: readonly string[][]): Promise<void> {
  for (const lines of batches) await appender.append(batchOf(lines))
  // Before closing: an acknowledged line is not only there once the appender is closed.
  const text = await read()
  assertText(text, textOf(batches.flat()), 'the lines are there when they are acknowledged, whole and in order')
  await appender.close()
  assertText(await read(), text, 'closing adds nothing and takes nothing away')
}

async function writesBeforeItCloses ({ appender, read }: AppenderUnderTest): Promise<void> {
  const lines = ['x'.repeat(1024 * 1024), 'last']
  const appended = appender.append(batchOf(lines))
  await appender.close()
  assertText(await read(), textOf(lines), 'what was on its way is there after closing')
  await appended
}

async function writesAtOnce ({ appender, read }: AppenderUnderTest): Promise<void> {
  const now = (batches: readonly string[][]): number | undefined => appender.appendNow?.(batches.map(lines => batchOf(lines)))
  // It makes no such promise.
  if (appender.appendNow === undefined) return await appender.close()
  await appender.append(batchOf(['first']))
  assert.equal(now([['a', 'b'], [], ['c']]), 3, 'appendNow counts the lines that it has written')
  const appended = appender.append(batchOf(['x'.repeat(100_000), 'under way']))
  assert.equal(now([['d']]), 3, 'appendNow counts the lines of the append under way, and writes them first')
  assert.equal(now([]), 2, 'as often as it is asked')
  await appended
  await appender.append(batchOf(['last']))
  assert.equal(now([]), 0, 'nothing is under way any more')
  assertText(await read(), textOf(['first', 'a', 'b', 'c', 'x'.repeat(100_000), 'under way', 'd', 'last']), 'everything is there once, in order')
  await appender.close()
  assert.equal(now([['too late']]), 0, 'nothing is written after closing')
}

async function refusesOnceClosed ({ appender, read }: AppenderUnderTest): Promise<void> {
  await appender.append(batchOf(['first']))
  await appender.close()
  await assert.rejects(async () => await appender.append(batchOf(['too late'])), 'a batch after closing is refused')
  await appender.close()
  assertText(await read(), textOf(['first']), 'nothing is written after closing')
}
