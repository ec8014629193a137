// The syslog appender and a real rsyslog, over TCP and TLS; and rsyslog following the file of a
// rolling-file appender.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { createRollingFileAppender } from '../../lib/appenders/rolling-file.js'
import { createSyslogAppender, type SyslogConfig } from '../../lib/appenders/syslog.js'
import type { Appender } from '../../lib/contracts.js'
import { batchOf, surroundingsIn } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { createAuthority } from '../support/certificates.js'
import { freePort } from '../support/free-port.js'
import { linesOf, startRsyslog, withoutRsyslog } from '../support/rsyslog.js'

const QUICK = { batch: { timeout: '5ms', max_events: 200 }, backoff: { init: '20ms', max: '200ms' }, shutdown_timeout: '20s' } as const
const lineOf = (n: number): string => JSON.stringify({ '@timestamp': '2026-01-02T03:04:05.006Z', message: `Žofie is updating ${n} "]\\`, event: { id: `id-${n}`, action: 'saved_object_update', outcome: n % 2 === 0 ? 'unknown' : 'failure' }, trace: { id: 't"]\\' }, ecs: { version: '9.4.0' }, log: { level: 'INFO', logger: 'l' }, process: { pid: 77 } })
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** What it is told to make of messages: a line of JSON with the parts of each. */
const OUTPUT = (folder: string): string => `
template(name="parts" type="list" option.jsonf="on") {
  property(outname="facility" name="syslogfacility-text" format="jsonf") property(outname="severity" name="syslogseverity-text" format="jsonf")
  property(outname="host" name="hostname" format="jsonf") property(outname="app" name="app-name" format="jsonf") property(outname="pid" name="procid" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf") property(outname="data" name="structured-data" format="jsonf") property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}
ruleset(name="audit") { action(type="omfile" file="${join(folder, 'parts.ndjson')}" template="parts" asyncWriting="off" flushOnTXEnd="on") }
`

interface Parts { readonly facility: string, readonly severity: string, readonly host: string, readonly app: string, readonly pid: string, readonly msgid: string, readonly data: string, readonly time: string, readonly message: string }
const partsIn = (folder: string): Parts[] => linesOf(join(folder, 'parts.ndjson')).map(line => JSON.parse(line) as Parts)

async function appenderFor (t: Test, folder: string, config: Omit<SyslogConfig, 'type'>): Promise<Appender> {
  const appender = await createSyslogAppender({ type: 'syslog', ...QUICK, ...config }, surroundingsIn(folder))
  t.teardown(() => appender.close())
  return appender
}

test('over TCP, rsyslog understands every part of a message', { skip: withoutRsyslog }, async t => {
  const folder = t.testdir({})
  const port = await freePort()
  await startRsyslog(t, folder, `module(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="${port}" ruleset="audit")\n${OUTPUT(folder)}`, port)
  const appender = await appenderFor(t, folder, { host: '127.0.0.1', port, protocol: 'tcp', hostname: 'web-1', app_name: 'shop' })
  await appender.append(batchOf(numbers(1000).map(lineOf)))
  await eventually(() => appender.shipping!().backlog === 0)
  t.match(appender.shipping!(), { sent: 1000, rejected: 0, retries: 0 })
  await eventually(() => partsIn(folder).length >= 1000)
  t.same(partsIn(folder).map(({ message }) => message), numbers(1000).map(lineOf), 'whole, in order, and JSON: it hands on what stands before, such as a byte order mark')
  t.same(partsIn(folder)[1], { facility: 'audit', severity: 'warning', host: 'web-1', app: 'shop', pid: '77', msgid: 'saved_object_update', data: '[audit@32473 event.id="id-1" trace.id="t\\"\\]\\\\"]', time: '2026-01-02T03:04:05.006Z', message: lineOf(1) })
  t.equal(partsIn(folder)[0]?.severity, 'info')
})

test('a message of its longest is whole, and one that is longer is cut by us, not by rsyslog', { skip: withoutRsyslog }, async t => {
  const folder = t.testdir({})
  const port = await freePort()
  await startRsyslog(t, folder, `module(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="${port}" ruleset="audit")\n${OUTPUT(folder)}`, port)
  const appender = await appenderFor(t, folder, { host: '127.0.0.1', port, protocol: 'tcp' })
  const lines = [7000, 7500, 7700, 8000, 30_000].map(length => JSON.stringify({ ...JSON.parse(lineOf(0)), message: 'é'.repeat(length / 2) }))
  await appender.append(batchOf(lines))
  await eventually(() => partsIn(folder).length >= lines.length)
  const messages = partsIn(folder).map(({ message }) => JSON.parse(message))
  t.same(messages.map(({ message }) => /^é{1000}/.test(message)), lines.map(() => true))
  t.match(messages.at(-1), { labels: { audit_truncated: /message \(30000 bytes\)/ } })
  t.equal(messages.length, lines.length)
})

