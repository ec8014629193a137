import { test } from 'tap'
import { certificateFault, type Connection, type Failure, faultOf, isKnock, isNoHttp, peerOf } from '../../lib/http/connection-faults.js'

const connection = (facts: object): Connection => facts as Connection
const failure = (code?: string, more: object = {}): Failure => Object.assign(new Error('a message'), { code, ...more })

test('the other end is that of the connection below TLS, as long as there is one', async t => {
  t.same(peerOf(connection({ remoteAddress: '192.0.2.7', remotePort: 7 })), { ip: '192.0.2.7', port: 7 })
  t.same(peerOf(connection({ _parent: { remoteAddress: '192.0.2.7', remotePort: 7 } })), { ip: '192.0.2.7', port: 7 })
  t.same(peerOf(connection({ remoteAddress: '192.0.2.8', remotePort: 8, _parent: null })), { ip: '192.0.2.8', port: 8 })
  t.same(peerOf(connection({})), {}, 'a pipe')
})

test('where Node does not tell what came below TLS, nothing is taken for a knock', async t => {
  t.equal(isKnock(connection({ bytesRead: 0, _parent: { bytesRead: 0 } })), true)
  t.equal(isKnock(connection({ bytesRead: 0, _parent: { bytesRead: 1 } })), false)
  t.equal(isKnock(connection({ bytesRead: 0 })), false)
})

test('a fault is a code and a text of Node or OpenSSL, never what an application has thrown', async t => {
  t.same(faultOf(failure('ERR_SSL_HTTP_REQUEST', { reason: 'http request' })), { code: 'ERR_SSL_HTTP_REQUEST', message: 'http request' })
  t.same(faultOf(failure('HPE_INVALID_METHOD')), { code: 'HPE_INVALID_METHOD', message: 'a message' })
  for (const code of [undefined, 'geheim', '']) t.same(faultOf(failure(code)), { code: 'UNKNOWN', message: 'The connection failed' })
})

test('what is no HTTP', async t => {
  const some = connection({ bytesRead: 1 })
  for (const code of ['HPE_INVALID_METHOD', 'HPE_HEADER_OVERFLOW', 'ERR_HTTP_REQUEST_TIMEOUT']) t.ok(isNoHttp(failure(code), some), String(code))
  for (const code of [undefined, 'ECONNRESET', 'EPIPE', 'ERR_SSL_HTTP_REQUEST', 'HPE_INVALID_EOF_STATE']) t.notOk(isNoHttp(failure(code), some), String(code))
  t.notOk(isNoHttp(failure('ERR_HTTP_REQUEST_TIMEOUT'), connection({ bytesRead: 0, _parent: { bytesRead: 500 } })), 'only the handshake')
})

test('a certificate is faulty when its verification says so', async t => {
  t.equal(certificateFault({}), null)
  t.equal(certificateFault(connection({ authorizationError: null })), null)
  t.match(certificateFault(connection({ authorizationError: 'CERT_HAS_EXPIRED' })), { code: 'CERT_HAS_EXPIRED' })
})
