// fastify-audit registered but switched off: should be what the bare application is.
import audit from '../../../dist/index.js'

export async function addLogging (app) {
  await app.register(audit, {
    config: { enabled: false },
    user: (request) => request.user,
    session: (request) => request.user?.session,
    space: (request) => request.space
  })
}
