// The contract of all appenders (lib/testing/appender-contract.ts) as tests of tap.
import type { test } from 'tap'
import { appenderContract as checksOf, type AppenderUnderTest } from '../../lib/testing/appender-contract.js'

export { batchOf, surroundingsIn, type TestSurroundings } from '../../lib/testing/surroundings.js'
export type { AppenderUnderTest } from '../../lib/testing/appender-contract.js'

/** What tap hands to a test; it exports no name for it. */
export type Test = Parameters<Parameters<typeof test>[0]>[0]

/** @param open makes an appender of its own, with nothing written yet, for each promise */
export async function appenderContract (t: Test, open: (t: Test) => Promise<AppenderUnderTest>): Promise<void> {
  for (const { name, run } of checksOf(open)) {
    await t.test(name, async t => {
      await run(t)
      t.pass('it holds')
    })
  }
}
