// @fastify/passport: what a strategy calls to verify somebody is wrapped, so that the attempt is
// recorded before the strategy fails, and so before passport answers 401.
import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import { Authenticator, Strategy } from '@fastify/passport'
import session from '@fastify/session'
import Fastify from 'fastify'
import audit, { auditAuthentication } from 'fastify-audit'
import { checkPassword, userOf } from './users.js'

/** Takes name and password from the body, like passport-local. */
class PasswordStrategy extends Strategy {
  constructor (verify) {
    super('password')
    this.verify = verify
  }

  async authenticate (request) {
    try {
      const user = await this.verify(request.body.name, request.body.password, request)
      return user ? this.success(user) : this.fail(401)
    } catch (error) {
      return this.error(error)
    }
  }
}

export async function createApp (config) {
  const app = Fastify()
  const passport = new Authenticator()
  await app.register(audit, { config, user: userOf })
  await app.register(cookie)
  await app.register(session, { secret: randomBytes(32).toString('hex'), cookie: { secure: false } })
  await app.register(passport.initialize())
  await app.register(passport.secureSession())
  passport.registerUserSerializer(async user => user)
  passport.registerUserDeserializer(async user => user)
  passport.use(new PasswordStrategy(auditAuthentication((name, password) => checkPassword(name, password), {
    provider: { type: 'password', name: 'passport1' },
    logger: (name, password, request) => request.audit,
    attemptedName: name => name
  })))

  app.post('/login', { preValidation: passport.authenticate('password') }, async request => ({ hello: request.user.name }))
  app.get('/', async (request, reply) => request.user ? { hello: request.user.name } : reply.code(401).send({ error: 'Unauthorized' }))
  return app
}
