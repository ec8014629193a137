import { test } from 'tap'
import { protectedObjectAttemptEvent } from '../../lib/events/protected-object.js'
import { SAVED_OBJECT_ACTIONS } from '../../lib/events/saved-object.js'

const operation = SAVED_OBJECT_ACTIONS.saved_object_get

test('an attempt says what was attempted, on which object, and what became of it', async (t) => {
  const object = { type: 'secret', id: '9', name: 'The figures' }
  t.same(protectedObjectAttemptEvent({ operation, outcome: 'refused', object }), {
    message: 'Failed attempt to access protected secret [id=9]',
    event: { action: 'protected_object_attempt', category: ['api'], type: ['denied'], outcome: 'failure', reason: 'saved_object_get' },
    kibana: { saved_object: { type: 'secret', id: '9' }, unauthorized_types: ['secret'] },
    error: { code: 'AUDIT_ERR_PROTECTED', message: 'The user has none of the roles that may touch protected objects' }
  }, 'and not by its name')
  t.match(protectedObjectAttemptEvent({ operation, outcome: 'going on', object }), { message: 'User is accessing protected secret [id=9]', event: { type: ['allowed'], outcome: 'unknown' }, error: undefined })
  t.match(protectedObjectAttemptEvent({ operation, outcome: 'done', object }), { message: 'User has accessed protected secret [id=9]', event: { type: ['allowed'], outcome: 'success' }, error: undefined })
})

test('a whole type, and what cannot be told, are said to be that', async (t) => {
  t.match(protectedObjectAttemptEvent({ operation, outcome: 'refused', object: { type: 'secret' } }), { message: 'Failed attempt to access protected objects of type [secret]', kibana: { saved_object: { type: 'secret' } } })
  const { message, kibana } = protectedObjectAttemptEvent({ operation, outcome: 'refused' })
  t.same([message, kibana], ['Failed attempt to access protected saved objects', undefined])
})
