// fastify-audit for who does not use app.audit.current(): without @fastify/request-context.
import { register } from './audited.js'

export async function addLogging (app, folder) {
  await register(app, folder, { requestContext: false })
}
