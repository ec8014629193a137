// What every request knows before its handler runs: its space, its user and session, and the
// saved objects as that user may see them from that space. Called by app.js, once.
import { STATUS_CODES } from 'node:http'
import { authorizeFor, mayEnter } from '../login/permissions.js'
import { readCookie } from '../login/cookie.js'
import { SavedObjectsRepository } from '../repository/saved-objects-repository.js'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** An error that Fastify answers with this status. @param {number} statusCode @param {string} message */
export function httpError (statusCode, message) {
  return Object.assign(new Error(message), { name: STATUS_CODES[statusCode], statusCode })
}

/**
 * Adds `request.user`, `request.session`, `request.space` and `request.savedObjects`. The
 * audit plugin asks for the first three after these hooks have run.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ database: import('../database/open.js').Database, sessions: ReturnType<typeof import('../login/sessions.js').createSessions> }} parts
 */
export function addContext (app, { database, sessions }) {
  app.decorateRequest('user', null)
  app.decorateRequest('session', null)
  app.decorateRequest('space', null)
  app.decorateRequest('savedObjects', {
    getter () {
      const { user, space } = this
      const repository = new SavedObjectsRepository(database, { space, user: user?.id, maySee: (other) => mayEnter(user, other) })
      return this.audit.repository(repository, { authorize: authorizeFor(user, space) })
    }
  })

  app.addHook('onRequest', async function findSpace (request) {
    const [, prefix] = /^\/s\/([^/?#]{1,128})(?:[/?#]|$)/.exec(request.url) ?? []
    const id = prefix ?? 'default'
    const [space] = /^[\w-]+$/.test(id) ? await database.query('SELECT id FROM spaces WHERE id = $1', [id]) : []
    request.space = space === undefined ? null : id
  })

  app.addHook('onRequest', async function findUser (request) {
    const secret = readCookie(request.headers.cookie)
    const found = secret === undefined ? undefined : await sessions.find(secret)
    if (found === undefined) return
    request.user = found.user
    request.session = found.session
  })

  app.addHook('onRequest', async function refuseOtherSites (request) {
    const { origin } = request.headers
    if (origin === undefined || SAFE_METHODS.has(request.method)) return
    if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw httpError(403, 'Requests from other sites are refused')
  })
}

/** A hook for routes that need a user and a space that exists. */
export async function requireUser (request) {
  if (request.space === null) throw httpError(404, 'There is no such space')
  if (request.user === null) throw httpError(401, 'Log in first: POST /api/login')
}
