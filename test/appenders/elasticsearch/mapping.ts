import { EcsFlat } from '@elastic/ecs'
import { test } from 'tap'
import { dynamicTemplates, properties } from '../../../lib/appenders/elasticsearch/mapping.js'

const ecs = EcsFlat as Readonly<Record<string, { readonly type: string } | undefined>>

/** What stands for types that not every store has. */
const INSTEAD: Readonly<Record<string, string>> = { wildcard: 'keyword', match_only_text: 'text', constant_keyword: 'keyword' }
const EXCEPT: Readonly<Record<string, string>> = { 'error.stack_trace': 'text' }

test('every field has the type that ECS gives it', async t => {
  for (const [name, { type }] of Object.entries<{ type: string }>(properties)) {
    const field = ecs[name]
    if (field === undefined) t.match(name, /^(kibana\.|http\.route$|http\.request\.headers\.)/, `${name} is known beside ECS`)
    else t.equal(type, EXCEPT[name] ?? INSTEAD[field.type] ?? field.type, name)
  }
})

test('no keyword can be longer than Lucene takes', async t => {
  for (const [name, field] of Object.entries<{ type: string, ignore_above?: number }>(properties)) {
    if (field.type === 'keyword') t.ok(field.ignore_above! * 4 <= 32_766, name)
  }
})

test('fields that nobody has foreseen are keywords, addresses are addresses, and a label is a keyword whatever comes first', async t => {
  t.same(dynamicTemplates.flatMap(template => Object.values<{ match_mapping_type: string, mapping: { type: string } }>(template).map(({ match_mapping_type: of, mapping }) => [of, mapping.type])), [
    ['long', 'keyword'], ['double', 'keyword'], ['boolean', 'keyword'], ['string', 'ip'], ['string', 'keyword']
  ])
})
