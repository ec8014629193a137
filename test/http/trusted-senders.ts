import type { IncomingMessage } from 'node:http'
import { test } from 'tap'
import { createTraceSource } from '../../lib/http/trace.js'
import { createTrust, rangeFault } from '../../lib/http/trusted-senders.js'

const from = (remoteAddress?: string): IncomingMessage => ({ socket: { remoteAddress } }) as unknown as IncomingMessage

test('an address is the same in both notations, and a range holds what is in it', async t => {
  const trusts = createTrust(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'fe80::/10'], 'setting')
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203', '192.0.2.7', '2001:db8::7', 'fe80::1%eth0']) t.ok(trusts(from(address)), address)
  for (const address of ['11.0.0.1', '192.0.2.8', '::ffff:11.0.0.1', '2001:db9::', '::1', '10.1.2.3.example', '']) t.notOk(trusts(from(address)), address)
  t.ok(createTrust(['::ffff:10.0.0.0/104'], 'setting')(from('10.1.2.3')), 'also when the range is written so')
})

test('who has no address is in no list, and nobody is in an empty one', async t => {
  t.notOk(createTrust(['0.0.0.0/0', '::/0'], 'setting')(from(undefined)), 'the other end of a pipe')
  t.notOk(createTrust(['0.0.0.0/0'], 'setting')({} as IncomingMessage))
  t.notOk(createTrust([], 'setting')(from('127.0.0.1')))
})

test('what is neither an address nor a range is refused', async t => {
  t.same(['10.0.0.0/8', 'foo', '10.0.0.0/33', '::1/129', '10.0.0.1/', '1.2.3.4/8/8', '::/0'].map(entry => rangeFault(entry) === null), [true, false, false, false, false, false, true])
  t.equal(rangeFault('foo'), 'expected an IP address or a range such as "10.0.0.0/8", got "foo"')
  t.throws(() => createTraceSource({ allowFromAnyIp: false, ipAllowlist: ['foo'] }, false), { code: 'AUDIT_ERR_OPTION', message: 'requestId.ipAllowlist: expected an IP address or a range such as "10.0.0.0/8", got "foo"' })
})
