import { test } from 'tap'
import { createRedaction } from '../../lib/http/redact.js'
import { createHeaderReader } from '../../lib/http/request-headers.js'

test('only listed headers are read, and secrets say no more than that they were there', async t => {
  const read = createHeaderReader(['Accept', 'AUTHORIZATION', 'x-customer', 'referer', 'x-uri', 'constructor'], createRedaction(['X-Customer']))
  t.same(read({ accept: '*/*', authorization: 'Bearer hush', cookie: 'hush', 'x-customer': 'hush', referer: 'https://a:hush@h/p?token=hush&a=1', 'x-uri': '/a?sid=hush' }), {
    accept: '*/*', authorization: '[redacted]', 'x-customer': '[redacted]', referer: 'https://h/p?token=[redacted]&a=1', 'x-uri': '[redacted]'
  })
  t.equal(read({ host: 'h' }), undefined)
})