test('rsyslog is restarted and killed under load: nothing is missing', { skip: withoutRsyslog }, async t => {
  const folder = t.testdir({})
  const port = await freePort()
  const configuration = `module(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="${port}" ruleset="audit")\n${OUTPUT(folder)}`
  let rsyslog = await startRsyslog(t, folder, configuration, port)
  const appender = await appenderFor(t, folder, { host: '127.0.0.1', port, protocol: 'tcp' })
  const total = 20_000
  let said = 0
  const saying = (async () => {
    for (; said < total; said += 100) {
      await appender.append(batchOf(numbers(100).map(n => lineOf(said + n))))
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })()
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGTERM'] as const) {
    const before = partsIn(folder).length
    await eventually(() => partsIn(folder).length > before + 500)
    await rsyslog.stop(signal)
    await eventually(() => appender.shipping!().lastError !== null)
    rsyslog = await startRsyslog(t, folder, configuration, port)
  }
  await saying
  await eventually(() => appender.shipping!().backlog === 0)
  await rsyslog.stop()
  const arrived = partsIn(folder).map(({ message }) => JSON.parse(message).event.id as string)
  t.ok(appender.shipping!().retries > 0, `${appender.shipping!().retries} retries: it was away`)
  t.same([...new Set(arrived)].sort(), numbers(total).map(n => `id-${n}`).sort(), 'each is there')
  t.comment(`${arrived.length - total} of ${total} came twice`)
})

test('over TLS, with a private authority and a client certificate', { skip: withoutRsyslog }, async t => {
  const folder = t.testdir({})
  const authority = createAuthority(folder)
  const [server, client, stranger] = [authority.sign('localhost', 'DNS:localhost'), authority.sign('client', 'DNS:client'), createAuthority(folder, 'other').sign('client', 'DNS:client')]
  const port = await freePort()
  await startRsyslog(t, folder, `
global(defaultNetstreamDriverCAFile="${authority.certificate}" defaultNetstreamDriverCertFile="${server.certificate}" defaultNetstreamDriverKeyFile="${server.key}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/name" permittedPeer=["client"])
input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="audit")
${OUTPUT(folder)}`, port)
  const over = async (name: string, keys: { readonly certificate: string, readonly key: string }): Promise<Appender> =>
    await appenderFor(t, mkdirIn(folder, name), { host: 'localhost', port, ssl: { certificateAuthorities: authority.certificate, ...keys }, shutdown_timeout: '100ms' })
  const known = await over('known', { certificate: client.certificate, key: client.key })
  await known.append(batchOf(numbers(500).map(lineOf)))
  await eventually(() => known.shipping!().backlog === 0 && partsIn(folder).length >= 500)
  t.same(partsIn(folder).map(({ message }) => message), numbers(500).map(lineOf))
  t.match(known.shipping!(), { sent: 500, retries: 0 })
  for (const [name, keys] of [['stranger', stranger], ['other', authority.sign('intruder', 'DNS:intruder')]] as const) {
    const refused = await over(name, keys)
    await refused.append(batchOf([lineOf(0)]))
    await eventually(() => refused.shipping!().retries > 1)
    t.match(refused.shipping!(), { sent: 0, backlog: 1 }, `${name}: not taken for delivered`)
  }
  t.equal(partsIn(folder).length, 500)
})

function mkdirIn (folder: string, name: string): string {
  mkdirSync(join(folder, name))
  return join(folder, name)
}

test('imfile follows a rolling file: every line once, in order, through rolls', { skip: withoutRsyslog }, async t => {
  const folder = t.testdir({ work: {} })
  const fileName = join(folder, 'audit.log')
  const output = join(folder, 'followed.ndjson')
  const rsyslog = await startRsyslog(t, folder, `
global(workDirectory="${join(folder, 'work')}")
module(load="imfile" mode="inotify")
input(type="imfile" file="${fileName}" tag="audit" ruleset="followed" addMetadata="off")
template(name="line" type="string" string="%msg%\\n")
ruleset(name="followed") { action(type="omfile" file="${output}" template="line" flushOnTXEnd="on") }
`)
  const appender = await createRollingFileAppender({ type: 'rolling-file', fileName, policy: { type: 'size-limit', size: '64kb' }, strategy: { type: 'numeric', max: 100 } }, surroundingsIn(folder))
  const total = 4000
  for (let n = 0; n < total; n += 50) {
    await appender.append(batchOf(numbers(50).map(more => lineOf(n + more))))
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  await eventually(() => linesOf(output).length >= total)
  await appender.close()
  // It still writes its state into the folder that the test is about to remove.
  await rsyslog.stop()
  t.same(linesOf(output), numbers(total).map(lineOf))
})
