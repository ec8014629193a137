import { test } from 'tap'
import { badRequestEvent, internalHeadersEvent, missingPrivilegesEvent, tlsErrorEvent } from '../../lib/events/security.js'

const url = { path: '/p' }
const client = { ip: '192.0.2.7', port: 51234 }
const error = { code: 'HPE_INVALID_METHOD', message: 'Parse Error' }

test('a refused request says its route where it has one', async t => {
  t.match(missingPrivilegesEvent({ method: 'GET', url, route: '/:p' }), { http: { route: '/:p', request: { method: 'get' }, response: { status_code: 403 } } })
  t.notOk('route' in missingPrivilegesEvent({ method: 'GET', url }).http!)
})

test('internal headers are a failure only where they are refused', async t => {
  t.match(internalHeadersEvent({ method: 'GET', url, names: ['a', 'b'], isRefused: true }), { message: 'Failed attempt to set internal headers [a, b]', event: { outcome: 'failure', type: ['denied'] } })
  t.match(internalHeadersEvent({ method: 'GET', url, names: ['a'], isRefused: false }), { message: 'User is setting internal headers [a]', event: { outcome: 'unknown', type: ['allowed'] } })
})

test('connections tell their client and the code', async t => {
  t.match(badRequestEvent({ client, error }), { event: { action: 'bad_headers', type: ['denied'] }, client, error })
  t.match(tlsErrorEvent({ client, error }), { event: { action: 'tls_error', type: ['denied'], outcome: 'failure' }, client, error })
  t.match(tlsErrorEvent({ client, error, isOpen: true }), { event: { action: 'tls_error', type: ['allowed'], outcome: 'failure' } })
})
