import { test } from 'tap'
import { notNow, tooMuch } from '../../../lib/appenders/otel/refusal.js'

test('what is not acceptable is sent in halves, what is not acceptable now later', async t => {
  t.match(tooMuch('it has answered 400'), { code: 'AUDIT_ERR_SEND', message: 'it has answered 400', isTooMuch: true })
  const later = notNow('it has answered 503', 2000)
  t.match(later, { code: 'AUDIT_ERR_SEND', message: 'it has answered 503', retryAfter: 2000 })
  t.equal(later.isTooMuch, undefined)
  t.notOk('retryAfter' in notNow('it has answered 500'))
})
