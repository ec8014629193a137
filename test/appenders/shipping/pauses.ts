import { test } from 'tap'
import { createPauses } from '../../../lib/appenders/shipping/pauses.js'
import { keepAlive } from '../../support/keep-alive.js'

/** The pauses that are asked of the clock, which passes at once. */
async function pausesOf (run: (pauses: ReturnType<typeof createPauses>) => Promise<void>, random = 0, init = 100): Promise<number[]> {
  const asked: number[] = []
  const original = globalThis.setTimeout
  globalThis.setTimeout = ((run: () => void, milliseconds: number) => {
    asked.push(milliseconds)
    return original(run, 0)
  }) as typeof setTimeout
  try {
    await run(createPauses(init, 1000, () => random))
  } finally {
    globalThis.setTimeout = original
  }
  return asked
}

test('each pause is twice as long as the one before, up to the longest, less up to a half by chance', async t => {
  keepAlive(t)
  const six = async (pauses: ReturnType<typeof createPauses>): Promise<void> => { for (let i = 0; i < 6; i++) await pauses.wait() }
  t.same(await pausesOf(six), [100, 200, 400, 800, 1000, 1000])
  t.same(await pausesOf(six, 1), [50, 100, 200, 400, 500, 500])
  t.same(await pausesOf(six, 0, 5000), Array(6).fill(1000), 'a first one that is longer is the longest')
})

test('success makes the next a short one; the other side may ask for a longer one, but not for a day', async t => {
  keepAlive(t)
  t.same(await pausesOf(async pauses => {
    await pauses.wait()
    await pauses.wait(50)
    pauses.reset()
    await pauses.wait()
    await pauses.wait(5000)
    await pauses.wait(24 * 60 * 60 * 1000)
  }), [100, 200, 100, 5000, 60 * 60 * 1000])
})

test('a pause can be cut short', async t => {
  keepAlive(t)
  const pauses = createPauses(60_000, 60_000)
  pauses.hurry()
  const paused = pauses.wait()
  pauses.hurry()
  await paused
  t.pass('at once')
})
