// The saved-objects API, by Kibana's paths. Registered by app.js twice: for the default space
// and, under `/s/<space>`, for the others. Handlers only translate; what they call is the
// audited repository, so there is not one line about the audit log here.
import { Readable } from 'node:stream'
import { requireUser } from './context.js'
import * as schemas from './schemas.js'

export async function savedObjectsRoutes (app) {
  app.addHook('onRequest', requireUser)
  const at = (path) => `/api/saved_objects${path}`

  app.post(at('/:type'), { schema: schemas.create }, create)
  app.post(at('/:type/:id'), { schema: schemas.create }, create)

  async function create (request) {
    const { type, id } = request.params
    const { attributes, ...options } = request.body
    return request.savedObjects.create(type, attributes, { ...id !== undefined && { id }, ...options, ...request.query })
  }

  app.get(at('/:type/:id'), { schema: schemas.one }, async (request) => {
    return request.savedObjects.get(request.params.type, request.params.id)
  })

  app.get(at('/resolve/:type/:id'), { schema: schemas.one }, async (request) => {
    return request.savedObjects.resolve(request.params.type, request.params.id)
  })

  app.get(at('/_find'), { schema: schemas.find }, async (request) => {
    const { query } = request
    const [, type, id] = /^([^:]+):(.+)$/.exec(query.has_reference ?? '') ?? []
    return request.savedObjects.find(defined({
      type: query.type,
      page: query.page,
      perPage: query.per_page,
      search: query.search,
      searchFields: query.search_fields,
      defaultSearchOperator: query.default_search_operator,
      hasReference: type && { type, id },
      sortField: query.sort_field,
      sortOrder: query.sort_order,
      fields: query.fields,
      namespaces: query.namespaces
    }))
  })

  app.put(at('/:type/:id'), { schema: schemas.update }, async (request) => {
    const { attributes, ...options } = request.body
    return request.savedObjects.update(request.params.type, request.params.id, attributes, options)
  })

  app.delete(at('/:type/:id'), { schema: schemas.remove }, async (request) => {
    return request.savedObjects.delete(request.params.type, request.params.id, request.query)
  })

  app.post(at('/:type/:id/_increment'), { schema: schemas.increment }, async (request) => {
    return request.savedObjects.incrementCounter(request.params.type, request.params.id, request.body.counters)
  })

  app.post(at('/:type/:id/_remove_references_to'), { schema: schemas.one }, async (request) => {
    return request.savedObjects.removeReferencesTo(request.params.type, request.params.id)
  })

  app.post(at('/_bulk_create'), { schema: schemas.bulkCreate }, async (request) => {
    return request.savedObjects.bulkCreate(request.body, request.query)
  })

  app.post(at('/_bulk_get'), { schema: schemas.bulkGet }, async (request) => request.savedObjects.bulkGet(request.body))

  app.post(at('/_bulk_resolve'), { schema: schemas.bulkKeys }, async (request) => request.savedObjects.bulkResolve(request.body))

  app.put(at('/_bulk_update'), { schema: schemas.bulkUpdate }, async (request) => request.savedObjects.bulkUpdate(request.body))

  app.post(at('/_bulk_delete'), { schema: schemas.bulkDelete }, async (request) => {
    return request.savedObjects.bulkDelete(request.body, request.query)
  })

  app.post(at('/_check_conflicts'), { schema: schemas.bulkKeys }, async (request) => request.savedObjects.checkConflicts(request.body))

  app.post(at('/_export'), { schema: schemas.exported }, async (request, reply) => {
    const pages = request.savedObjects.createPointInTimeFinder({ type: request.body.type }).find()[Symbol.asyncIterator]()
    // The first page is awaited here, so that a refusal is still answered with its status.
    const first = await pages.next()
    async function * lines () {
      for (let page = first; !page.done; page = await pages.next()) {
        yield page.value.saved_objects.map(({ sort, ...object }) => JSON.stringify(object) + '\n').join('')
      }
    }
    return reply.type('application/x-ndjson').send(Readable.from(lines()))
  })

  app.post('/api/spaces/_update_objects_spaces', { schema: schemas.share }, async (request) => {
    const { objects, spacesToAdd, spacesToRemove } = request.body
    return request.savedObjects.updateObjectsSpaces(objects, spacesToAdd, spacesToRemove)
  })

  app.post('/api/spaces/_get_shareable_references', { schema: schemas.references }, async (request) => {
    return request.savedObjects.collectMultiNamespaceReferences(request.body.objects)
  })
}

/** Leaves out what is not there. */
function defined (options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
