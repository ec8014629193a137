import { test } from 'tap'
import { parseRetryAfter } from '../../../lib/appenders/shipping/retry-after.js'

test('Retry-After is seconds or a date', async t => {
  const now = Date.UTC(2015, 9, 21, 7, 28, 0)
  const found = (header: string | string[] | undefined): number | undefined => parseRetryAfter(header, now)
  t.same([found('120'), found(' 0 '), found(['3'])], [120_000, 0, 3000])
  t.same([found('Wed, 21 Oct 2015 07:28:30 GMT'), found('Wednesday, 21-Oct-15 07:28:10 GMT'), found('Wed, 21 Oct 2015 07:00:00 GMT')], [30_000, 10_000, 0])
  t.same([undefined, '', '-1', '1.5', 'soon', '2015-10-21', '99999999999'].map(found), Array(7).fill(undefined))
})
