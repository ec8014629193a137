import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { meaningOf } from '../../../lib/appenders/webhook/answer.js'

test('any 2xx is success; what is about the content is final; everything else may pass', async t => {
  for (const status of [200, 201, 202, 204, 207, 299]) t.equal(meaningOf(status), 'taken', `${status}`)
  for (const status of [400, 413, 415, 422]) t.equal(meaningOf(status), 'refused', `${status}`)
  for (const status of [100, 301, 302, 304, 307, 308, 401, 403, 404, 405, 408, 409, 425, 429, 500, 501, 502, 503, 504, 599]) t.equal(meaningOf(status), 'again', `${status}`)
})

test('the page of the settings says the same', async t => {
  const [, listed = ''] = /^\| ([\d, ]+) \| The event is rejected/m.exec(readFileSync('docs/configuration.md', 'utf8')) ?? []
  const refused = Array.from({ length: 500 }, (_, index) => 100 + index).filter(status => meaningOf(status) === 'refused')
  t.same(listed.split(', ').map(Number), refused)
})
