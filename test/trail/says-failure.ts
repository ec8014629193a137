import { test } from 'tap'
import type { AuditEvent } from '../../lib/index.js'
import { saysFailure } from '../../lib/trail/says-failure.js'

const says = (event: object): boolean => saysFailure({ message: '', event: { action: 'a', category: 'api', ...event } } as AuditEvent)

test('an outcome failure and the type denied say so, the answer of a request does not', async t => {
  for (const event of [{ outcome: 'failure' }, { type: 'denied' }, { type: ['access', 'denied'] }, { type: 'access', outcome: 'failure' }]) t.ok(says(event), JSON.stringify(event))
  for (const event of [{}, { outcome: 'unknown' }, { outcome: 'success', type: ['access'] }, { outcome: 'failure', action: 'http_request' }]) t.notOk(says(event), JSON.stringify(event))
})

test('what cannot be read says nothing', async t => {
  for (const said of [null, undefined, 'text', {}, { get event () { throw new Error('no') } }, { event: { get outcome () { throw new Error('no') } } }]) t.notOk(saysFailure(said as never))
})
