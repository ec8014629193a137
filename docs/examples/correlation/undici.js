// Other services over undici: with headers of the call, or through a dispatcher for one request,
// which adds them to every call that it is given.
import Fastify from 'fastify'
import audit from 'fastify-audit'
import { Agent, fetch, request as call } from 'undici'

/** An interceptor that adds headers. What callers of undici give as headers is an object here. */
const withHeaders = headers => dispatch => (options, handler) => dispatch({ ...options, headers: { ...options.headers, ...headers } }, handler)

export async function createApp (config, service) {
  const app = Fastify()
  await app.register(audit, { config })
  const agent = new Agent()
  app.addHook('onClose', () => agent.close())

  /** A dispatcher for one request. It shares the connections of the agent. */
  const dispatcherOf = request => agent.compose(withHeaders(request.audit.traceHeaders()))

  app.get('/notes/:id', async (request) => {
    const path = `${service}/notes/${request.params.id}`
    const { body } = await call(path, { dispatcher: agent, headers: request.audit.traceHeaders() })
    return await body.json()
  })

  app.post('/notes/:id/copy', async (request) => {
    const dispatcher = dispatcherOf(request)
    const found = await fetch(`${service}/notes/${request.params.id}`, { dispatcher })
    const note = await found.text()
    await request.audit.ensure({
      message: `User is copying note [id=${request.params.id}]`,
      event: { action: 'note_copy', category: ['database'], type: ['creation'], outcome: 'unknown' },
      kibana: { saved_object: { type: 'note', id: request.params.id } }
    })
    const { body } = await call(`${service}/copies/${request.params.id}`, { method: 'POST', body: note, headers: { 'content-type': 'application/json' }, dispatcher })
    return await body.json()
  })
  return app
}
