import { test } from 'tap'
import { readObject } from '../../lib/config/object.js'
import type { BuiltTree } from '../../lib/config/setting-tree.js'
import { buildTree, findNode, nearestPlace, toPlain } from '../../lib/config/setting-tree.js'
import { readYml } from '../../lib/config/yml.js'

const SECTION = ['xpack', 'security', 'audit']
const fromYml = (...lines: string[]): BuiltTree => buildTree(readYml(lines.join('\n'), 'a.yml'), SECTION, {})
/** `${name}`, kept apart from template strings. */
const reference = (name: string) => '$' + `{${name}}`
const errors = ({ problems }: BuiltTree) => problems.map(({ place, path, message }) => `${place.text} ${path.join('.')}: ${message}`)

test('dotted, nested and mixed keys say the same, at any level', async (t) => {
  const expected = { enabled: true, appender: { type: 'console', layout: { type: 'json' } } }
  const writings = [
    ['xpack.security.audit.enabled: true', 'xpack.security.audit.appender.type: console', 'xpack.security.audit.appender.layout.type: json'],
    ['xpack:', '  security:', '    audit:', '      enabled: true', '      appender: {type: console, layout: {type: json}}'],
    ['xpack.security: {audit.enabled: true, audit.appender: {type: console, layout.type: json}}'],
    ['xpack: {security.audit: {enabled: true, appender.type: console, appender: {layout.type: json}}}'],
    ['xpack.security.audit: {enabled: true}', 'xpack:', '  security.audit.appender: {type: console}', 'xpack.security:', '  audit.appender.layout: {type: json}'],
    ['xpack.security.audit.enabled: true', 'xpack: {security.audit.appender: {layout.type: json}}', 'xpack.security.audit.appender.type: console']
  ]
  for (const lines of writings) {
    const built = fromYml(...lines)
    t.same(errors(built), [])
    t.same(toPlain(built.tree), expected, lines.join(' | '))
  }
})

test('keys in a list are dotted too, and a key in brackets is one key', async (t) => {
  t.same(toPlain(buildTree(readObject({ list: [{ 'a.b': 1, 'a.c': 2 }] }), [], {}).tree), { list: [{ a: { b: 1, c: 2 } }] })
  t.same(toPlain(buildTree(readObject({ '[a.b]': 1 }), [], {}).tree), { 'a.b': 1 })
})

test('what stands outside the section is not looked at', async (t) => {
  const built = fromYml(
    'server.port: 1', 'server.port: 2', `elasticsearch: {hosts: ["${reference('NOT_SET')}"]}`, 'logging.root: *nowhere', 'xpack.security.auditor: {enabled: 5}',
    'xpack.fleet.enabled: false', 'xpack: {security: {session: {idleTimeout: 1h}, audit.enabled: true}, fleet: null}', 'xpack.security: null', '__proto__: {polluted: true}')
  t.same(errors(built), [])
  t.same(toPlain(built.tree), { enabled: true })
})

test('a section that is absent or empty is empty', async (t) => {
  for (const text of ['', 'server.port: 1', 'xpack.security.audit:', 'xpack:', 'xpack.security.audit: {}', 'xpack: {security: null}', '# nothing']) {
    t.same(fromYml(text).problems, [], text)
    t.same(toPlain(fromYml(text).tree), {}, text)
  }
})

test('a section that is no object is an error', async (t) => {
  t.same(errors(fromYml('a: 1', 'xpack.security.audit: yes')), ['a.yml:2:23 : expected the settings of the audit log, such as "enabled: true"'])
  t.same(errors(fromYml('xpack: {security: {audit: [1]}}')).length, 1)
})

test('what holds no keys where the section would stand is an error rather than a log that stays off', async (t) => {
  for (const text of ['- xpack.security.audit.enabled: true', 'xpack.security.audit.enabled=true', 'xpack: true', 'xpack: {security: [audit.enabled]}']) {
    t.match(errors(fromYml(text)), [/^a\.yml:1:\d+ : expected the settings of the audit log, such as "enabled: true"$/], text)
  }
})

