// @fastify/jwt: who logs in with a password gets a token, and that is the login that is
// recorded. A token that is refused later is a failed login of another provider.
import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import audit, { auditAuthentication } from 'fastify-audit'
import { checkPassword, userOf } from './users.js'

export async function createApp (config, secret) {
  const app = Fastify()
  await app.register(audit, { config, user: userOf })
  await app.register(jwt, { secret })

  const login = auditAuthentication((name, password) => checkPassword(name, password), {
    provider: { type: 'basic', name: 'basic1' },
    logger: (name, password, request) => request.audit,
    attemptedName: name => name
  })
  app.post('/login', async (request, reply) => {
    const { name, password } = request.body
    const user = await login(name, password, request)
    return user ? { token: await reply.jwtSign(user, { expiresIn: '1h' }) } : reply.code(401).send({ error: 'Unauthorized' })
  })

  const verify = auditAuthentication(request => request.jwtVerify(), {
    provider: { type: 'token', name: 'jwt1' }, logger: request => request.audit, successes: false
  })
  async function authenticate (request) {
    try {
      await verify(request)
    } catch (error) {
      // What is no token at all has no status of its own.
      error.statusCode ??= 401
      throw error
    }
  }
  app.get('/', { onRequest: authenticate }, async request => ({ hello: request.user.name }))
  return app
}
