// The examples of docs/examples/authentication, each behind a real socket. A failure has to be in
// the file when the 401 arrives, and no credential ever. Needs dist/, as the examples do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import { hashValue } from '../../lib/index.js'
import { listen, readEvents } from '../support/audited-app.js'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples/authentication')
const PASSWORD = 'correct-horse-4711'
const WRONG = 'battery-staple-0815'
const SECRET = 'what-signs-the-cookies-and-tokens-of-this-test'
const KEY = 'what-makes-the-hashes-in-the-log-of-this-test'

type Headers = Record<string, string>

/** Starts an example. `call` gives its answer, and remembers what may never be in the log. */
async function startExample (t: Test, name: string, ...options: unknown[]) {
  const { addUser } = await import(join(EXAMPLES, 'users.js')) as { addUser: (name: string, password: string) => void }
  addUser('jane', PASSWORD)
  const { createApp } = await import(join(EXAMPLES, `${name}.js`)) as { createApp: (...options: unknown[]) => Promise<FastifyInstance> }
  const file = join(t.testdir(), 'audit.log')
  const app = await createApp({ enabled: true, appender: { type: 'file', fileName: file, layout: { type: 'json' } } }, ...options)
  t.teardown(() => app.close())
  const address = `http://127.0.0.1:${await listen(app)}`
  const secrets = new Set([PASSWORD, WRONG, SECRET, KEY])
  async function call (path: string, { headers = {}, body }: { headers?: Headers, body?: object } = {}) {
    for (const value of Object.values(headers)) for (const part of value.split(/[ =]/)) if (part.length > 8) secrets.add(part)
    const response = await fetch(address + path, body === undefined
      ? { headers }
      : { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
    const atAnswer = readFileSync(file, 'utf8')
    const [set] = response.headers.getSetCookie()
    const cookie = set?.split(';')[0] ?? ''
    const signed = cookie.slice(cookie.indexOf('=') + 1)
    // The whole, decoded, and the session's id without its signature.
    if (signed !== '') for (const secret of [signed, decodeURIComponent(signed), decodeURIComponent(signed).split('.')[0]!]) secrets.add(secret)
    const text = await response.text()
    const told = (text.startsWith('{') ? JSON.parse(text) : {}) as { token?: string }
    if (told.token !== undefined) for (const part of [told.token, ...told.token.split('.')]) secrets.add(part)
    return { status: response.status, cookie, told, atAnswer, id: decodeURIComponent(signed).split('.')[0]! }
  }
  async function logins () {
    await app.audit.flush()
    const bytes = readFileSync(file)
    for (const secret of secrets) if (bytes.includes(secret)) t.fail(`the log holds ${secret}`)
    return readEvents(t, file).filter(({ event }) => event.category.includes('authentication'))
  }
  return { call, logins }
}

const isFailure = /"action":"user_login","category":\["authentication"\],"outcome":"failure"/g

test('@fastify/basic-auth', async t => {
  const { call, logins } = await startExample(t, 'basic-auth')
  const basic = (password: string): Headers => ({ authorization: `Basic ${Buffer.from(`jane:${password}`).toString('base64')}` })
  t.match(await call('/', { headers: basic(PASSWORD) }), { status: 200, told: { hello: 'jane' } })
  for (const [count, headers] of [basic(WRONG), {}, { authorization: `Bearer ${WRONG}` }].entries()) {
    const { status, atAnswer } = await call('/', { headers })
    t.equal(status, 401)
    t.equal(atAnswer.match(isFailure)?.length, count + 1)
  }
  t.match(await logins(), [
    { error: { code: 'Error', message: 'Unknown name or wrong password' }, kibana: { authentication_provider: 'basic1' }, client: { ip: '127.0.0.1' } },
    { error: { message: 'Missing or bad formatted authorization header' } },
    {}
  ])
})

test('@fastify/jwt', async t => {
  const { call, logins } = await startExample(t, 'jwt', SECRET)
  const { status, atAnswer } = await call('/login', { body: { name: 'jane', password: WRONG } })
  t.equal(status, 401)
  t.equal(atAnswer.match(isFailure)?.length, 1)
  const { told: { token } } = await call('/login', { body: { name: 'jane', password: PASSWORD } })
  t.match(await call('/', { headers: { authorization: `Bearer ${token}` } }), { status: 200, told: { hello: 'jane' } })
  for (const [count, bad] of [`${token}x`, 'no-token-at-all', 'eyJub25lIjoxfQ.eyJub25lIjoxfQ.c2lnbmF0dXJl'].entries()) {
    const refused = await call('/', { headers: { authorization: `Bearer ${bad}` } })
    t.equal(refused.status, 401)
    t.equal(refused.atAnswer.match(isFailure)?.length, count + 2)
  }
  t.match(await logins(), [
    { event: { outcome: 'failure' }, kibana: { authentication_provider: 'basic1' } },
    { event: { outcome: 'success' }, user: { id: 'u_jane', name: 'jane', roles: ['editor'] } },
    ...Array(3).fill({ event: { outcome: 'failure' }, kibana: { authentication_provider: 'jwt1' }, error: { message: String } })
  ])
})

test('@fastify/session', async t => {
  const { call, logins } = await startExample(t, 'session', { secret: SECRET, key: KEY })
  const failed = await call('/login', { body: { name: 'jane', password: WRONG } })
  t.equal(failed.status, 401)
  t.equal(failed.atAnswer.match(isFailure)?.length, 1)
  const first = await call('/login', { body: { name: 'jane', password: PASSWORD } })
  t.match(await call('/', { headers: { cookie: first.cookie } }), { status: 200 })
  const second = await call('/login', { headers: { cookie: first.cookie }, body: { name: 'jane', password: PASSWORD } })
  t.equal((await call('/', { headers: { cookie: first.cookie } })).status, 401, 'the first session is gone')
  t.equal((await call('/logout', { headers: { cookie: second.cookie }, body: {} })).status, 200)
  const hashOf = ({ id }: { id: string }) => hashValue(id, KEY)
  t.match((await logins()).map(({ event, kibana, user }) => ({ said: event.action, session: (kibana as { session_id?: string }).session_id, user })), [
    { said: 'user_login', session: undefined },
    { said: 'user_login', session: hashOf(first), user: { name: 'jane' } },
    { said: 'session_cleanup', session: hashOf(first), user: { hash: hashValue('jane', KEY) } },
    { said: 'user_login', session: hashOf(second), user: { name: 'jane' } },
    { said: 'user_logout', session: hashOf(second), user: { name: 'jane' } },
    { said: 'session_cleanup', session: hashOf(second), user: { hash: hashValue('jane', KEY) } }
  ])
})

test('@fastify/session: a session that has expired', async t => {
  const { call, logins } = await startExample(t, 'session', { secret: SECRET, key: KEY, maxAge: 1 })
  const { cookie, id } = await call('/login', { body: { name: 'jane', password: PASSWORD } })
  await new Promise(resolve => setTimeout(resolve, 20))
  t.equal((await call('/', { headers: { cookie } })).status, 401)
  t.match(await logins(), [{}, { event: { action: 'session_cleanup' }, kibana: { session_id: hashValue(id, KEY) }, user: { hash: hashValue('jane', KEY) } }])
})

test('@fastify/passport', async t => {
  const { call, logins } = await startExample(t, 'passport')
  const refused = await call('/login', { body: { name: 'jane', password: WRONG } })
  t.equal(refused.status, 401)
  t.equal(refused.atAnswer.match(isFailure)?.length, 1)
  t.match(await call('/login', { body: { name: 'jane', password: PASSWORD } }), { status: 200, told: { hello: 'jane' } })
  t.match(await logins(), [{ event: { outcome: 'failure' } }, { event: { outcome: 'success' }, kibana: { authentication_provider: 'passport1' }, user: { name: 'jane' } }])
})
