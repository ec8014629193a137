import { test } from 'tap'
import { createSizeLimit } from '../../../lib/appenders/rolling/size-limit.js'
import { batchOf } from '../../support/appender-contract.js'

// Lines of 4, 6 and 3 bytes with their line feeds.
const batch = batchOf(['abc', 'abcde', 'ab'])

test('a batch that fits is not split', async t => {
  const firstLineAfterRoll = createSizeLimit({ type: 'size-limit', size: '13b' })
  t.equal(firstLineAfterRoll(batch, 0, 0), 3)
  t.equal(firstLineAfterRoll(batch, 1, 4), 3)
  t.equal(firstLineAfterRoll(batchOf([]), 0, 13), 0)
})

test('rolls before the line that would pass the limit', async t => {
  const firstLineAfterRoll = createSizeLimit({ type: 'size-limit', size: '12b' })
  t.equal(firstLineAfterRoll(batch, 0, 0), 2)
  t.equal(firstLineAfterRoll(batch, 0, 2), 2)
  t.equal(firstLineAfterRoll(batch, 0, 3), 1)
  t.equal(firstLineAfterRoll(batch, 0, 9), 0)
  t.equal(firstLineAfterRoll(batch, 1, 9), 1)
  t.equal(firstLineAfterRoll(batch, 2, 9), 3)
  t.equal(firstLineAfterRoll(batch, 2, 10), 2)
})

test('a line over the limit goes into a file of its own', async t => {
  const firstLineAfterRoll = createSizeLimit({ type: 'size-limit', size: '5b' })
  t.equal(firstLineAfterRoll(batch, 0, 0), 1)
  t.equal(firstLineAfterRoll(batch, 1, 4), 1)
  t.equal(firstLineAfterRoll(batch, 1, 0), 2, 'the empty file takes it')
  t.equal(firstLineAfterRoll(batch, 2, 6), 2, 'and nothing after it')
})

test('rolls at 100 MB when no size is given', async t => {
  const firstLineAfterRoll = createSizeLimit({ type: 'size-limit' })
  t.equal(firstLineAfterRoll(batch, 0, 100 * 1024 * 1024 - 13), 3)
  t.equal(firstLineAfterRoll(batch, 0, 100 * 1024 * 1024 - 12), 2)
})
