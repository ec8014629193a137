import { test } from 'tap'
import { namedAppenders, policiesOf } from '../../lib/config/named-appenders.js'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema } from '../../lib/config/schema.js'

test('the policy of a kind is the strictest of all appenders', async t => {
  const of = (section: object): unknown => policiesOf(readSettings(section, auditSchema).settings)
  t.match(of({ on_failure: { writes: 'block' } }), { writes: 'block', reads: 'continue' })
  t.match(of({ on_failure: { writes: 'stop' }, appenders: { a: { type: 'console' }, b: { type: 'console', on_failure: 'block' } } }), { writes: 'stop', reads: 'block' })
  t.match(of({ on_failure: 'stop', appenders: { a: { type: 'console', on_failure: 'continue' } } }), { writes: 'continue', http: 'continue' })
})

test('what an appender does not say itself is the section\'s', async t => {
  const { settings } = readSettings({ durability: 'fsync', on_failure: 'block', appenders: { a: { type: 'console', durability: 'none', on_failure: { reads: 'continue' } }, b: { type: 'console' } } }, auditSchema)
  t.match(namedAppenders(settings), [
    { name: 'a', durability: 'none', policies: { writes: 'block', reads: 'continue', http: 'block', authentication: 'block' } },
    { name: 'b', durability: 'fsync', policies: { reads: 'block' } }
  ])
  t.match(namedAppenders(readSettings({}, auditSchema).settings), [{ name: 'default', config: { type: 'rolling-file' }, durability: 'write' }])
})
