// What every appender promises, whatever it writes to: the one suite that all of them run,
// those that stand in lib/appenders/ and those that are written later.
import type { test } from 'tap'
import type { Appender, Batch, LogNotice, Surroundings } from '../../lib/contracts.js'

/** What tap hands to a test; it exports no name for it. */
export type Test = Parameters<Parameters<typeof test>[0]>[0]

export interface AppenderUnderTest {
  readonly appender: Appender
  /** Everything that has been written so far, in the order in which it was written. */
  readonly read: () => Promise<string>
}

/** A batch as the trail makes it. */
export function batchOf (lines: readonly string[], times: readonly number[] = lines.map(() => Date.now())): Batch {
  let end = 0
  return {
    bytes: Buffer.from(lines.map(line => line + '\n').join('')),
    ends: lines.map(line => (end += Buffer.byteLength(line) + 1)),
    times
  }
}

/** The surroundings of an appender, with what it tells to operators and to the log. */
export interface TestSurroundings extends Surroundings {
  readonly told: string[]
  readonly notices: LogNotice[]
}

export function surroundingsIn (directory: string, overrides: Partial<Surroundings> = {}): TestSurroundings {
  const told: string[] = []
  const notices: LogNotice[] = []
  const tell = (_details: object, message: string): void => { told.push(message) }
  return {
    told,
    notices,
    directory,
    locate: (...path) => path.join('.'),
    now: Date.now,
    log: { info: tell, warn: tell, error: tell },
    durability: 'write',
    mayOpenLater: false,
    notice: notice => { notices.push(notice) },
    ...overrides
  }
}

/** @param open makes an appender of its own, with nothing written yet, for each promise */
export async function appenderContract (t: Test, open: (t: Test) => Promise<AppenderUnderTest>): Promise<void> {
  const textOf = (batches: readonly string[][]) => batches.flat().map(line => line + '\n').join('')

  async function holds (t: Test, batches: readonly string[][]): Promise<void> {
    const { appender, read } = await open(t)
    for (const lines of batches) await appender.append(batchOf(lines))
    // Before closing: an acknowledged line is not only there once the appender is closed.
    const text = await read()
    t.ok(text === textOf(batches), `${batches.flat().length} lines in ${batches.length} batches are there, whole and in order`)
    await appender.close()
    t.equal((await read()).length, text.length, 'closing adds nothing and takes nothing away')
  }

  await t.test('keeps lines whole and batches in their order', async t => {
    await holds(t, Array.from({ length: 50 }, (_, batch) => Array.from({ length: batch % 7 + 1 }, (_, line) => `{"batch":${batch},"line":${line}}`)))
  })

  await t.test('keeps text of several bytes per character', async t => {
    await holds(t, [['{"user":"Žofie Müller 日本"}', '{"user":"👩‍👩‍👧"}'], ['{"user":"ß"}']])
  })

  await t.test('takes a batch of 10,000 lines', async t => {
    await holds(t, [Array.from({ length: 10_000 }, (_, line) => `{"line":${line}}`), ['{"line":"after"}']])
  })

  await t.test('takes a line of 10 MB', async t => {
    await holds(t, [['{"line":"before"}'], ['x'.repeat(10 * 1024 * 1024)], ['{"line":"after"}']])
  })

  await t.test('takes an empty batch and writes nothing', async t => {
    await holds(t, [[], ['{"line":1}'], []])
  })

  await t.test('writes what is on its way before it closes', async t => {
    const { appender, read } = await open(t)
    const appended = appender.append(batchOf(['x'.repeat(1024 * 1024), 'last']))
    await appender.close()
    t.match(await read(), /x\nlast\n$/)
    await appended
  })

  await t.test('writes at once, in order, what is under way and what waits, and goes on afterwards', async t => {
    const { appender, read } = await open(t)
    if (appender.appendNow === undefined) {
      t.pass('it makes no such promise')
      return
    }
    await appender.append(batchOf(['first']))
    t.equal(appender.appendNow([batchOf(['a', 'b']), batchOf([]), batchOf(['c'])]), 3)
    const appended = appender.append(batchOf(['x'.repeat(100_000), 'under way']))
    t.equal(appender.appendNow([batchOf(['d'])]), 3)
    t.equal(appender.appendNow([]), 2, 'as often as it is asked')
    await appended
    await appender.append(batchOf(['last']))
    t.equal(appender.appendNow([]), 0)
    t.ok(await read() === textOf([['first', 'a', 'b', 'c', 'x'.repeat(100_000), 'under way', 'd', 'last']]))
    await appender.close()
    t.equal(appender.appendNow([batchOf(['too late'])]), 0)
  })

  await t.test('refuses batches once it is closed, and may be closed twice', async t => {
    const { appender, read } = await open(t)
    await appender.append(batchOf(['first']))
    await appender.close()
    await t.rejects(appender.append(batchOf(['too late'])), { code: 'AUDIT_ERR_CLOSED' })
    await appender.close()
    t.equal(await read(), 'first\n')
  })
}
