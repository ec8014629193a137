import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { deliver, type Receiver } from '../../../lib/appenders/syslog/deliver.js'
import { readTls, type SslConfig } from '../../../lib/appenders/ssl.js'
import { surroundingsIn } from '../../../lib/testing/surroundings.js'
import { createAuthority } from '../../support/certificates.js'
import { withoutOpenssl } from '../../support/self-signed.js'
import { startSyslogReceiver } from '../../support/syslog-receiver.js'

const STAYS = new AbortController().signal
const receiver = (port: number, more: Partial<Receiver> = {}): Receiver => ({ host: '127.0.0.1', port, timeout: 10_000, ...more })
const frames = (...texts: readonly string[]): Buffer => Buffer.from(texts.map(text => `${Buffer.byteLength(text)} ${text}`).join(''))

test('resolves when the receiver has read all and has closed the connection', async t => {
  const { port, messages } = await startSyslogReceiver(t)
  const many = Array.from({ length: 10_000 }, (_, index) => `<110>1 message ${index} ß`)
  await deliver(frames(...many), receiver(port), STAYS, 20)
  t.same(messages, many)
})

test('rejects when the receiver refuses the connection, resets it, or goes away before it has read all', async t => {
  const { port: closed } = await startSyslogReceiver(t, { instead: socket => { socket.end() } })
  await t.rejects(deliver(frames('a'), receiver(closed), STAYS, 20), /has closed the connection before it had everything/)
  const { port: reset } = await startSyslogReceiver(t, { instead: socket => { socket.pause(); setTimeout(() => socket.resetAndDestroy(), 50) } })
  await t.rejects(deliver(frames('x'.repeat(10_000_000)), receiver(reset), STAYS, 20), /ECONNRESET|EPIPE/)
  await t.rejects(deliver(frames('a'), receiver(1), STAYS, 20), { code: 'ECONNREFUSED' })
})

test('a receiver that takes its time to refuse has as much as it is given', async t => {
  const { port } = await startSyslogReceiver(t, { instead: socket => { setTimeout(() => socket.end(), 200) } })
  await t.rejects(deliver(frames('a'), receiver(port), STAYS, 1000), /has closed the connection before it had everything/)
})

test('rejects when the receiver stands still, or never closes the connection', async t => {
  const { port: still } = await startSyslogReceiver(t, { instead: socket => { socket.pause() } })
  await t.rejects(deliver(frames('x'.repeat(50_000_000)), receiver(still, { timeout: 300 }), STAYS, 20), /has not taken anything for 300 ms/)
  const { port: open } = await startSyslogReceiver(t, { instead: socket => { Object.assign(socket, { allowHalfOpen: true }).resume() } })
  await t.rejects(deliver(frames('a'), receiver(open, { timeout: 300 }), STAYS, 20), /has not closed the connection within 300 ms/)
})

test('gives up when the application ends', async t => {
  const { port, connections } = await startSyslogReceiver(t, { instead: socket => { socket.pause() } })
  const ending = new AbortController()
  const delivered = deliver(frames('a'), receiver(port), ending.signal, 20)
  ending.abort()
  await t.rejects(delivered, /given up/)
  await t.rejects(deliver(frames('a'), receiver(port), ending.signal, 20), /given up/)
  t.ok(connections <= 2)
})

test('over TLS: who the receiver is, and who we are', { skip: withoutOpenssl }, async t => {
  const folder = t.testdir({})
  const [ours, theirs] = [createAuthority(folder), createAuthority(folder, 'other')]
  const [server, client, stranger] = [ours.sign('localhost', 'DNS:localhost,IP:127.0.0.1'), ours.sign('client', 'DNS:client'), theirs.sign('stranger', 'DNS:stranger')]
  const { port, messages } = await startSyslogReceiver(t, { tls: { key: readFileSync(server.key), cert: readFileSync(server.certificate), ca: readFileSync(ours.certificate), requestCert: true } })
  const over = (ssl: SslConfig, host = 'localhost'): Promise<void> =>
    deliver(frames('secret'), receiver(port, { host, tls: readTls(ssl, surroundingsIn(folder)) }), STAYS, 20)

  await over({ certificateAuthorities: ours.certificate, certificate: client.certificate, key: client.key })
  await over({ certificateAuthorities: ours.certificate, certificate: client.certificate, key: client.key }, '127.0.0.1')
  t.same(messages, ['secret', 'secret'])
  await t.rejects(over({ certificate: client.certificate, key: client.key }), /certificate/, 'an authority that nobody knows')
  // The receiver says so when its side of the handshake is over and ours is done.
  await t.rejects(over({ certificateAuthorities: ours.certificate }), /certificate required|ECONNRESET|EPIPE|before it had everything/i)
  await t.rejects(over({ certificateAuthorities: ours.certificate, certificate: stranger.certificate, key: stranger.key }))
  t.equal(messages.length, 2)
})
