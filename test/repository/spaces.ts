import { test } from 'tap'
import type { Test } from 'tap'
import type { RepositoryOptions } from '../../lib/contracts.js'
import { spacesOperations } from '../../lib/index.js'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import { blocking, createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'

interface Space { id: string, name: string }
interface Found { type: string, id: string }

class Spaces {
  readonly calls: unknown[][] = []
  readonly note: (call: string) => void
  readonly #stored = new Map<string, Space>([['default', { id: 'default', name: 'Default' }], ['sales', { id: 'sales', name: 'Sales' }]])
  constructor (note: (call: string) => void) { this.note = note }
  async create (space: Space): Promise<Space> { this.note(`create ${space.id}`); return space }
  async get (id: string): Promise<Space | undefined> { return this.#stored.get(id) }
  async getAll (): Promise<Space[]> { return [...this.#stored.values()] }
  async find (): Promise<{ spaces: Space[] }> { return { spaces: await this.getAll() } }
  async update (id: string, space: Space): Promise<Space> { this.note(`update ${id}`); return space }
  async delete (id: string): Promise<void> { this.note(`delete ${id}`) }
  async shareSavedObjects (...args: [Found[], string[], string[]]): Promise<void> { this.note('share'); this.calls.push(args) }
  async updateObjectsSpaces (...args: [Found[], string[], string[]]): Promise<object> {
    this.note('share')
    return { objects: args[0].map((object) => object.type === 'secret' ? { ...object, error: { statusCode: 403, error: 'Forbidden', message: 'no' } } : object) }
  }

  async copySavedObjectsToSpaces (...args: [string, string[], { objects: Found[], overwrite?: boolean }]): Promise<void> { this.note('copy'); this.calls.push(args) }
}

function audit (t: Test, options: Partial<RepositoryOptions> = {}): { spaces: Spaces, client: Spaces, logger: RecordingLogger } {
  const logger = createRecordingLogger(t)
  const client = new Spaces((call) => { logger.story.push(call) })
  const settings = { unaudited_read_types: [], include_saved_object_names: true }
  return { client, logger, spaces: auditRepository(client, { operations: spacesOperations(), ...options }, { logger: () => logger, settings, onFailure: blocking() }) }
}

test('writes of spaces are intentions that stand in the log before they run', async (t) => {
  const { spaces, logger } = audit(t)
  await spaces.create({ id: 'hr', name: 'People' })
  await spaces.update('hr', { id: 'hr', name: 'HR' })
  await spaces.delete('hr')
  t.same(logger.story, [
    'unknown space_create space:hr', 'acknowledged', 'create hr',
    'unknown space_update space:hr', 'acknowledged', 'update hr',
    'unknown space_delete space:hr', 'acknowledged', 'delete hr'
  ])
  t.same(logger.events[0], {
    message: 'User is creating space [id=hr]',
    event: { action: 'space_create', category: ['database'], type: ['creation'], outcome: 'unknown' },
    kibana: { saved_object: { type: 'space', id: 'hr', name: 'People' } }
  })
})

test('reads of spaces are outcomes, one for each space found', async (t) => {
  const { spaces, logger } = audit(t)
  await spaces.get('sales')
  await spaces.get('nowhere')
  await spaces.getAll()
  t.equal((await spaces.find()).spaces.length, 2)
  t.same(logger.events.map(({ message, event, kibana }) => [event.action, message, kibana?.saved_object?.name]), [
    ['space_get', 'User has accessed space [id=sales]', 'Sales'],
    ['space_find', 'User has accessed space [id=default]', 'Default'],
    ['space_find', 'User has accessed space [id=sales]', 'Sales'],
    ['space_find', 'User has accessed space [id=default]', 'Default'],
    ['space_find', 'User has accessed space [id=sales]', 'Sales']
  ])
})

test('what is refused says so: a search without a space', async (t) => {
  const { spaces, logger } = audit(t, { authorize: () => { throw Object.assign(new Error('not yours'), { name: 'Forbidden', statusCode: 403 }) } })
  await t.rejects(spaces.getAll(), { message: 'not yours' })
  await t.rejects(spaces.delete('sales'), { message: 'not yours' })
  t.same(logger.events.map(({ message, error }) => [message, error?.code]), [
    ['Failed attempt to access spaces', 'Forbidden'],
    ['Failed attempt to delete space [id=sales]', 'Forbidden']
  ])
  t.notMatch(logger.story.join(), 'delete sales', 'nothing was deleted')
})

test('sharing and copying are one event for each object, with the spaces', async (t) => {
  const { spaces, client, logger } = audit(t)
  const objects = [{ type: 'dashboard', id: '1' }, { type: 'map', id: '2' }]
  await spaces.shareSavedObjects(objects, ['sales'], ['default'])
  await spaces.updateObjectsSpaces(objects.slice(0, 1), ['sales'], [])
  await spaces.copySavedObjectsToSpaces('default', ['sales', 'hr'], { objects, overwrite: true })
  t.same(logger.events.map(({ message, event, kibana }) => [event.action, message, kibana?.add_to_spaces, kibana?.delete_from_spaces]), [
    ['saved_object_update_objects_spaces', 'User is updating spaces of dashboard [id=1]', ['sales'], ['default']],
    ['saved_object_update_objects_spaces', 'User is updating spaces of map [id=2]', ['sales'], ['default']],
    ['saved_object_update_objects_spaces', 'User is updating spaces of dashboard [id=1]', ['sales'], undefined],
    ['saved_object_create', 'User is creating dashboard [id=1]', ['sales', 'hr'], undefined],
    ['saved_object_create', 'User is creating map [id=2]', ['sales', 'hr'], undefined]
  ])
  t.same(client.calls[1], ['default', ['sales', 'hr'], { objects, overwrite: true }])
})

test('objects that the client refused to share are failures', async (t) => {
  const { spaces, logger } = audit(t)
  await spaces.updateObjectsSpaces([{ type: 'map', id: '1' }, { type: 'secret', id: '2' }], ['sales'], [])
  t.same(logger.events.map(({ message, error }) => [message, error?.code]), [
    ['User is updating spaces of map [id=1]', undefined],
    ['User is updating spaces of secret [id=2]', undefined],
    ['Failed attempt to update spaces of secret [id=2]', 'Forbidden']
  ])
})

test('what is recorded is what the client gets, whatever happens to the arguments meanwhile', async (t) => {
  const { spaces, client } = audit(t)
  const destinations = ['sales']
  const objects = [{ type: 'dashboard', id: '1' }]
  const copying = spaces.copySavedObjectsToSpaces('default', destinations, { objects })
  destinations.push('hr')
  objects[0]!.id = '9'
  await copying
  t.same(client.calls, [['default', ['sales'], { objects: [{ type: 'dashboard', id: '1' }] }]])
})

test('a call that is not as it should be reaches the client, and its record is marked', async (t) => {
  const { spaces, client, logger } = audit(t)
  await spaces.copySavedObjectsToSpaces('default', 'sales' as never, undefined as never)
  t.same(client.calls, [['default', 'sales', undefined]])
  t.equal(logger.events[0]?.message, 'User is creating saved objects')
  t.match(logger.events[0]?.labels?.audit_fault, /^prepare: TypeError/)
})
