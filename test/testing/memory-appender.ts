import { test } from 'tap'
import { createMemoryAppender } from '../../lib/testing/memory-appender.js'
import { appenderContract, batchOf } from '../support/appender-contract.js'
import { isSettled } from '../support/slow-appender.js'

const event = (action: string, trace: string): string => JSON.stringify({ event: { action }, trace: { id: trace } })

test('keeps the contract', async t => {
  await appenderContract(t, async () => {
    const appender = createMemoryAppender()
    return { appender, read: async () => appender.lines.map(line => line + '\n').join('') }
  })
})

test('reads its lines as events, all or those of a request, until it is cleared', async t => {
  const memory = createMemoryAppender()
  await memory.append(batchOf([event('a', '1'), event('b', '2')]))
  t.same(memory.events.map(({ event }) => event.action), ['a', 'b'])
  await memory.append(batchOf([event('c', '1')]))
  t.same(memory.eventsOf('1').map(({ event }) => event.action), ['a', 'c'])
  memory.clear()
  t.same([memory.events, memory.lines, memory.eventsOf('1')], [[], [], []])
  await memory.append(batchOf([event('d', '1')]))
  t.same(memory.events.map(({ event }) => event.action), ['d'])
})

test('fails as long as it is told to', async t => {
  const memory = createMemoryAppender()
  const cause = new Error('no space')
  memory.fail(cause)
  await t.rejects(memory.append(batchOf(['{}'])), { code: 'AUDIT_ERR_WRITE', cause })
  memory.recover()
  await memory.append(batchOf(['{}']))
  t.equal(memory.lines.length, 1)
})

test('hangs until it recovers or is closed', async t => {
  const memory = createMemoryAppender()
  memory.hang()
  const appended = memory.append(batchOf(['{"a":1}']))
  t.notOk(await isSettled(appended))
  t.same(memory.lines, [])
  memory.recover()
  await appended
  t.same(memory.lines, ['{"a":1}'])
  memory.hang()
  const last = memory.append(batchOf(['{"b":1}']))
  await memory.close()
  await last
  t.equal(memory.lines.length, 2)
})
