// @fastify/basic-auth: the whole check is wrapped, so that a header that is missing or malformed
// is a failed login too. Successes are not recorded: each request brings its password along, and
// its http_request event names the user.
import basicAuth from '@fastify/basic-auth'
import Fastify from 'fastify'
import audit, { auditAuthentication } from 'fastify-audit'
import { checkPassword, userOf } from './users.js'

export async function createApp (config) {
  const app = Fastify()
  await app.register(audit, { config, user: userOf })
  app.decorateRequest('user', null)
  await app.register(basicAuth, {
    authenticate: { realm: 'example' },
    async validate (name, password, request) {
      request.user = checkPassword(name, password)
      if (request.user === null) throw new Error('Unknown name or wrong password')
    }
  })

  const authenticate = auditAuthentication(
    (request, reply) => new Promise((resolve, reject) => {
      app.basicAuth(request, reply, error => error ? reject(error) : resolve(request.user))
    }),
    { provider: { type: 'basic', name: 'basic1' }, logger: request => request.audit, successes: false }
  )
  // A hook that returns something answers the request with it.
  app.addHook('onRequest', async (request, reply) => { await authenticate(request, reply) })
  app.get('/', async request => ({ hello: request.user.name }))
  return app
}
