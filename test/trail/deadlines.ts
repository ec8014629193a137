import { test } from 'tap'
import { eventually } from '../support/audited-app.js'
import { createDeadlines } from '../../lib/trail/deadlines.js'

const wait = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

test('what is marked has passed by the time-out, and not much earlier', async t => {
  const started = performance.now()
  let mark = 0
  const passedAt = await new Promise<number>(resolve => {
    const deadlines = createDeadlines(200, () => {
      if (!deadlines.passed(mark)) return true
      resolve(performance.now() - started)
      deadlines.stop()
      return false
    })
    mark = deadlines.mark()
    const keepAlive = setInterval(() => {}, 50)
    t.teardown(() => clearInterval(keepAlive))
  })
  // Timers may come late, on a busy machine by far; never early.
  t.ok(passedAt > 170, `${passedAt} ms`)
})

test('a time-out that is shorter than a step passes at the next look', async t => {
  const deadlines = createDeadlines(1, () => false)
  const mark = deadlines.mark()
  t.ok(deadlines.passed(mark))
  deadlines.stop()
})

test('the clock stands while nothing waits, and runs again when something does', async t => {
  let looks = 0
  let isWaiting = false
  const deadlines = createDeadlines(100, () => { looks++; return isWaiting })
  deadlines.mark()
  await eventually(() => looks === 21)
  await wait(50)
  t.equal(looks, 21, 'it has stopped')
  isWaiting = true
  const mark = deadlines.mark()
  t.notOk(deadlines.passed(mark))
  while (!deadlines.passed(mark)) await wait(5)
  t.ok(looks > 21)
  deadlines.stop()
})
