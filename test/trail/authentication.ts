import { test } from 'tap'
import { auditedApp, listen } from '../support/audited-app.js'

const provider = { type: 'basic', name: 'basic1' }

/** An application in which the header `x-user` says who somebody is, some time later. */
async function appOfUsers (t: Parameters<typeof auditedApp>[0], section = {}) {
  return auditedApp(t, {
    section: { ...section, http: { ignore_paths: ['/'] } },
    user: async ({ headers }) => {
      await new Promise(resolve => setImmediate(resolve))
      return headers['x-user'] === undefined ? null : { name: String(headers['x-user']) }
    },
    session: () => 'hash-of-session'
  })
}

test('what is not said is filled in from the request, also when its user is found out later, in the order of the calls', async t => {
  const { app, events } = await appOfUsers(t)
  app.get('/', async ({ audit }) => {
    const said = [
      audit.userLogin({ provider, outcome: 'success' }),
      audit.accessAgreementAcknowledged({ provider }),
      audit.log({ message: 'between', event: { action: 'between' } }),
      audit.userLogout({ provider })
    ]
    await Promise.all(said)
    return audit.sessionCleanup({ provider, sessionId: 's_1', userHash: 'abc' }).then(() => 'ok')
  })
  const response = await fetch(`http://127.0.0.1:${await listen(app)}/`, { headers: { 'x-user': 'jane' } })
  t.equal(response.status, 200)
  const said = await events()
  t.same(said.map(({ message }) => message), [
    'User [jane] has logged in using basic provider [name=basic1]',
    'jane acknowledged access agreement using basic provider [name=basic1].',
    'between',
    'User [jane] is logging out using basic provider [name=basic1]',
    'Removing invalid or expired session for user [hash=abc]'
  ])
  t.same(said.map(({ user }) => user), [...Array(4).fill({ name: 'jane' }), { hash: 'abc' }], 'a hash does not stand beside the name')
  t.match(said[3], { kibana: { session_id: 'hash-of-session' }, client: { ip: '127.0.0.1' }, trace: {} })
  t.match(said[4], { kibana: { session_id: 's_1' } })
})

test('who is said wins over who the request belonged to; who is not said has failed', async t => {
  const { app, events } = await appOfUsers(t)
  app.get('/', async ({ audit }) => {
    await audit.userLogin({ provider, user: { name: 'bob' } })
    await audit.userLogout({ provider, user: { name: 'bob' } })
    await audit.userLogin({ provider })
    return 'ok'
  })
  await app.inject({ url: '/', headers: { 'x-user': 'jane' } })
  t.match(await events(), [
    { message: /User \[bob\] has logged in/, user: { name: 'bob' }, event: { outcome: 'success' } },
    { message: /User \[bob\] is logging out/, user: { name: 'bob' } },
    { message: /Failed attempt/, event: { outcome: 'failure' } }
  ])
})

test('the name that was tried is recorded only where the setting says so, and never as the user', async t => {
  for (const allowed of [undefined, false, true]) {
    await t.test(`${allowed}`, async t => {
      const { app, events } = await appOfUsers(t, allowed === undefined ? {} : { authentication: { record_attempted_name: allowed } })
      app.get('/', async ({ audit }) => { await audit.userLogin({ provider, attemptedName: 'jane' }); return 'ok' })
      await app.inject('/')
      const [failure] = await events()
      t.same(failure?.labels, allowed === true ? { attempted_user_name: 'jane' } : undefined)
      t.equal(failure?.user, undefined)
    })
  }
})

test('what no event can be made of goes out marked', async t => {
  const { app, events } = await appOfUsers(t)
  await app.audit.withoutRequest.userLogin(undefined as never)
  await app.audit.withoutRequest.userLogout({ get provider () { throw new Error('no provider') } } as never)
  t.match(await events(), [
    { event: { action: 'user_login' }, labels: { audit_fault: String } },
    { event: { action: 'user_logout' }, labels: { audit_fault: 'no provider' } }
  ])
})
