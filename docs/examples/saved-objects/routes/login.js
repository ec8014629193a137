// Logging in and out. The audit events are ensured before the answer goes out: nobody is told
// that they are in, or refused, without a record of it, as far as `on_failure` in audit.yml
// says so. Registered by app.js.
import { userLoginEvent, userLogoutEvent } from 'fastify-audit'
import { CLEARED_COOKIE, setCookie } from '../login/cookie.js'
import { httpError, requireUser } from './context.js'

/** How users authenticate here, in the words of Kibana's settings. */
export const PROVIDER = Object.freeze({ type: 'basic', name: 'basic' })

const credentials = {
  type: 'object',
  required: ['name', 'password'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 128 },
    password: { type: 'string', minLength: 1, maxLength: 1024 }
  }
}

/** @param {import('../login/users.js').User} user */
const publicUser = (user) => ({ id: user.id, name: user.name, full_name: user.full_name, roles: user.roles, spaces: user.spaces })

export async function loginRoutes (app, { users, sessions }) {
  app.post('/api/login', { schema: { body: credentials } }, async (request, reply) => {
    const { name, password } = request.body
    const user = await users.verify(name, password)
    if (user === undefined) {
      await request.audit.ensure(userLoginEvent({ provider: PROVIDER, outcome: 'failure' }))
      throw httpError(401, 'The name or the password is wrong')
    }
    if (request.session !== null) await end(request)
    const session = await sessions.begin(user.name)
    request.user = user
    request.session = session
    try {
      await request.audit.ensure(userLoginEvent({ provider: PROVIDER, user, sessionId: session.id }))
    } catch (error) {
      await sessions.end(session.id)
      throw error
    }
    reply.header('set-cookie', setCookie(session.secret, session.expires, request.protocol === 'https'))
    return publicUser(user)
  })

  app.post('/api/logout', { onRequest: requireUser }, async (request, reply) => {
    await end(request)
    return reply.header('set-cookie', CLEARED_COOKIE).code(204).send()
  })

  app.get('/api/me', async (request) => ({ user: request.user && publicUser(request.user) }))

  async function end (request) {
    await request.audit.ensure(userLogoutEvent({ provider: PROVIDER, user: request.user, sessionId: request.session.id }))
    await sessions.end(request.session.id)
  }
}
