import { test } from 'tap'
import { indexTemplate } from '../../../lib/appenders/elasticsearch/index-template.js'
import { createTarget } from '../../../lib/appenders/elasticsearch/target.js'

interface Template {
  readonly index_patterns: string[]
  readonly data_stream?: object
  readonly template: { readonly settings: Record<string, unknown>, readonly mappings: { readonly properties: Record<string, unknown> }, readonly lifecycle?: object }
  readonly _meta: Record<string, unknown>
}

const stream = createTarget({ data_stream: 'logs-fastify.audit-default' })
const dated = createTarget({ index: 'audit-%{+yyyy.MM.dd}' })
const made = (...of: Parameters<typeof indexTemplate>) => indexTemplate(...of) as Template

test('the template of a data stream', async t => {
  const { index_patterns: patterns, data_stream: data, template } = made({ kind: 'elasticsearch' }, stream)
  t.same(patterns, ['logs-fastify.audit-default'])
  t.same(data, {})
  t.match(template.mappings, { date_detection: false, properties: { 'data_stream.type': { value: 'logs' }, 'data_stream.dataset': { value: 'fastify.audit' }, 'data_stream.namespace': { value: 'default' } } })
  t.same(made({ kind: 'elasticsearch' }, createTarget({ data_stream: 'audit' })).template.mappings.properties['data_stream.type'], undefined, 'only where the name says it')
})

test('the template of a dated index is for all of its days', async t => {
  const { index_patterns: patterns, data_stream: data, template } = made({ kind: 'elasticsearch' }, dated)
  t.same(patterns, ['audit-*'])
  t.equal(data, undefined)
  t.equal(template.mappings.properties['data_stream.type'], undefined)
})

test('the line is kept as it came, and OpenSearch is not told what it does not know', async t => {
  t.equal(made({ kind: 'elasticsearch' }, stream).template.settings['index.mode'], 'standard')
  const { template } = made({ kind: 'opensearch' }, stream)
  t.notOk('index.mode' in template.settings)
  t.notOk(JSON.stringify(template).includes('constant_keyword'))
})

test('what keeps indices is part of it', async t => {
  const { template, _meta: meta } = made({ kind: 'elasticsearch' }, stream, { duration: '90d', settings: { x: 1 }, lifecycle: { data_retention: '90d' } })
  t.match(template, { settings: { x: 1 }, lifecycle: { data_retention: '90d' } })
  t.match(meta, { managed_by: 'fastify-audit', retention: '90d' })
  t.notOk('lifecycle' in made({ kind: 'elasticsearch' }, stream).template)
})
