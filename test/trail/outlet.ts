import { test } from 'tap'
import type { Layout } from '../../lib/contracts.js'
import { Accounts } from '../../lib/trail/accounts.js'
import { createDeadlines } from '../../lib/trail/deadlines.js'
import { createSingleOutlet } from '../../lib/trail/outlet.js'
import { createSlowAppender, turn } from '../support/slow-appender.js'

test('one appender: nothing stands between the trail, its layout and its delivery', async t => {
  const layout: Layout = ({ message }) => message + '\n'
  const appender = createSlowAppender()
  const log = { info () {}, warn () {}, error () {} }
  const accounts = new Accounts({ surroundings: { now: Date.now, log }, blocks: false, stops: 0, stop () {}, say: () => true })
  const deadlines = createDeadlines(1000, () => false)
  const policies = { writes: 'continue', reads: 'continue', http: 'continue', authentication: 'continue' } as const
  const outlet = createSingleOutlet({ name: 'default', type: 'file', appender, layout, ignores: () => false, durability: 'write', policies }, { accounts, deadlines, maxBytes: 1000, log })
  t.equal(outlet.make, layout)
  const acknowledged = outlet.accept('abc\n', 0, 1)
  t.match([outlet.queued, outlet.queuedBytes, outlet.hasRoom(997), outlet.hasRoom(10)], [1, 4, false, true])
  await turn()
  appender.release()
  await acknowledged
  t.match(outlet.appenders(), { default: { type: 'file', state: 'ok', written: 1, queued: 0 } })
  await outlet.close()
  t.ok(appender.isClosed)
})
