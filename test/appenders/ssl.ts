import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { test } from 'tap'
import { readTls, type SslConfig } from '../../lib/appenders/ssl.js'
import { createAuthority } from '../support/certificates.js'
import { withoutOpenssl } from '../support/self-signed.js'

const skip = { skip: withoutOpenssl }
const locate = (...path: readonly string[]): string => path.join('.')

test('certificates, client certificates and modes of verification, against a real server', skip, async t => {
  const directory = t.testdir()
  const [authority, stranger] = [createAuthority(directory), createAuthority(directory, 'stranger')]
  const server = authority.sign('server', 'DNS:localhost')
  const misnamed = authority.sign('misnamed', 'DNS:other.example')
  const client = authority.sign('client', 'DNS:client.example')

  /** Connects as `ssl` says to a server that wants a certificate, and tells what came of it. */
  async function tryOut (ssl: SslConfig, shown = server): Promise<string> {
    const listening = createServer({ key: readFileSync(shown.key), cert: readFileSync(shown.certificate), ca: readFileSync(authority.certificate), requestCert: true, rejectUnauthorized: false }, socket => {
      socket.on('error', () => {})
      socket.end(socket.authorized ? 'known' : 'unknown')
    })
    listening.on('tlsClientError', () => {})
    await once(listening.listen(0, 'localhost'), 'listening')
    try {
      const socket: TLSSocket = connect({ host: 'localhost', port: (listening.address() as AddressInfo).port, ...readTls(ssl, { directory, locate }) })
      const [answer] = await once(socket, 'data') as [Buffer]
      socket.destroy()
      return answer.toString()
    } catch (error) {
      return (error as NodeJS.ErrnoException).code!
    } finally {
      listening.close()
    }
  }

  const ca = authority.certificate
  t.equal(await tryOut({ certificateAuthorities: ca }), 'unknown', 'a private authority')
  t.equal(await tryOut({ certificateAuthorities: [stranger.certificate, basename(ca)] }), 'unknown', 'a list; relative paths')
  t.equal(await tryOut({ certificateAuthorities: stranger.certificate }), 'SELF_SIGNED_CERT_IN_CHAIN', 'another authority')
  t.equal(await tryOut({}), 'SELF_SIGNED_CERT_IN_CHAIN', 'those that Node knows')
  t.equal(await tryOut({ verificationMode: 'none' }), 'unknown')
  t.equal(await tryOut({ certificateAuthorities: ca }, misnamed), 'ERR_TLS_CERT_ALTNAME_INVALID')
  t.equal(await tryOut({ certificateAuthorities: ca, verificationMode: 'certificate' }, misnamed), 'unknown')
  t.equal(await tryOut({ certificateAuthorities: stranger.certificate, verificationMode: 'certificate' }, misnamed), 'SELF_SIGNED_CERT_IN_CHAIN')
  t.equal(await tryOut({ certificateAuthorities: ca, ...client }), 'known', 'a client certificate')
  t.equal(await tryOut({ certificateAuthorities: ca, certificate: client.certificate, key: authority.encrypt(client, 'opensesame'), keyPassphrase: 'opensesame' }), 'known', 'whose key is encrypted')
})

test('what is wrong is found at the start, and told without the passphrase', skip, async t => {
  const directory = t.testdir()
  const authority = createAuthority(directory)
  const [one, other] = [authority.sign('one', 'DNS:one'), authority.sign('other', 'DNS:other')]
  const encrypted = authority.encrypt(one, 'opensesame')
  writeFileSync(join(directory, 'text'), 'no certificate')
  writeFileSync(join(directory, 'half'), readFileSync(one.certificate, 'utf8') + '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')
  const faults: readonly [SslConfig, RegExp][] = [
    [{ certificateAuthorities: 'missing.pem' }, /^appender\.ssl\.certificateAuthorities: expected a file with certificates \(PEM\), got none that can be read at "missing\.pem": ENOENT/],
    [{ certificateAuthorities: [authority.certificate, 'text'] }, /certificateAuthorities: expected a file with certificates \(PEM\), got something else at "text": there is no certificate in it/],
    [{ certificateAuthorities: 'half' }, /certificateAuthorities: .* got something else at "half"/],
    [{ certificate: one.certificate }, /ssl\.certificate: expected key beside it, got none/],
    [{ key: one.key }, /ssl\.key: expected certificate beside it, got none/],
    [{ keyPassphrase: 'opensesame' }, /ssl\.keyPassphrase: expected key beside it, got none/],
    [{ certificate: one.certificate, key: 'text' }, /ssl\.key: expected a file with a private key \(PEM\), got something else at "text"/],
    [{ certificate: one.certificate, key: encrypted }, /ssl\.key: expected a file with a private key \(PEM\), got something else/],
    [{ certificate: one.certificate, key: encrypted, keyPassphrase: 'open sesame' }, /ssl\.key: expected a file with a private key \(PEM\) that keyPassphrase opens, got something else/],
    [{ certificate: one.certificate, key: other.key }, /ssl\.key: expected the key of the certificate beside it, got another/]
  ]
  for (const [ssl, message] of faults) {
    try {
      readTls(ssl, { directory, locate })
      t.fail(`expected ${message}`)
    } catch (error) {
      t.match(error, { code: 'AUDIT_ERR_CONFIG', message })
      t.notMatch((error as Error).message, /open ?sesame/)
    }
  }
})
