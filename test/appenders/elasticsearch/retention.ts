import { test } from 'tap'
import { retention, retentionFault } from '../../../lib/appenders/elasticsearch/retention.js'
import { createTarget } from '../../../lib/appenders/elasticsearch/target.js'

const stream = createTarget({ data_stream: 'logs-fastify.audit-default' })
const daily = createTarget({ index: 'audit-%{+yyyy.MM.dd}' })
const monthly = createTarget({ index: 'audit-%{+yyyy.MM}' })
const elasticsearch = (major: number, minor: number, isServerless = false) => ({ kind: 'elasticsearch', major, minor, isServerless }) as const
const opensearch = { kind: 'opensearch', major: 2, minor: 19, isServerless: false } as const

test('a data stream has a lifecycle where the store knows it, also one that is there already', async t => {
  for (const store of [elasticsearch(8, 14), elasticsearch(9, 0), elasticsearch(8, 11, true)]) {
    t.same(retention('1Y', store, stream), {
      duration: '1Y',
      lifecycle: { data_retention: '365d' },
      existing: { method: 'PUT', path: '/_data_stream/logs-fastify.audit-default/_lifecycle', body: { data_retention: '365d' } }
    })
  }
})

test('before that, ILM rolls it over and removes what is old enough', async t => {
  const { settings, policy } = retention('365d', elasticsearch(8, 13), stream)
  t.same(settings, { 'index.lifecycle.name': 'logs-fastify.audit-default' })
  t.match(policy, { path: '/_ilm/policy/logs-fastify.audit-default', body: { policy: { phases: { hot: { actions: { rollover: { max_age: '30d', max_primary_shard_size: '50gb' } } }, delete: { min_age: '365d', actions: { delete: {} } } } } } })
})

test('a dated index goes when the last event in it is old enough', async t => {
  t.match(retention('90d', elasticsearch(9, 1), daily).policy, { body: { policy: { phases: { hot: { actions: {} }, delete: { min_age: '91d' } } } } })
  t.match(retention('90d', elasticsearch(9, 1), monthly).policy, { body: { policy: { phases: { delete: { min_age: '121d' } } } } })
})

test('OpenSearch has a policy of ISM', async t => {
  const { policy, settings, lifecycle } = retention('36h', opensearch, stream)
  t.same([settings, lifecycle], [undefined, undefined])
  t.match(policy, {
    isVersioned: true,
    path: '/_plugins/_ism/policies/logs-fastify.audit-default',
    body: { policy: { states: [{ actions: [{ rollover: { min_index_age: '1d' } }], transitions: [{ conditions: { min_rollover_age: '2d' } }] }, { actions: [{ delete: {} }] }], ism_template: [{ index_patterns: ['logs-fastify.audit-default'] }] } }
  })
  t.match(retention('90d', opensearch, daily).policy, { body: { policy: { states: [{ actions: [], transitions: [{ conditions: { min_index_age: '91d' } }] }, {}] } } })
})

test('less than a day, and an index that never ends, cannot be kept for a time', async t => {
  t.match(retentionFault('23h', undefined, true), /a day at least/)
  t.match(retentionFault('90d', undefined, false), /expected a data_stream, or an index with a date/)
  t.equal(retentionFault('24h', undefined, true), null)
  t.equal(retentionFault('90d', 1, false), null)
})
