import { test } from 'tap'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'
import { readSettings } from '../../lib/config/read.js'

const read = (section: object): unknown => readSettings(section, auditSchema, { checks: settingChecks })

test('settings that could not be kept stop the start', async t => {
  t.throws(() => read({ on_failure: { http: 'block' }, http: { record: 'response' } }), /on_failure\.http: expected "continue" or "stop" beside .*http\.record: response/)
  t.throws(() => read({ on_failure: 'block', http: { record: 'response' } }), /on_failure/)
  t.throws(() => read({ http: { body: { content_types: ['application/json'] } } }), /http\.body\.content_types: expected an empty list/)
  t.throws(() => read({ http: { record: 'both', body: { max_size: '32kb' } } }), /at most 32766b/)
  t.throws(() => read({ http: { headers: ['__proto__'] } }), /http\.headers/)
})

test('and those that can are taken', async t => {
  for (const http of [{ record: 'both' }, { record: 'request' }, {}]) t.doesNotThrow(() => read({ on_failure: { http: 'block' }, http }))
  t.doesNotThrow(() => read({ on_failure: { http: 'stop' }, http: { record: 'response' } }))
  for (const http of [{ hook: 'preHandler' }, { record: 'response' }, { record: 'both' }]) t.doesNotThrow(() => read({ http: { ...http, body: { content_types: ['application/json'], max_size: '31kb' } } }))
})
