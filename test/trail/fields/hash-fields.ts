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
