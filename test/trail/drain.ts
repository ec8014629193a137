import { test } from 'tap'
import { createDrain } from '../../lib/trail/drain.js'
import { isSettled } from '../support/slow-appender.js'

test('whoever waits for an empty queue waits for the lines of that moment, and for the time-out at the most', async t => {
  const queue = { lines: 0, added: 0, left: 0 }
  let now = 0
  const drain = createDrain(queue, { mark: () => now, passed: mark => now - mark > 2, stop () {} })
  await drain.empty()
  Object.assign(queue, { lines: 2, added: 2 })
  const first = drain.empty()
  Object.assign(queue, { lines: 2, added: 3, left: 1 })
  const second = drain.empty()
  drain.look(null)
  t.notOk(await isSettled(first))
  Object.assign(queue, { lines: 1, left: 2 })
  drain.look(null)
  await first
  t.notOk(await isSettled(second))
  now = 3
  const third = drain.empty()
  drain.look(new Error('disk is full'))
  await t.rejects(second, { message: 'disk is full' })
  now = 6
  drain.look(null)
  await t.rejects(third, { code: 'AUDIT_ERR_TIMEOUT' })
})
