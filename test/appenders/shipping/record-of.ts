import { test } from 'tap'
import { recordOf } from '../../../lib/appenders/shipping/record-of.js'

test('the record of a line of JSON; none of any other', async t => {
  t.same(recordOf('{"message":"m","event":{"action":"a"}}'), { message: 'm', event: { action: 'a' } })
  for (const line of ['', '[2026-01-02] text', '"text"', '{"torn', '[]']) t.equal(recordOf(line), undefined, line)
})
