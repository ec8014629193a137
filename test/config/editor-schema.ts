import { test } from 'tap'
import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { editorSchema } from '../../lib/config/editor-schema.js'
import { auditSchema } from '../../lib/config/schema.js'

const COMMITTED = 'docs/audit.schema.json'
const schema = editorSchema(auditSchema)
const check = new Ajv({ strictTypes: false }).compile(schema)
const accepts = (yml: string) => check(parse(yml, { uniqueKeys: false }))

test('the committed schema for editors is the one of the code', async (t) => {
  const text = JSON.stringify(schema, null, 2) + '\n'
  if (process.env.UPDATE === '1') writeFileSync(COMMITTED, text)
  t.equal(readFileSync(COMMITTED, 'utf8') === text, true, `${COMMITTED} is out of date: run UPDATE=1 npx tap test/config/editor-schema.ts`)
})

test('the yml files of real installations have nothing to complain about', async (t) => {
  for (const name of ['kibana-8.yml', 'kibana-9.yml']) {
    t.equal(check(parse(readFileSync(`test/fixtures/${name}`, 'utf8'), { merge: true })), true, JSON.stringify(check.errors))
  }
})

test('keys may be nested, dotted or mixed, and others are left alone', async (t) => {
  for (const yml of [
    'xpack.security.audit.enabled: true', 'xpack.security.audit: {enabled: true}', 'xpack: {security: {audit: {enabled: true}}}', 'xpack: {security.audit: {enabled: true}}',
    'xpack.security: {audit: {enabled: true}}', 'xpack.security.audit.appender.layout.type: json',
    'xpack.security.audit.appender: {type: console, layout.type: json}', 'server.port: 5601', 'xpack.fleet: 1', 'xpack:', '{}'
  ]) t.equal(accepts(yml), true, yml)
})

test('mistakes are marked in every way of writing', async (t) => {
  for (const yml of [
    'xpack.security.audit.enabled: maybe', 'xpack.security.audit: {enabled: maybe}', 'xpack: {security: {audit: {enabled: maybe}}}', 'xpack.security.audit: {apender: {}}',
    'xpack.security.audit.appender: {type: flie}', 'xpack.security.audit.appender: {type: file, fileName: a, fielName: b}', 'xpack.security.audit.appender.policy.size: 10 parsecs',
    'xpack.security.audit.ignore_filters: [{action: [a]}]', 'xpack.security.audit.appender.type: flie'
  ]) t.equal(accepts(yml), false, yml)
})

test('on_failure may be one word, or one for each kind', async (t) => {
  const yml = ['on_failure: block', 'on_failure: {writes: stop}', 'on_failure.reads: block', 'on_failure: {}']
  for (const line of yml) t.equal(accepts(`xpack.security.audit.${line}`), true, line)
  t.equal(accepts('xpack.security.audit: {on_failure: continue, queue.timeout: 5s}'), true)
  const wrong = ['on_failure: blok', 'on_failure: {write: stop}', 'on_failure: {writes: blok}', 'on_failure.reads: blok', 'on_failure: [block]', 'on_failure: true']
  for (const line of wrong) t.equal(accepts(`xpack.security.audit.${line}`), false, line)
})

test('a variable may stand for any value', async (t) => {
  const reference = '"$' + '{NAME}"'
  for (const key of ['enabled', 'http.hook', 'appender.strategy.max', 'appender.policy.interval', 'appender.fileName', 'on_failure', 'on_failure.writes', 'queue.max_bytes']) t.equal(accepts(`xpack.security.audit.${key}: ${reference}`), true, key)
})

test('what an editor shows is there: descriptions, defaults, and every key in full', async (t) => {
  const properties = schema.properties ?? {}
  t.match(schema.definitions, { audit: { properties: { enabled: { description: /recorded/, default: false } } } })
  for (const key of ['', '.appender', '.appender.type', '.appender.policy.interval', '.appender.layout.pattern', '.ignore_filters', '.http.hook', '.on_failure', '.on_failure.writes']) {
    t.ok(properties[`xpack.security.audit${key}`], key)
  }
  t.notMatch(JSON.stringify(schema), 'http:|https:', 'names no address')
})
