import { test } from 'tap'
import { accessAgreementAcknowledgedEvent, sessionCleanupEvent, userLoginEvent, userLogoutEvent } from '../../lib/events/authentication.js'

const provider = { type: 'basic', name: 'basic1' }
const providerFields = { authentication_provider: 'basic1', authentication_type: 'basic' }

test('a login names the user, the provider, the realms and the session, and no space', async (t) => {
  const user = { id: 'uid', name: 'jane', roles: ['editor'] }
  t.strictSame(userLoginEvent({ provider, user, sessionId: '123', realm: 'native1', lookupRealm: 'native2' }), {
    message: 'User [jane] has logged in using basic provider [name=basic1]',
    event: { action: 'user_login', category: ['authentication'], outcome: 'success' },
    user,
    kibana: { space_id: undefined, session_id: '123', ...providerFields, authentication_realm: 'native1', lookup_realm: 'native2' }
  })
})

test('a failed login has no user, unless it is certain who tried', async (t) => {
  t.strictSame(userLoginEvent({ provider, error: new Error('Not Authorized') }), {
    message: 'Failed attempt to login using basic provider [name=basic1]',
    event: { action: 'user_login', category: ['authentication'], outcome: 'failure' },
    kibana: { space_id: undefined, ...providerFields },
    error: { code: 'Error', message: 'Not Authorized' }
  })
  t.equal(userLoginEvent({ provider }).event.outcome, 'failure', 'nobody logged in')
  const tried = userLoginEvent({ provider, user: { name: 'jane' }, outcome: 'failure' })
  t.equal(tried.message, 'Failed attempt to login using basic provider [name=basic1]')
  t.same(tried.user, { name: 'jane' })
  t.equal(userLoginEvent({ provider, user: { name: 'jane' }, error: new Error('locked') }).event.outcome, 'failure')
})

test('a logout is an intention', async (t) => {
  t.strictSame(userLogoutEvent({ provider, user: { id: 'uid', name: 'elastic' }, sessionId: '123' }), {
    message: 'User [elastic] is logging out using basic provider [name=basic1]',
    event: { action: 'user_logout', category: ['authentication'], outcome: 'unknown' },
    user: { id: 'uid', name: 'elastic' },
    kibana: { session_id: '123', ...providerFields }
  })
  t.equal(userLogoutEvent({ provider, user: { name: 'elastic' }, reason: 'concurrent-limit' }).message,
    'User [elastic] is logging out due to exceeded concurrent sessions limit for basic provider [name=basic1]')
  t.match(userLogoutEvent({ provider, user: { id: 'uid' } }).message, 'User [uid] is logging out')
  const nobody = userLogoutEvent({ provider })
  t.match(nobody.message, 'User [unknown] is logging out')
  t.notOk('user' in nobody)
})

test('a session that is removed names its user by a hash', async (t) => {
  t.strictSame(sessionCleanupEvent({ provider, sessionId: 'sid', userHash: 'abcdef' }), {
    message: 'Removing invalid or expired session for user [hash=abcdef]',
    event: { action: 'session_cleanup', category: ['authentication'], outcome: 'unknown' },
    user: { hash: 'abcdef' },
    kibana: { session_id: 'sid', ...providerFields }
  })
  t.equal(sessionCleanupEvent({ provider, sessionId: 'sid', userHash: 'abcdef', reason: 'concurrent-limit' }).message,
    'Removing session for user [hash=abcdef] due to exceeded concurrent sessions limit')
})

test('an acknowledged access agreement has no outcome and no space', async (t) => {
  t.strictSame(accessAgreementAcknowledgedEvent({ provider, user: { name: 'jane' } }), {
    message: 'jane acknowledged access agreement using basic provider [name=basic1].',
    event: { action: 'access_agreement_acknowledged', category: ['authentication'] },
    user: { name: 'jane' },
    kibana: { space_id: undefined, ...providerFields }
  })
})

test('a user is recorded without what else its row holds; a session that cannot be read is nobody\'s', async (t) => {
  t.strictSame(userLoginEvent({ provider, user: { name: 'jane', password: 'hunter2' } as never }).user, { name: 'jane' })
  t.match(sessionCleanupEvent({ provider, sessionId: '1' }), { message: 'Removing invalid or expired session for user [hash=unknown]', user: undefined })
  t.same(userLoginEvent({ provider, attemptedName: 'jane' }).labels, { attempted_user_name: 'jane' })
  t.equal(userLoginEvent({ provider, user: { name: 'jane' }, attemptedName: 'jane' }).labels, undefined)
})
