// The spaces themselves: which there are, for whoever may enter them. They are in no
// repository with a table of operations, so their events are made and ensured by hand here.
// Registered by app.js.
import { spaceEvent } from 'fastify-audit'
import { mayEnter } from '../login/permissions.js'
import { httpError, requireUser } from './context.js'

/** The spaces that a new database starts with. */
const FIRST_SPACES = [
  { id: 'default', name: 'Default', description: 'Where one is without /s/<space> before the path' },
  { id: 'marketing', name: 'Marketing', description: 'Campaigns and what came of them' }
]

/** @param {import('../database/open.js').Database} database */
export async function createSpaces (database) {
  for (const { id, name, description } of FIRST_SPACES) {
    await database.query('INSERT INTO spaces (id, name, description) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id', [id, name, description])
  }
}

export async function spacesRoutes (app, { database }) {
  app.addHook('onRequest', requireUser)

  app.get('/api/spaces/space', async (request) => {
    const all = await database.query('SELECT id, name, description FROM spaces ORDER BY id')
    const own = all.filter(({ id }) => mayEnter(request.user, id))
    await Promise.all(own.map((space) => request.audit.ensure(spaceEvent({ action: 'space_find', space: { id: space.id } }))))
    return own
  })

  app.get('/api/spaces/space/:id', async (request) => {
    const { id } = request.params
    if (!mayEnter(request.user, id)) {
      const error = httpError(403, `Unauthorized to get ${id} space`)
      await request.audit.ensure(spaceEvent({ action: 'space_get', space: { id }, error }))
      throw error
    }
    const [space] = /^[\w-]+$/.test(id) ? await database.query('SELECT id, name, description FROM spaces WHERE id = $1', [id]) : []
    if (space === undefined) throw httpError(404, 'There is no such space')
    await request.audit.ensure(spaceEvent({ action: 'space_get', space: { id } }))
    return space
  })
}