test('a setting that is given twice is an error with both places', async (t) => {
  const cases: [string[], string][] = [
    [['xpack.security.audit.enabled: true', 'xpack: {security: {audit: {enabled: true}}}'], 'a.yml:2:28 enabled: expected the setting once, got it twice: first at a.yml:1:1'],
    [['xpack.security.audit:', '  enabled: true', '  enabled: false'], 'a.yml:3:3 enabled: expected the setting once, got it twice: first at a.yml:2:3'],
    [['xpack.security.audit: {appender: {type: file}, appender: {fileName: b}}'], 'a.yml:1:48 appender: expected the setting once, got it twice: first at a.yml:1:24'],
    [['xpack.security.audit: {appender: file, appender.type: file}'], 'a.yml:1:40 appender: expected the setting once, got it twice: first at a.yml:1:24'],
    [['xpack.security.audit: {appender.type: file, appender: file}'], 'a.yml:1:45 appender: expected the setting once, got it twice: first at a.yml:1:24'],
    [['xpack.security.audit: {appender.type: file, appender: {type: file}}'], 'a.yml:1:56 appender.type: expected the setting once, got it twice: first at a.yml:1:24'],
    [['xpack.security.audit: {a: [{b: 1, b: 2}]}'], 'a.yml:1:35 a.0.b: expected the setting once, got it twice: first at a.yml:1:29'],
    [['xpack.security.audit: {enabled: true}', 'xpack.security.audit: {http.hook: preHandler}'], 'a.yml:2:1 : expected the setting once, got it twice: first at a.yml:1:1']
  ]
  for (const [lines, expected] of cases) t.same(errors(fromYml(...lines)), [expected], lines.join(' | '))
})

test('what a merge key brings in gives way to what is written out', async (t) => {
  const built = fromYml('base: &base {enabled: false, appender: {type: file, fileName: a}, include_saved_object_names: false}',
    'xpack.security.audit:', '  <<: *base', '  enabled: true', '  appender.type: console')
  t.same(errors(built), [])
  t.same(toPlain(built.tree), { enabled: true, appender: { type: 'console', fileName: 'a' }, include_saved_object_names: false })

  const around = fromYml('base: &base', '  xpack: {security.audit: {enabled: false, http.hook: preHandler}}', '<<: *base', 'xpack.security.audit.enabled: true')
  t.same(errors(around), [])
  t.same(toPlain(around.tree), { enabled: true, http: { hook: 'preHandler' } }, 'also where whole sections are merged in')
})

test('names of the prototype pollute nothing', async (t) => {
  const built = fromYml('xpack.security.audit:', '  __proto__: {polluted: 1}', '  constructor: {prototype: {polluted: 1}}', '  a.__proto__.polluted: 1')
  t.same(errors(built), ['a.yml:2:3 __proto__: unknown key', 'a.yml:4:3 a.__proto__: unknown key'])
  t.equal(({} as Record<string, unknown>).polluted, undefined)
  t.equal(Object.hasOwn(toPlain(built.tree) as object, 'constructor'), true, 'kept, to be refused as unknown')
  const parsed = JSON.parse('{"__proto__": {"enabled": true}}') as object
  t.same(buildTree(readObject(parsed), [], {}).problems.map(({ message }) => message), ['unknown key'])
})

test('variables that are not set are reported where they stand', async (t) => {
  const text = `xpack.security.audit: {list: [a, "${reference('ONE')}"], enabled: "${reference('TWO')}"}`
  const built = buildTree(readYml(text, 'a.yml'), SECTION, { TWO: 'true' })
  t.same(errors(built), [`a.yml:1:34 list.1: expected the environment variable ONE to be set, got nothing for ${reference('ONE')}`])
  t.match(findNode(built.tree, ['enabled'])?.content, { value: 'true', whole: true })
})

test('the place of a setting is found, or that of the nearest part that is written', async (t) => {
  const { tree } = fromYml('xpack.security.audit:', '  appender:', '    type: file', '  list: [a, b]')
  t.equal(nearestPlace(tree, ['appender', 'type']).text, 'a.yml:3:11')
  t.equal(nearestPlace(tree, ['appender', 'fileName']).text, 'a.yml:2:3', 'the key that misses it')
  t.equal(nearestPlace(tree, ['list', 1]).text, 'a.yml:4:13')
  t.equal(nearestPlace(tree, ['http']).text, 'a.yml:1:1')
  t.equal(findNode(tree, ['appender', 'type', 'x']), undefined)
  t.equal(findNode(tree, ['list', 7]), undefined)
})
