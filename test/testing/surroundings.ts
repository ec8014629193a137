import { test } from 'tap'
import { batchOf, surroundingsIn } from '../../lib/testing/surroundings.js'

test('a batch is whole lines, with where each ends and when it was said', async t => {
  t.same(batchOf(['ä', 'b'], [1, 2]), { bytes: Buffer.from('ä\nb\n'), ends: [3, 5], times: [1, 2] })
})

test('surroundings remember what they are told', async t => {
  const surroundings = surroundingsIn('/folder', { durability: 'fsync' })
  surroundings.log.warn({}, 'full')
  surroundings.notice({ what: 'line_torn', path: 'a', bytes: 1 })
  t.match(surroundings, { directory: '/folder', durability: 'fsync', told: ['full'], notices: [{ bytes: 1 }] })
  t.equal(surroundings.locate('appender', 'fileName'), 'appender.fileName')
})
