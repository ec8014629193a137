// The contract of all appenders (lib/testing/appender-contract.ts) as tests of tap.
import type { test } from 'tap'
import { appenderContract as checksOf, type AppenderUnderTest } from '../../lib/testing/appender-contract.js'
import { batchOf } from '../../lib/testing/surroundings.js'

export { batchOf, surroundingsIn, type TestSurroundings } from '../../lib/testing/surroundings.js'
export type { AppenderUnderTest } from '../../lib/testing/appender-contract.js'

/** What tap hands to a test; it exports no name for it. */
export type Test = Parameters<Parameters<typeof test>[0]>[0]

/**
 * @param open makes an appender of its own, with nothing written yet, for each promise
 * @param refusal the code with which it refuses batches once it is closed: the contract takes any, ours have one
 */
export async function appenderContract (t: Test, open: (t: Test) => Promise<AppenderUnderTest>, refusal = 'AUDIT_ERR_CLOSED'): Promise<void> {
  for (const { name, run } of checksOf(open)) {
    await t.test(name, async t => {
      await run(t)
      t.pass('it holds')
    })
  }
  await t.test(`refuses batches once it is closed with ${refusal}`, async t => {
    const { appender } = await open(t)
    await appender.close()
    await t.rejects(appender.append(batchOf(['too late'])), { code: refusal })
  })
}
