// The official Elasticsearch client. Each call says for which request it is made: with options of
// the call, or through a child client that says it for all of its calls.
import { Client } from '@elastic/elasticsearch'
import Fastify from 'fastify'
import audit from 'fastify-audit'

export async function createApp (config, node) {
  const app = Fastify()
  await app.register(audit, { config })
  const client = new Client({ node })
  app.addHook('onClose', () => client.close())

  /** A client for one request. It shares the connections of its parent; making it opens nothing. */
  const clientOf = request => client.child({ headers: request.audit.traceHeaders() })

  app.get('/notes/:id', async (request) => {
    const { id } = request.params
    const found = await client.get({ index: 'notes', id }, { headers: request.audit.traceHeaders() })
    // `opaqueId` alone is enough for Elasticsearch's audit log; no `traceparent` is sent.
    await client.update({ index: 'readers', id, doc: { read: true } }, { opaqueId: request.audit.traceId })
    return found
  })

  app.post('/notes/:id/copy', async (request) => {
    const { id } = request.params
    const elasticsearch = clientOf(request)
    const { _source: note } = await elasticsearch.get({ index: 'notes', id })
    await request.audit.ensure({
      message: `User is copying note [id=${id}]`,
      event: { action: 'note_copy', category: ['database'], type: ['creation'], outcome: 'unknown' },
      kibana: { saved_object: { type: 'note', id } }
    })
    // What the client does by itself, such as a bulk request for many documents, is covered too.
    await elasticsearch.helpers.bulk({ datasource: [note, note], onDocument: () => ({ index: { _index: 'copies' } }) })
    return note
  })
  return app
}
