import { test } from 'tap'
import { createTarget, dataStreamFault, indexFault } from '../../../lib/appenders/elasticsearch/target.js'

const NEW_YEAR = Date.parse('2026-12-31T23:59:59.999Z')

test('a data stream is one name for every event', async t => {
  const target = createTarget({ data_stream: 'logs-fastify.audit-default' })
  t.match(target, { isStream: true, name: 'logs-fastify.audit-default', pattern: 'logs-fastify.audit-default', days: undefined })
  t.equal(target.indexOf(NEW_YEAR), 'logs-fastify.audit-default')
})

test('an event goes into the index of its own day in UTC, whenever it is sent', async t => {
  const target = createTarget({ index: 'fastify-audit-%{+yyyy.MM.dd}' })
  t.match(target, { isStream: false, name: 'fastify-audit', pattern: 'fastify-audit-*', days: 1 })
  t.equal(target.indexOf(NEW_YEAR), 'fastify-audit-2026.12.31')
  t.equal(target.indexOf(NEW_YEAR + 1), 'fastify-audit-2027.01.01')
  t.equal(target.indexOf(NEW_YEAR), 'fastify-audit-2026.12.31', 'also after one of a later day')
})

test('a date may stand anywhere, in parts, or be missing', async t => {
  t.match(createTarget({ index: 'audit-%{+yyyy}-%{+MM}-eu' }), { name: 'audit---eu', pattern: 'audit-*-*-eu', days: 31 })
  t.equal(createTarget({ index: 'audit-%{+yyyy}-%{+MM}-eu' }).indexOf(NEW_YEAR), 'audit-2026-12-eu')
  t.equal(createTarget({ index: 'audit-%{+yyyy}' }).days, 366)
  t.match(createTarget({ index: 'audit' }), { name: 'audit', pattern: 'audit', days: undefined })
  t.equal(createTarget({ index: 'audit' }).indexOf(NEW_YEAR), 'audit')
})

test('names that a store would not take are refused', async t => {
  for (const good of ['logs-fastify.audit-default', 'audit']) t.equal(dataStreamFault(good), null, good)
  for (const bad of ['Logs-audit', '.ds-audit', '-audit', 'a/b', 'a b', 'a*', '', 'a'.repeat(201)]) t.match(dataStreamFault(bad), /expected the name of a data stream/, bad)
  for (const good of ['audit', 'audit-%{+yyyy.MM.dd}', 'audit-%{+yyyy-MM}', 'audit-%{+yyyy}']) t.equal(indexFault(good), null, good)
  for (const bad of ['audit-%{+yyyy.MM.DD}', 'audit-%{yyyy}', 'audit-%{+}', 'audit-%{+HH}', 'Audit', '%{+yyyy}', 'a,b', '']) t.match(indexFault(bad), /expected the name of an index/, bad)
})
