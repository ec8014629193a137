import { test } from 'tap'
import { SAVED_OBJECT_ACTIONS, savedObjectEvent, type SavedObjectAction } from '../../lib/events/saved-object.js'

const object = { type: 'dashboard', id: '1' }

test('every action says what Kibana says, in three tenses, with Kibana\'s type', async (t) => {
  const actions: Record<SavedObjectAction, [type: string, progressive: string, past: string, infinitive: string]> = {
    saved_object_create: ['creation', 'creating', 'created', 'create'],
    saved_object_get: ['access', 'accessing', 'accessed', 'access'],
    saved_object_resolve: ['access', 'resolving', 'resolved', 'resolve'],
    saved_object_find: ['access', 'accessing', 'accessed', 'access'],
    saved_object_update: ['change', 'updating', 'updated', 'update'],
    saved_object_delete: ['deletion', 'deleting', 'deleted', 'delete'],
    saved_object_open_point_in_time: ['creation', 'opening point-in-time', 'opened point-in-time', 'open point-in-time'],
    saved_object_close_point_in_time: ['deletion', 'closing point-in-time', 'closed point-in-time', 'close point-in-time'],
    saved_object_remove_references: ['change', 'removing references to', 'removed references to', 'remove references to'],
    saved_object_collect_multinamespace_references: ['access', 'collecting references and spaces of', 'collected references and spaces of', 'collect references and spaces of'],
    saved_object_update_objects_spaces: ['change', 'updating spaces of', 'updated spaces of', 'update spaces of'],
    saved_object_update_objects_owner: ['change', 'updating owner of', 'updated owner of', 'update owner of'],
    saved_object_update_objects_access_mode: ['change', 'updating access mode of', 'updated access mode of', 'update access mode of']
  }
  t.same(Object.keys(SAVED_OBJECT_ACTIONS), Object.keys(actions))
  for (const action of Object.keys(actions) as SavedObjectAction[]) {
    const [type, progressive, past, infinitive] = actions[action]
    t.strictSame(savedObjectEvent({ action, outcome: 'unknown', object }), {
      message: `User is ${progressive} dashboard [id=1]`,
      event: { action, category: ['database'], type: [type], outcome: 'unknown' },
      kibana: { saved_object: object }
    })
    t.equal(savedObjectEvent({ action, outcome: 'success', object }).message, `User has ${past} dashboard [id=1]`)
    t.equal(savedObjectEvent({ action, outcome: 'failure', object }).message, `Failed attempt to ${infinitive} dashboard [id=1]`)
    t.equal(savedObjectEvent({ action, outcome: 'unknown' }).message, `User is ${progressive} saved objects`)
    t.equal(savedObjectEvent({ action }).event.outcome, type === 'access' ? 'success' : 'unknown', 'reads are outcomes, writes intentions')
  }
})

test('spaces stand under kibana, absent when there are none', async (t) => {
  const action = 'saved_object_update_objects_spaces'
  t.strictSame(savedObjectEvent({ action, object, addToSpaces: ['a'], deleteFromSpaces: [] }).kibana, { saved_object: object, add_to_spaces: ['a'] })
  t.strictSame(savedObjectEvent({ action, object, addToSpaces: [], deleteFromSpaces: ['b'] }).kibana, { saved_object: object, delete_from_spaces: ['b'] })
})

test('a refusal carries the error and what was not permitted', async (t) => {
  t.strictSame(savedObjectEvent({ action: 'saved_object_find', error: new Error('Not permitted'), unauthorizedSpaces: ['a'], unauthorizedTypes: ['dashboard'] }), {
    message: 'Failed attempt to access saved objects',
    event: { action: 'saved_object_find', category: ['database'], type: ['access'], outcome: 'failure' },
    kibana: { unauthorized_spaces: ['a'], unauthorized_types: ['dashboard'] },
    error: { code: 'Error', message: 'Not permitted' }
  })
})
