import { test } from 'tap'
import { createCounters } from '../../../lib/appenders/shipping/counters.js'
import { surroundingsIn } from '../../support/appender-contract.js'

test('counts, and keeps the last error without what else a client has put into it', async t => {
  const counters = createCounters(surroundingsIn('/', { now: () => Date.UTC(2026, 0, 1) }))
  counters.delivered(3)
  counters.rejectedEvents(2, 'no such field')
  counters.failed(Object.assign(new Error('away'), { code: 'ECONNRESET', request: { headers: { authorization: 'Bearer secret' } } }))
  t.match(counters, { sent: 3, rejected: 2, retries: 1, lastError: { code: 'ECONNRESET', message: 'away', time: '2026-01-01T00:00:00.000Z' } })
  t.notMatch(JSON.stringify(counters.lastError), /secret/)
})

test('operators are told once for each outage, and of rejected events once a minute', async t => {
  let now = 0
  const told: [object, string][] = []
  const tell = (details: object, message: string): void => { told.push([details, message]) }
  const counters = createCounters({ now: () => now, log: { info: tell, warn: tell, error: tell } })
  for (let i = 0; i < 3; i++) counters.failed(new Error('away'))
  counters.recovered()
  counters.recovered()
  counters.failed(new Error('away again'))
  t.match(told, [[{ reason: { message: 'away' } }, /cannot be sent/], [{}, /sent again/], [{ reason: { message: 'away again' } }, /cannot be sent/]])
  told.length = 0
  for (now = 0; now < 120_000; now += 1000) counters.rejectedEvents(1, 'why')
  t.match(told, [[{ rejected: 1, reason: 'why' }, /dead-letters/], [{ rejected: 61 }, /dead-letters/]])
  t.equal(told.length, 2)
})
