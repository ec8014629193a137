import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type Test, test } from 'tap'
import { createSyslogAppender, type SyslogConfig, syslogSslFault } from '../../lib/appenders/syslog.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { createAuthority } from '../support/certificates.js'
import { recordWith } from '../support/records.js'
import { withoutOpenssl } from '../support/self-signed.js'
import { shippedTo } from '../support/shipping-contract.js'
import { startSyslogReceiver } from '../support/syslog-receiver.js'

const QUICK = { batch: { timeout: '1ms' }, backoff: { init: '10ms', max: '50ms' } } as const
const lineOf = (record: object): string => createJsonLayout()(recordWith(record), {}).slice(0, -1)
const contentOf = (message: string): string => message.slice(message.indexOf('] ') + 2)

test('what it has acknowledged comes to the receiver', async t => {
  await appenderContract(t, async t => {
    const { port, messages } = await startSyslogReceiver(t)
    const appender = await createSyslogAppender({ type: 'syslog', host: '127.0.0.1', port, protocol: 'tcp', max_message_bytes: '20mb', ...QUICK }, surroundingsIn(t.testdir()))
    return shippedTo(appender, () => messages.map(contentOf))
  })
})

/** Sends one event and gives the message that came. */
async function sentWith (t: Test, config: Partial<SyslogConfig>, record: object): Promise<string> {
  const { port, messages } = await startSyslogReceiver(t)
  const appender = await createSyslogAppender({ type: 'syslog', host: '127.0.0.1', port, protocol: 'tcp', ...QUICK, ...config }, surroundingsIn(t.testdir()))
  await appender.append(batchOf([lineOf(record)]))
  await eventually(() => messages.length > 0)
  await appender.close()
  return messages[0] ?? ''
}

test('left out, the settings are those of the docs', async t => {
  const record = { event: { id: '0196', action: 'user_login', outcome: 'failure' }, '@timestamp': '2026-01-02T03:04:05.006Z' }
  t.equal(await sentWith(t, {}, record), `<108>1 2026-01-02T03:04:05.006Z ${hostname()} fastify-audit 1 user_login [audit@32473 event.id="0196" trace.id="t"] ${lineOf(record)}`)
})

test('each setting of the message', async t => {
  const message = await sentWith(t, { facility: 'local3', app_name: 'shop', hostname: 'web-1', structured_data_id: 'audit@12345.6' }, { event: { id: 'i', action: 'a' } })
  t.match(message, /^<158>1 \S+ web-1 shop 1 a \[audit@12345\.6 event\.id="i" /)
  const short = await sentWith(t, { max_message_bytes: '2kb' }, { event: { id: 'i', action: 'a' }, message: 'm'.repeat(10_000) })
  t.ok(Buffer.byteLength(short) <= 2048)
  t.match(JSON.parse(contentOf(short)), { event: { id: 'i' }, labels: { audit_truncated: /message \(10000 bytes\)/ } })
})

test('TLS is the default; a file that it needs and that cannot be read stops the start', { skip: withoutOpenssl }, async t => {
  const directory = t.testdir({})
  const authority = createAuthority(directory)
  const server = authority.sign('localhost', 'DNS:localhost')
  const { port, messages } = await startSyslogReceiver(t, { tls: { key: readFileSync(server.key), cert: readFileSync(server.certificate) } })
  const appender = await createSyslogAppender({ type: 'syslog', host: 'localhost', port, ssl: { certificateAuthorities: authority.certificate }, ...QUICK }, surroundingsIn(directory))
  await appender.append(batchOf(['{"a":1}']))
  await eventually(() => messages.length > 0)
  await appender.close()
  t.match(messages, [/\{"a":1\}$/])
  await t.rejects(createSyslogAppender({ type: 'syslog', host: 'localhost', ssl: { certificateAuthorities: 'none.pem' } }, surroundingsIn(directory)), { code: 'AUDIT_ERR_CONFIG', message: /^appender\.ssl\.certificateAuthorities: / })
})

test('a receiver that goes away and comes back has everything, in order', async t => {
  let isAway = true
  const received: string[] = []
  const { port } = await startSyslogReceiver(t, {
    instead: socket => {
      if (isAway) {
        socket.resetAndDestroy()
        return
      }
      let text = ''
      socket.on('data', chunk => { text += chunk }).on('end', () => { received.push(...text.split(/\d+ <1/).slice(1).map(contentOf)) })
    }
  })
  const appender = await createSyslogAppender({ type: 'syslog', host: '127.0.0.1', port, protocol: 'tcp', ...QUICK }, surroundingsIn(t.testdir()))
  const lines = Array.from({ length: 100 }, (_, n) => `{"n":${n}}`)
  await appender.append(batchOf(lines))
  await eventually(() => appender.shipping!().retries > 2)
  t.match(appender.shipping!(), { backlog: 100, lastError: { code: 'AUDIT_ERR_SEND' } })
  isAway = false
  await eventually(() => appender.shipping!().backlog === 0)
  t.same(received, lines)
  await appender.close()
})

test('ssl beside tcp would have no effect', async t => {
  t.match(syslogSslFault({}, { type: 'syslog', protocol: 'tcp' }), /expected protocol "tls" beside it, got "tcp"/)
  t.equal(syslogSslFault({}, { type: 'syslog' }), null)
})
