import { test } from 'tap'
import { SPACE_ACTIONS, spaceEvent, type SpaceAction } from '../../lib/events/space.js'

test('every action says what Kibana says, in three tenses', async (t) => {
  const actions: Record<SpaceAction, [type: string, progressive: string, past: string, infinitive: string]> = {
    space_create: ['creation', 'creating', 'created', 'create'],
    space_get: ['access', 'accessing', 'accessed', 'access'],
    space_find: ['access', 'accessing', 'accessed', 'access'],
    space_update: ['change', 'updating', 'updated', 'update'],
    space_delete: ['deletion', 'deleting', 'deleted', 'delete']
  }
  t.same(Object.keys(SPACE_ACTIONS), Object.keys(actions))
  for (const action of Object.keys(actions) as SpaceAction[]) {
    const [type, progressive, past, infinitive] = actions[action]
    t.strictSame(spaceEvent({ action, outcome: 'unknown', space: { id: 'a' } }), {
      message: `User is ${progressive} space [id=a]`,
      event: { action, category: ['database'], type: [type], outcome: 'unknown' },
      kibana: { saved_object: { type: 'space', id: 'a' } }
    })
    t.equal(spaceEvent({ action, outcome: 'success', space: { id: 'a' } }).message, `User has ${past} space [id=a]`)
    t.equal(spaceEvent({ action, outcome: 'failure', space: { id: 'a' } }).message, `Failed attempt to ${infinitive} space [id=a]`)
  }
})

test('a refused search names no space', async (t) => {
  t.strictSame(spaceEvent({ action: 'space_find', error: new Error('Not permitted') }), {
    message: 'Failed attempt to access spaces',
    event: { action: 'space_find', category: ['database'], type: ['access'], outcome: 'failure' },
    error: { code: 'Error', message: 'Not permitted' }
  })
})

test('a space\'s name is recorded beside its id', async (t) => {
  t.strictSame(spaceEvent({ action: 'space_get', space: { id: 'a', name: 'Marketing' } }).kibana, { saved_object: { type: 'space', id: 'a', name: 'Marketing' } })
})
