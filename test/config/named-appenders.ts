import { test } from 'tap'
import { namedAppenders, policiesOf, rewritesOf } from '../../lib/config/named-appenders.js'
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

test('a pino transport has no durability, whatever the section says; rewrites are told apart', async t => {
  const policy = { type: 'meta', mode: 'remove', properties: [{ path: 'user' }] }
  const { settings } = readSettings({ durability: 'fsync', appenders: { a: { type: 'console' }, copy: { type: 'pino', target: 'pino-roll' }, bare: { type: 'rewrite', appenders: ['copy'], policy } } }, auditSchema)
  t.same(namedAppenders(settings).map(({ name, durability }) => [name, durability]), [['a', 'fsync'], ['copy', 'none']])
  t.match(rewritesOf(settings), [{ name: 'bare', appenders: ['copy'], policy }])
  t.match(namedAppenders(readSettings({ appender: { type: 'pino', target: 'pino-roll' } }, auditSchema).settings), [{ durability: 'none' }])
  t.same(rewritesOf(readSettings({}, auditSchema).settings), [])
})
