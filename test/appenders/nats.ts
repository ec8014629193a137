import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { TLSSocket } from 'node:tls'
import { createNatsAppender, natsLoginFault, type NatsConfig } from '../../lib/appenders/nats.js'
import { type Test, test } from 'tap'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { createAuthority } from '../support/certificates.js'
import { withoutOpenssl } from '../support/self-signed.js'
import { type NatsStream, startNatsStream } from '../support/nats-stream.js'
import { shippedTo } from '../support/shipping-contract.js'

const QUICK = { batch: { timeout: '1ms' }, backoff: { init: '10ms', max: '50ms' } } as const
/** Made for this test with nsc's own tools; nobody's. */
const SEED = 'SUAMK2FG4MI6UE3ACF3FK3OIQBCEIEZV7NSWFFEW63UXMRLFM2XLAXK4GY'

test('what it has acknowledged comes to the stream', async t => {
  await appenderContract(t, async t => {
    const { url, stored } = await startNatsStream(t, { maxPayload: 20_000_000 })
    const appender = await createNatsAppender({ type: 'nats', servers: url, max_in_flight: 1000, ...QUICK }, surroundingsIn(t.testdir()))
    return shippedTo(appender, () => stored.map(({ payload }) => payload))
  })
})

/** Sends one event with these settings. */
async function sentWith (t: Test, config: Partial<NatsConfig>, files: Record<string, string> = {}): Promise<NatsStream> {
  const stream = await startNatsStream(t, { isThere: false, nonce: 'PXoWU7zWAMt75FY' })
  const appender = await createNatsAppender({ type: 'nats', servers: [stream.url], ...QUICK, ...config }, surroundingsIn(t.testdir(files)))
  await appender.append(batchOf(['{"@timestamp":"2026-01-01T00:00:00.000Z","message":"m","event":{"id":"0196"}}']))
  await eventually(() => stream.stored.length > 0)
  await appender.close()
  return stream
}

test('left out, the settings are those of the docs', async t => {
  const { stored, requests, logins } = await sentWith(t, {})
  t.match(stored, [{ subject: 'audit', id: '0196', expectedStream: 'AUDIT' }])
  t.same(requests, [])
  t.match(logins, [{ name: 'fastify-audit', user: undefined, pass: undefined, auth_token: undefined }])
})

test('subject, stream, and the limits of a new one', async t => {
  const { stored, requests } = await sentWith(t, { subject: 'audit.shop', stream: 'TRAIL', create_stream: { replicas: 1, max_age: '30m', max_bytes: '1gb' } })
  t.match(stored, [{ subject: 'audit.shop', expectedStream: 'TRAIL' }])
  const minutes = 60_000_000_000
  t.match(requests, [{}, { subject: '$JS.API.STREAM.CREATE.TRAIL', body: { name: 'TRAIL', subjects: ['audit.shop'], num_replicas: 1, max_age: 30 * minutes, max_bytes: 1024 ** 3, duplicate_window: 30 * minutes } }], 'the window is no longer than the age')
  const { requests: byDefault } = await sentWith(t, { create_stream: {} })
  t.match(byDefault[1]?.body, { num_replicas: 3, max_age: 0, max_bytes: -1, duplicate_window: 60 * minutes })
  const { requests: longer } = await sentWith(t, { create_stream: { max_age: '365d', duplicate_window: '2h' } })
  t.match(longer[1]?.body, { duplicate_window: 120 * minutes })
})

test('each way to log in', async t => {
  t.match((await sentWith(t, { username: 'ann', password: 'p' })).logins, [{ user: 'ann', pass: 'p' }])
  t.match((await sentWith(t, { token: 'secret' })).logins, [{ auth_token: 'secret' }])
  t.match((await sentWith(t, { nkey: 'audit.nk' }, { 'audit.nk': `${SEED}\n` })).logins, [{ nkey: /^U[A-Z2-7]{55}$/, sig: /^[\w+/=-]{80,}$/ }])
  const creds = `-----BEGIN NATS USER JWT-----\neyJ0.eyJ1.c2ln\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${SEED}\n------END USER NKEY SEED------\n`
  t.match((await sentWith(t, { credentials: 'audit.creds' }, { 'audit.creds': creds })).logins, [{ jwt: 'eyJ0.eyJ1.c2ln', sig: /^[\w+/=-]{80,}$/ }])
  await t.rejects(createNatsAppender({ type: 'nats', servers: 'x', nkey: 'none.nk' }, surroundingsIn(t.testdir())), { code: 'AUDIT_ERR_CONFIG', message: /^appender\.nkey: expected a file that can be read, got "none\.nk"/ })
})

test('who asks for TLS does not speak to a server without it', async t => {
  const stream = await startNatsStream(t)
  for (const config of [{ servers: stream.url, ssl: {} }, { servers: stream.url.replace('nats:', 'tls:') }]) {
    const appender = await createNatsAppender({ type: 'nats', ...config, ...QUICK, shutdown_timeout: '100ms' }, surroundingsIn(t.testdir()))
    await appender.append(batchOf(['{}']))
    await eventually(() => appender.shipping!().retries > 1)
    t.match(appender.shipping!(), { backlog: 1, lastError: { code: 'AUDIT_ERR_SEND', message: /tls/ } })
    await appender.close()
  }
  t.same([stream.stored, stream.logins], [[], []])
})

test('a private authority, and a client certificate that the server knows', { skip: withoutOpenssl }, async t => {
  const directory = t.testdir()
  const authority = createAuthority(directory)
  const [server, client] = [authority.sign('localhost', 'DNS:localhost'), authority.sign('client', 'DNS:client')]
  const seen: string[] = []
  // The first words of a server that wants TLS, and the handshake.
  const listening = createServer(socket => {
    socket.on('error', () => {}).write('INFO {"server_id":"S","version":"2.10.0","tls_required":true,"max_payload":1000}\r\n')
    const secured = new TLSSocket(socket, { isServer: true, requestCert: true, rejectUnauthorized: false, key: readFileSync(server.key), cert: readFileSync(server.certificate), ca: readFileSync(authority.certificate) })
    secured.on('error', () => {}).on('secure', () => {
      seen.push(String(secured.getPeerCertificate().subject?.CN))
      secured.destroy()
    })
  })
  await once(listening.listen(0, 'localhost'), 'listening')
  t.teardown(() => listening.close())
  const appender = await createNatsAppender({ type: 'nats', servers: `nats://localhost:${(listening.address() as AddressInfo).port}`, ssl: { certificateAuthorities: authority.certificate, ...client }, ...QUICK, shutdown_timeout: '1ms' }, surroundingsIn(directory))
  await appender.append(batchOf(['{}']))
  await eventually(() => seen.length > 0)
  await appender.close()
  t.equal(seen[0], 'client')
})

test('one way to log in, and all of it', async t => {
  t.equal(natsLoginFault({ type: 'nats', username: 'a', password: 'b' }), null)
  t.equal(natsLoginFault({ type: 'nats' }), null)
  t.match(natsLoginFault({ type: 'nats', username: 'a' }), /expected username and password, got username alone/)
  t.match(natsLoginFault({ type: 'nats', password: 'a' }), /got password alone/)
  t.match(natsLoginFault({ type: 'nats', token: 'a', nkey: 'b' }), /expected one of username, token, credentials and nkey, got token and nkey/)
  t.equal(natsLoginFault({ type: 'custom', token: 'a', nkey: 'b' }), null)
})
