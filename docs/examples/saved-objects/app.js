// The application: Fastify, the audit plugin, who is asking, and the routes. Read top-down;
// server.js starts it on a port, over a database that is open already.
import { STATUS_CODES } from 'node:http'
import { fileURLToPath } from 'node:url'
import audit, { sessionCleanupEvent } from 'fastify-audit'
import Fastify from 'fastify'
import { createSessions } from './login/sessions.js'
import { createUsers } from './login/users.js'
import { addContext } from './routes/context.js'
import { loginRoutes, PROVIDER } from './routes/login.js'
import { pageRoutes } from './routes/page.js'
import { savedObjectsRoutes } from './routes/saved-objects.js'
import { createSpaces, spacesRoutes } from './routes/spaces.js'
import { trailRoutes } from './routes/trail.js'

/** The settings of the audit log. */
export const AUDIT_YML = fileURLToPath(new URL('audit.yml', import.meta.url))

const CLEANUP_INTERVAL_MS = 60 * 60 * 1000

/**
 * @param {object} parts
 * @param {import('./database/open.js').Database} parts.database
 * @param {import('node:stream').Writable} parts.logStream where the application's own log goes
 * @param {string} [parts.auditFile] the file that audit.yml names, for the page's view of the trail
 */
export async function buildApp ({ database, logStream, auditFile }) {
  const app = Fastify({
    logger: { level: 'info', stream: logStream },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' } }
  })

  await app.register(audit, {
    config: AUDIT_YML,
    user: (request) => request.user && { id: request.user.id, name: request.user.name, roles: request.user.roles },
    session: (request) => request.session?.id,
    space: (request) => request.space ?? undefined
  })

  await createSpaces(database)
  const users = await createUsers(database)
  const sessions = createSessions(database)
  addContext(app, { database, sessions })

  app.addHook('onRequest', async function sendTrace (request, reply) {
    // The id that this request's events have in the audit log: whoever reports a problem can name it.
    reply.header('x-opaque-id', request.audit.traceId)
  })

  app.setErrorHandler(function answerError (error, request, reply) {
    const statusCode = error.statusCode >= 400 ? error.statusCode : 500
    if (statusCode >= 500) request.log.error({ err: error }, 'request failed')
    // What went wrong inside stays inside; every other error says by its status that it may be told.
    const told = statusCode === 500
      ? { message: 'An internal error; the application log says more' }
      : { code: error.code, message: error.message }
    // What is refused because it cannot be recorded says when to come back.
    reply.code(statusCode).headers(error.headers ?? {}).send({ statusCode, error: STATUS_CODES[statusCode], ...told })
  })

  // Probed every few seconds: no audit event. While operations are refused because they cannot be
  // recorded, the balancer in front had better send them elsewhere.
  app.get('/health', { config: { audit: false } }, async (request, reply) => {
    const audit = app.audit.status().state
    const isAvailable = audit !== 'blocked'
    reply.code(isAvailable ? 200 : 503)
    return { status: isAvailable ? 'ok' : 'unavailable', audit }
  })
  await app.register(pageRoutes)
  await app.register(loginRoutes, { users, sessions })
  await app.register(trailRoutes, { auditFile })
  for (const prefix of ['', '/s/:space']) {
    await app.register(savedObjectsRoutes, { prefix })
    await app.register(spacesRoutes, { prefix, database })
  }

  // A session that has expired opens nothing: one that cannot be removed now is removed the next time.
  async function removeExpiredSessions () {
    try {
      for (const { id, userHash } of await sessions.expired()) {
        await app.audit.withoutRequest.ensure(sessionCleanupEvent({ provider: PROVIDER, sessionId: id, userHash }))
        await sessions.end(id)
      }
    } catch (error) {
      app.log.error({ err: error }, 'expired sessions could not be removed')
    }
  }

  let cleanup
  app.addHook('onReady', async () => {
    await removeExpiredSessions()
    cleanup = setInterval(removeExpiredSessions, CLEANUP_INTERVAL_MS).unref()
  })
  app.addHook('onClose', async () => clearInterval(cleanup))

  return app
}
