import { test } from 'tap'
import { failureOf, noAnswer } from '../../../lib/appenders/elasticsearch/failure.js'

test('a failure says what was asked, what came, and what can be done about it', async t => {
  const failure = failureOf('sending', { status: 401, body: { error: { type: 'security_exception', reason: 'unable to authenticate' } }, headers: {} })
  t.match(failure, { code: 'AUDIT_ERR_SEND', retryAfter: undefined })
  t.match(failure.message, /^sending: the answer was 401 \(username and password, .*\): security_exception: unable to authenticate$/)
  t.match(failureOf('sending', { status: 502, body: '<html>', headers: {} }).message, /the answer was 502: no reason was given/)
  t.match(failureOf('sending', { status: 400, body: { error: 'no handler' }, headers: {} }).message, /400: no handler/)
  t.match(failureOf('sending', { status: 500, body: { error: null }, headers: {} }).message, /500: no reason was given/)
})

test('Retry-After is obeyed, in seconds or as a date', async t => {
  const waitOf = (said: unknown) => failureOf('sending', { status: 429, body: {}, headers: { 'retry-after': said } }).retryAfter
  t.equal(waitOf('7'), 7000)
  const wait = waitOf(new Date(Date.now() + 60_000).toUTCString()) ?? 0
  t.ok(wait > 50_000 && wait <= 60_000, String(wait))
  t.equal(waitOf(new Date(0).toUTCString()), 0)
  for (const said of ['', 'soon', undefined]) t.equal(waitOf(said), undefined)
})

test('no answer is a failure with its cause', async t => {
  const cause = new Error('ECONNREFUSED')
  t.match(noAnswer('sending', cause), { code: 'AUDIT_ERR_SEND', message: 'sending: no answer: ECONNREFUSED', cause })
})
