// What @fastify/request-context costs alone: fastify-audit registers it where the application
// has not, for `app.audit.current()`.
import requestContext from '@fastify/request-context'

export async function addLogging (app) {
  await app.register(requestContext)
}
