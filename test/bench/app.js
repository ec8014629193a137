// The application that every variant of the benchmark adds its logging to: a small API whose
// callers are authenticated in an onRequest hook. What it does itself is the same for all.
import Fastify from 'fastify'

const USERS = new Map(Array.from({ length: 20 }, (_, index) => {
  const token = `token-${String(index).padStart(2, '0')}`
  return [`Bearer ${token}`, { id: `u-${1000 + index}`, name: `user-${index}`, roles: ['viewer', 'editor'], session: `session-${index}-5f2b7c1e` }]
}))

/** A Fastify application that authenticates; variants register their logging between `createApp` and `addRoutes`. */
export function createApp () {
  const app = Fastify({ logger: false, trustProxy: false })
  app.decorateRequest('user', null)
  app.decorateRequest('space', null)
  app.addHook('onRequest', function authenticate (request, reply, done) {
    request.user = USERS.get(request.headers.authorization) ?? null
    request.space = 'marketing'
    done()
  })
  return app
}

/** The routes that are measured. */
export function addRoutes (app) {
  app.get('/api/saved_objects/:type/:id', function getObject (request) {
    return { id: request.params.id, type: request.params.type, attributes: { title: 'Revenue by region', description: 'What was sold where' } }
  })
}

/** The different requests that the load consists of: all of one length, so that so are the answers. */
export function requestTexts () {
  return Array.from({ length: 240 }, (_, index) => [
    `GET /api/saved_objects/dashboard/${String(index).padStart(4, '0')}?fields=title&page=1 HTTP/1.1`,
    'Host: audit.example.com:5601',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    'Accept: application/json',
    'Accept-Encoding: gzip, deflate, br',
    'Accept-Language: en-GB,en;q=0.9',
    `Authorization: Bearer token-${String(index % 20).padStart(2, '0')}`,
    'X-Forwarded-For: 203.0.113.7, 10.0.0.1',
    `Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e${String(index).padStart(4, '0')}-00f067aa0ba902b7-01`,
    '', ''
  ].join('\r\n'))
}
