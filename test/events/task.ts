import { test } from 'tap'
import { taskEvent } from '../../lib/events/task.js'

test('the creation is an intention, the execution an outcome', async (t) => {
  t.strictSame(taskEvent({ action: 'task_create', task: { id: '7' } }), {
    message: 'User is creating task [id=7]',
    event: { action: 'task_create', category: ['database'], type: ['creation'], outcome: 'unknown' },
    kibana: { saved_object: { type: 'task', id: '7' } }
  })
  t.strictSame(taskEvent({ action: 'task_run', task: { id: '7', type: 'report', name: 'Sales' } }), {
    message: 'User has run report [id=7]',
    event: { action: 'task_run', category: ['process'], type: ['end'], outcome: 'success' },
    kibana: { saved_object: { type: 'report', id: '7', name: 'Sales' } }
  })
  t.match(taskEvent({ action: 'task_run', task: { id: '7' }, error: new TypeError('no') }), {
    message: 'Failed attempt to run task [id=7]',
    event: { outcome: 'failure' },
    error: { code: 'TypeError', message: 'no' }
  })
})
