import { test } from 'tap'
import { type CompiledRule, compileFieldRule } from '../../../lib/trail/fields/field-rule.js'
import { createHashings, createHashMemory, hashAllOf } from '../../../lib/trail/fields/hash-fields.js'
import { hashValue } from '../../../lib/trail/fields/hash.js'

const KEY = 'a key of thirty-two characters ..'

test('each field is hashed once, also where two rules name it, or one what is around it', async (t) => {
  const noted: string[] = []
  const rule = (name: string, ...fields: string[]): CompiledRule => compileFieldRule({ fields }, () => noted.push(name))
  const rules = [rule('name', 'user.name'), rule('again', 'user.name', 'client.ip'), rule('user', 'user')]
  const hashingOf = createHashings(rules)
  const record = { user: { name: 'jane', id: 7, roles: ['a'] }, client: { ip: '10.0.0.1' } }
  const hash = (matching: readonly CompiledRule[]) => JSON.parse(JSON.stringify(hashAllOf(hashingOf(matching), record, text => `<${text}>`)))
  for (let times = 0; times < 2; times++) {
    t.same(hash(rules), { user: { name: '<jane>', id: '<7>', roles: ['<a>'] }, client: { address: '<10.0.0.1>' } })
    t.same(noted.splice(0), ['again', 'user'], 'who has changed nothing has not')
    t.same(hash(rules.slice(0, 1)), { user: { name: '<jane>', id: 7, roles: ['a'] }, client: { ip: '10.0.0.1' } }, 'others that match come to something else')
    t.same(noted.splice(0), ['name'])
    t.equal(hashAllOf(hashingOf([]), record, text => text), record)
  }
})

test('a hash is remembered, as long as it is short and there are not too many', async (t) => {
  const hashed = createHashMemory(KEY)
  for (const text of ['jane', 'jane', 'x'.repeat(1000), ...Array.from({ length: 2000 }, (_, index) => `user ${index}`), 'jane']) {
    if (hashed(text) !== hashValue(text, KEY)) t.fail(`the hash of ${text} is another's`)
  }
  t.pass('each is its own')
})

test('of however many rules which match, each set comes to its own', async (t) => {
  const names = Array.from({ length: 11 }, (_, index) => `labels.l${index}`)
  const rules = names.map(name => compileFieldRule({ fields: [name] }, () => {}))
  const hashingOf = createHashings(rules)
  const record = { labels: Object.fromEntries(names.map(name => [name.slice('labels.'.length), 'a'])) }
  for (let round = 0; round < 2; round++) {
    for (let set = 0; set < 2 ** rules.length; set++) {
      const matches = (_: unknown, index: number): boolean => (set >> index & 1) === 1
      const { labels } = hashAllOf(hashingOf(rules.filter(matches)), record, text => `<${text}>`) as typeof record
      if (names.some((name, index) => (labels[name.slice('labels.'.length)] === '<a>') !== matches(name, index))) t.fail(`set ${set} comes to another's`)
    }
  }
  t.pass('in any order')
})
