import { readFileSync } from 'node:fs'
import { test } from 'tap'
import type { FastifyRequest } from 'fastify'
import { auditAuthentication } from '../../lib/index.js'
import { auditedApp, listen } from '../support/audited-app.js'
import { createSlowAudit } from '../support/slow-login.js'

const provider = { type: 'basic', name: 'basic1' }
const PASSWORD = 'correct horse'
const WRONG = 'battery staple'

type Login = (name: string, password: string, request: FastifyRequest) => unknown

const check: Login = (name, password) => password === PASSWORD ? { id: 1, name, roles: ['editor'], password } : null

/** `POST /login`, with a login function that is audited. */
async function appWith (t: Parameters<typeof auditedApp>[0], login: Login, section = {}, successes = true) {
  const audited = await auditedApp(t, { section: { http: { ignore_paths: ['/login'] }, ...section } })
  const checked = auditAuthentication(login, {
    provider, logger: (_name, _password, request) => request.audit, attemptedName: name => name, sessionId: () => 's_hash', realm: 'native1', lookupRealm: 'native2', successes
  })
  audited.app.post<{ Body: { name: string, password: string } }>('/login', async (request, reply) => {
    const user = await checked(request.body.name, request.body.password, request)
    return user ? { ok: true } : reply.code(401).send()
  })
  const port = await listen(audited.app)
  const post = async (password: string) => fetch(`http://127.0.0.1:${port}/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'jane', password })
  })
  return { ...audited, post }
}

test('a success names the user, the provider, the realms and the session, and nothing else of the user', async t => {
  const { post, events, file } = await appWith(t, check)
  t.equal((await post(PASSWORD)).status, 200)
  t.match(await events(), [{
    event: { action: 'user_login', outcome: 'success' },
    kibana: { session_id: 's_hash', authentication_provider: 'basic1', authentication_type: 'basic', authentication_realm: 'native1', lookup_realm: 'native2' }
  }])
  t.strictSame((await events())[0]?.user, { id: '1', name: 'jane', roles: ['editor'] })
  t.notOk(readFileSync(file, 'utf8').includes(PASSWORD))
})

test('a failure is in the file when the 401 arrives, without what was tried', async t => {
  const logins: Login[] = [check, async (...args) => check(...args), () => { throw Object.assign(new Error(`no ${WRONG} of jane`), { statusCode: 401 }) }, async () => { throw Object.assign(new TypeError(`bad ${WRONG}`), { statusCode: 401 }) }]
  for (const [index, login] of logins.entries()) {
    await t.test(`login function ${index + 1}`, async t => {
      const { post, file } = await appWith(t, login)
      t.equal((await post(WRONG)).status, 401)
      const text = readFileSync(file, 'utf8')
      t.match(text, '"action":"user_login"')
      t.match(text, '"outcome":"failure"')
      t.notMatch(text, WRONG)
      t.notMatch(text, 'jane')
    })
  }
})

test('the error of a failure is recorded by its code and message, and thrown as it was', async t => {
  const thrown = new TypeError('the directory does not answer')
  const { app, events } = await auditedApp(t)
  const login = auditAuthentication(() => { throw thrown }, { provider, logger: () => app.audit.withoutRequest })
  await t.rejects(login(), thrown)
  t.match(await events(), [{ event: { outcome: 'failure' }, error: { code: 'TypeError', message: 'the directory does not answer' } }])
})

test('the name that was tried is recorded where the setting allows it', async t => {
  const { post, events } = await appWith(t, check, { authentication: { record_attempted_name: true } })
  await post(WRONG)
  t.same((await events())[0]?.labels, { attempted_user_name: 'jane' })
})

test('an error that is returned is a failure; successes may be left out', async t => {
  const { post, events } = await appWith(t, (_name, password) => password === PASSWORD ? true : new Error('locked'), {}, false)
  await post(PASSWORD)
  await post(WRONG)
  t.match(await events(), [{ event: { outcome: 'failure' }, error: { message: 'locked' } }])
  t.equal((await events()).length, 1)
})

test('no argument stands in the error of a failure: also when it is returned, or was changed meanwhile', async t => {
  const { app, file } = await auditedApp(t)
  const options = { provider, logger: () => app.audit.withoutRequest }
  await auditAuthentication((tried: string) => new Error(`no ${tried}`), options)(WRONG)
  const forgets = auditAuthentication((tried: { password: string }) => {
    const { password } = tried
    tried.password = ''
    throw new Error(`no ${password}`)
  }, options)
  await t.rejects(forgets({ password: WRONG }), { message: `no ${WRONG}` })
  const text = readFileSync(file, 'utf8')
  t.equal(text.match(/"no \[redacted\]"/g)?.length, 2)
  t.notMatch(text, WRONG)
})

test('nobody learns of an attempt before it is recorded', async t => {
  const { logger, story, acknowledge } = createSlowAudit()
  for (const password of [PASSWORD, WRONG]) {
    const login = auditAuthentication((tried: string) => tried === PASSWORD, { provider, logger: () => logger })
    const done = login(password).then(() => story.push('answered'))
    await new Promise(resolve => setImmediate(resolve))
    t.same(story.splice(0), [password === PASSWORD ? 'success' : 'failure'])
    acknowledge()
    await done
    t.same(story.splice(0), ['answered'])
  }
})

test('what cannot be recorded cannot log in, where on_failure says so', async t => {
  const { logger, acknowledge } = createSlowAudit()
  const login = auditAuthentication(() => { throw new Error('wrong') }, { provider, logger: () => logger })
  const refused = login()
  await new Promise(resolve => setImmediate(resolve))
  acknowledge(new Error('blocked'))
  await t.rejects(refused, { message: 'blocked' })
})

test('options that are missing are refused', async t => {
  const logger = () => createSlowAudit().logger
  t.throws(() => auditAuthentication('no function' as never, { provider, logger }), { code: 'AUDIT_ERR_OPTION' })
  t.throws(() => auditAuthentication(() => {}, { provider } as never), { code: 'AUDIT_ERR_OPTION' })
  t.throws(() => auditAuthentication(() => {}, { logger } as never), { code: 'AUDIT_ERR_OPTION' })
})
