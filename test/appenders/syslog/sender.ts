import { test } from 'tap'
import { createSyslogSender } from '../../../lib/appenders/syslog/sender.js'
import type { ShippedEvent } from '../../../lib/appenders/shipping/sender.js'
import { startSyslogReceiver } from '../../support/syslog-receiver.js'

const STAYS = new AbortController().signal
const events = (...lines: readonly string[]): ShippedEvent[] => lines.map(line => ({ id: line, time: 0, line }))
const frameOf = ({ line }: ShippedEvent): Buffer | { rejected: string } => line === 'bad' ? { rejected: 'it is bad' } : Buffer.from(`${line.length} ${line}`)

test('a batch is one connection, in order; what cannot be a message is rejected and the rest delivered', async t => {
  const receiver = await startSyslogReceiver(t)
  const sender = createSyslogSender({ host: '127.0.0.1', port: receiver.port, timeout: 10_000 }, frameOf)
  t.same(await sender.send(events('a', 'bad', 'b'), STAYS), ['delivered', { rejected: 'it is bad' }, 'delivered'])
  t.same(await sender.send(events('c'), STAYS), ['delivered'])
  t.same(receiver.messages, ['a', 'b', 'c'])
  t.equal(receiver.connections, 2)
  t.same(await sender.send(events('bad'), STAYS), [{ rejected: 'it is bad' }], 'nothing to send')
  t.equal(receiver.connections, 2)
  await sender.close()
})

test('nothing is known of a batch whose connection fails: it names the receiver and why', async t => {
  const { port } = await startSyslogReceiver(t, { instead: socket => { socket.destroy() } })
  const sender = createSyslogSender({ host: '127.0.0.1', port, timeout: 10_000 }, frameOf)
  await t.rejects(sender.send(events('a'), STAYS), { message: new RegExp(`^the syslog receiver 127\\.0\\.0\\.1:${port}: `) })
})

test('who is not known, or has just failed, has the time to refuse', async t => {
  let isRefusing = true
  const { port } = await startSyslogReceiver(t, {
    instead: socket => {
      socket.resume()
      if (isRefusing) setTimeout(() => socket.end(), 300)
    }
  })
  const sender = createSyslogSender({ host: '127.0.0.1', port, timeout: 10_000 }, frameOf)
  await t.rejects(sender.send(events('a'), STAYS), /has closed the connection before it had everything/)
  await t.rejects(sender.send(events('a'), STAYS), /has closed the connection before it had everything/)
  isRefusing = false
  t.same(await sender.send(events('a'), STAYS), ['delivered'])
  t.same(await sender.send(events('b'), STAYS), ['delivered'])
})
