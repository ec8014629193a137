// @fastify/session: the login is wrapped, and so is the store, which records what becomes of the
// sessions. The log has hashes of session ids: the id itself is what opens the session.
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import audit, { auditAuthentication, auditSessionStore, hashValue } from 'fastify-audit'
import { checkPassword, userOf } from './users.js'

const provider = { type: 'basic', name: 'basic1' }

/** @param secret signs the cookies  @param key makes the hashes in the log; both of 32 bytes or more */
export async function createApp (config, { secret, key, maxAge = 3_600_000 }) {
  const app = Fastify()
  await app.register(audit, {
    config,
    user: ({ session }) => session && userOf(session),
    session: ({ session }) => session?.user && hashValue(session.sessionId, key)
  })
  await app.register(cookie)
  await app.register(session, {
    secret,
    cookie: { secure: false, maxAge },
    saveUninitialized: false,
    store: auditSessionStore(new session.MemoryStore(), { provider, key, logger: () => app.audit.current(), user: ({ user }) => user })
  })

  // A session of its own for each login: an id that somebody has planted before is worth nothing.
  const login = auditAuthentication(async (name, password, request) => {
    const user = checkPassword(name, password)
    if (user !== null) await request.session.regenerate()
    return user
  }, {
    provider,
    logger: (name, password, request) => request.audit,
    attemptedName: name => name,
    sessionId: (user, name, password, request) => hashValue(request.session.sessionId, key)
  })
  app.post('/login', async (request, reply) => {
    const { name, password } = request.body
    const user = await login(name, password, request)
    if (user === null) return reply.code(401).send({ error: 'Unauthorized' })
    request.session.user = user
    return { hello: user.name }
  })
  app.post('/logout', async request => {
    await request.audit.userLogout({ provider })
    await request.session.destroy()
    return {}
  })
  app.get('/', async (request, reply) => request.session.user ? { hello: request.session.user.name } : reply.code(401).send({ error: 'Unauthorized' }))
  return app
}
