import { test } from 'tap'
import { Ajv } from 'ajv'
import { shareDefinitions } from '../../lib/config/shared-definitions.js'

const description = 'long enough that a reference is shorter. '.repeat(5)
const size = { type: 'string', pattern: '^\\d+mb$', description }
const spool = { type: 'object', description, properties: { size, path: { type: 'string' } }, additionalProperties: false }
const schema = {
  properties: {
    'a.spool.size': { $ref: '#/definitions/all/properties/a/properties/spool/properties/size' },
    whole: { $ref: '#/definitions/all' }
  },
  definitions: {
    all: {
      type: 'object',
      properties: { a: { type: 'object', properties: { spool } }, b: { anyOf: [{ type: 'null' }, spool] }, c: { items: size }, d: { type: 'string' }, e: { type: 'string' } },
      additionalProperties: false
    }
  }
}

test('what stands there several times stands there once, also in what is shared', t => {
  const shared = shareDefinitions(schema)
  t.equal(JSON.stringify(shared).split(description).length - 1, 2, 'the spool and the size')
  t.same(Object.keys(shared.definitions as object).sort(), ['all', 'shared1', 'shared2'])
  t.match(shared.definitions, { all: { properties: { a: { properties: { spool: { $ref: '#/definitions/shared1' } } }, d: { type: 'string' } } }, shared1: { properties: { size: { $ref: '#/definitions/shared2' } } } })
  t.match(shared.properties, { 'a.spool.size': { $ref: '#/definitions/shared2' }, whole: { $ref: '#/definitions/all' } }, 'references go where things have gone')
  t.end()
})

test('it means the same', t => {
  const [one, other] = [schema, shareDefinitions(schema)].map(each => new Ajv({ strictTypes: false }).compile(each))
  for (const [value, isRight] of [
    [{ 'a.spool.size': '5mb' }, true], [{ 'a.spool.size': '5' }, false], [{ whole: { b: { size: '1mb' } } }, true], [{ whole: { b: { size: '1' } } }, false],
    [{ whole: { c: ['1mb', 'x'] } }, false], [{ whole: { a: { spool: { siz: 1 } } } }, false], [{ whole: { b: null } }, true]
  ] as const) t.same([one!(value), other!(value)], [isRight, isRight], JSON.stringify(value))
  t.end()
})
