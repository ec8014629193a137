import { test } from 'tap'
import { warningsTo } from '../../lib/cli/warnings.js'

test('warnings and errors are a line each, and what is only told is not', async t => {
  let said = ''
  const log = warningsTo({ stderr: { write (text) { said += text } } })
  log.info({}, 'fastify-audit: nothing')
  log.warn({}, 'fastify-audit: an old name')
  log.error({}, 'a fault')
  t.equal(said, 'warning: an old name\nwarning: a fault\n')
})
