import { test } from 'tap'
import { readObject } from '../../lib/config/object.js'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks, type AuditConfig } from '../../lib/config/schema.js'
import { buildTree, toPlain } from '../../lib/config/setting-tree.js'
import { expandShorthands } from '../../lib/config/shorthand.js'

const env = { POLICY: 'stop', WRONG: 'hunter2' }
/** `${name}`, kept apart from template strings. */
const reference = (name: string) => '$' + `{${name}}`
const all = (policy: string) => ({ writes: policy, reads: policy, http: policy, authentication: policy })
const EXPECTED = 'expected one of "continue", "block", "stop", or an object with one of them for each of writes, reads, http, authentication'

const read = (config: string | object, directory?: string) => readSettings(config, auditSchema, { env, directory, checks: settingChecks }).settings.on_failure

/** The error of a yml, without its file's folder. */
function errorOf (directory: string): string {
  try {
    read('audit.yml', directory)
  } catch (error) {
    return (error as Error).message.replaceAll(/\S*audit\.yml/g, 'audit.yml')
  }
  return 'no error'
}

test('one word stands for all kinds', async (t) => {
  for (const policy of ['continue', 'block', 'stop'] as const) {
    // As TypeScript sees it, too.
    const config: AuditConfig = { on_failure: policy }
    t.same(read(config), all(policy), policy)
    const directory = t.testdir({ 'audit.yml': `xpack.security.audit.on_failure: ${policy}\n` })
    t.same(read('audit.yml', directory), all(policy), `${policy} in a yml`)
  }
})

test('the word may come from a variable, or from its default', async (t) => {
  t.same(read({ on_failure: reference('POLICY') }), all('stop'))
  t.same(read({ on_failure: reference('NONE:block') }), all('block'))
  t.same(read({ on_failure: { reads: reference('POLICY') } }), { ...all('continue'), reads: 'stop' })
})

test('an object names kinds, nested or dotted; those it leaves out continue', async (t) => {
  t.same(read({}), all('continue'))
  t.same(read({ on_failure: {} }), all('continue'))
  t.same(read({ on_failure: { writes: 'block', http: 'stop' } }), { ...all('continue'), writes: 'block', http: 'stop' })
  t.same(read({ 'on_failure.reads': 'block', 'on_failure.authentication': 'stop' }), { ...all('continue'), reads: 'block', authentication: 'stop' })
})

test('another word is refused, with its place and what was expected', async (t) => {
  for (const [value, got] of [['blok', '"blok"'], ['true', 'true'], ['1', '1'], ['', 'nothing'], ['[block]', 'a list'], ['Block', '"Block"']] as const) {
    const directory = t.testdir({ 'audit.yml': `xpack.security.audit:\n  enabled: true\n  on_failure: ${value}\n` })
    const column = value === '' ? '\\d+' : '15'
    t.match(errorOf(directory), new RegExp(`^audit\\.yml:3:${column} xpack\\.security\\.audit\\.on_failure: ${EXPECTED}, got ${got}$`), value)
  }
})

test('another word of a variable is refused without being shown', async (t) => {
  const directory = t.testdir({ 'audit.yml': `xpack.security.audit:\n  on_failure: ${reference('WRONG')}\n` })
  t.equal(errorOf(directory), `audit.yml:2:15 xpack.security.audit.on_failure: ${EXPECTED}, got "${reference('WRONG')}"`)
  const missing = t.testdir({ 'audit.yml': `xpack.security.audit:\n  on_failure: ${reference('MISSING')}\n` })
  t.equal(errorOf(missing), `audit.yml:2:15 xpack.security.audit.on_failure: expected the environment variable MISSING to be set, got nothing for ${reference('MISSING')}`)
})

test('a wrong word for one kind is refused at its own place, and so is an unknown kind', async (t) => {
  const directory = t.testdir({ 'audit.yml': 'xpack.security.audit:\n  on_failure:\n    writes: blok\n    read: block\n' })
  t.equal(errorOf(directory), [
    'audit.yml:3:13 xpack.security.audit.on_failure.writes: expected one of "continue", "block", "stop", got "blok"; did you mean "block"?',
    'audit.yml:4:5 xpack.security.audit.on_failure.read: unknown key, expected one of writes, reads, http, authentication; did you mean "reads"?'
  ].join('\n'))
})

test('a word and a kind beside it are the same setting twice', async (t) => {
  const directory = t.testdir({ 'audit.yml': 'xpack.security.audit:\n  on_failure: block\n  on_failure.reads: continue\n' })
  t.match(errorOf(directory), /^audit\.yml:3:3 xpack\.security\.audit\.on_failure: expected the setting once, got it twice: first at audit\.yml:2:3$/)
})

test('block beside durability none is refused: an error that names both', async (t) => {
  const beside = 'beside xpack.security.audit.durability: none, which acknowledges events before they are written, got "block"'
  const word = t.testdir({ 'audit.yml': 'xpack.security.audit:\n  durability: none\n  on_failure: block\n' })
  t.equal(errorOf(word), `audit.yml:3:15 xpack.security.audit.on_failure: expected "continue" or "stop" ${beside}`)
  const kinds = t.testdir({ 'audit.yml': 'xpack.security.audit:\n  on_failure.reads: block\n  durability: none\n' })
  t.equal(errorOf(kinds), `audit.yml:2:3 xpack.security.audit.on_failure: expected "continue" or "stop" for reads ${beside}`)
  t.same(read({ durability: 'none', on_failure: 'stop' }), all('stop'))
  t.same(read({ durability: 'none' }), all('continue'))
})

test('only what a schema calls a shorthand is written out', async (t) => {
  const schema = { properties: { policy: { shorthand: ['a', null], properties: { x: {}, y: {} } }, plain: { properties: { x: {} } } } }
  const expanded = (config: object) => {
    const { tree } = buildTree(readObject(config), [], {})
    expandShorthands(tree, schema)
    return toPlain(tree)
  }
  t.same(expanded({ policy: 'a', plain: 'a' }), { policy: { x: 'a', y: 'a' }, plain: 'a' })
  t.same(expanded({ policy: 'b', other: 'a' }), { policy: 'b', other: 'a' })
  t.same(expanded({ policy: { x: 'a' } }), { policy: { x: 'a' } })
})

test('a text stands for an object with a list of it, wherever the schema says so', async (t) => {
  const rule = { type: 'object', textFor: 'fields', properties: { fields: { type: 'array', items: { type: 'string' } }, when: { type: 'object' } } }
  const schema = { properties: { rules: { items: rule } }, additionalProperties: { oneOf: [{ properties: { rules: { items: rule } } }, { properties: { other: rule } }] } }
  const expanded = (config: object) => {
    const { tree } = buildTree(readObject(config), [], env)
    expandShorthands(tree, schema)
    return toPlain(tree)
  }
  const when = { a: 'b' }
  t.same(expanded({ rules: ['a.b', { fields: ['c'], when }, 7, null] }), { rules: [{ fields: ['a.b'] }, { fields: ['c'], when }, 7, null] })
  t.same(expanded({ named: { rules: ['a'], other: 'b' }, rules: 'a' }), { named: { rules: [{ fields: ['a'] }], other: { fields: ['b'] } }, rules: 'a' })
  t.same(expanded({ rules: [reference('POLICY')] }), { rules: [{ fields: ['stop'] }] })
})
