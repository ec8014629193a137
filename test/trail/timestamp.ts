import { test } from 'tap'
import { createTimestamp } from '../../lib/trail/timestamp.js'

test('the text is that of the time that is asked for, also when time stands still or goes back', async t => {
  const timestamp = createTimestamp()
  for (const time of [0, 0, 1, 1_700_000_000_123, 1_700_000_000_123, 5, 0]) t.equal(timestamp(time), new Date(time).toISOString())
})
