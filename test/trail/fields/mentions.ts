import { test } from 'tap'
import { plainText } from '../../../lib/layouts/plain.js'
import { eachText, replaceMentions } from '../../../lib/trail/fields/mentions.js'

const replaced = (text: string, ...values: string[]) => replaceMentions(text, new Map(values.map((value, index) => [value, `#${index}`])))

test('a value is replaced where it stands by itself', async (t) => {
  t.equal(replaced('User [jane] has logged in, jane.', 'jane'), 'User [#0] has logged in, #0.')
  t.equal(replaced('User [a] has a janet', 'a', 'jane'), 'User [#0] has #0 janet')
  t.equal(replaced('用户张三登录', '张三'), '用户#0登录', 'also where words are not set apart')
})

test('the longest value wins, and nothing is replaced twice', async (t) => {
  t.equal(replaced('jane@example.org and jane', 'jane', 'jane@example.org'), '#1 and #0')
  t.equal(replaceMentions('a b', new Map([['a', 'b'], ['b', 'c']])), 'b c')
})

test('hostile values are only text', async (t) => {
  for (const value of ['.*', '(a+)+$', '[', '\\', '$&', '^', 'a|b', '/', '-', '{1}', '?<x>', '\n', '__proto__']) {
    t.equal(replaced(`x '${value}' y`, value), "x '#0' y", value)
  }
  t.equal(replaceMentions('[v]', new Map([['v', '$&$1']])), '[$&$1]')
  t.equal(replaced('nothing of it', '', 'x'), 'nothing of it')
  t.ok(replaceMentions(' '.repeat(30_000), new Map([[' ', 'x'.repeat(64)]])).length < 33_000, 'no name makes a sentence grow without end')
})

test('every text within a value is told', async (t) => {
  const texts: string[] = []
  eachText({ a: 'x', b: ['y', { c: 'z' }], d: 1, e: null }, text => texts.push(text))
  t.same(texts, ['x', 'y', 'z'])
})

test('a text that was cut in the middle of a value shows no part of it', async (t) => {
  const cut = (text: string): string => plainText(text)
  const value = 'secret '.repeat(6000)
  for (const [said, values] of [
    [`User [${value}]`, [cut(value)]],
    [`User [${value}]`, [value]],
    [`${'x '.repeat(16_380)}jane@example.org`, ['jane', 'jane@example.org']],
    [`${'x '.repeat(16_382)}e\ud83d\ude00`, ['e\ud83d\ude00']],
    [`${'a'.repeat(20_000)} ${'a'.repeat(30_000)}b`, ['a'.repeat(30_000) + 'b']]
  ] as const) {
    const text = replaced(cut(said), ...values)
    t.match(text, /#\d$/)
    for (const word of ['secret', 'jane', 'e\ufffd', 'a'.repeat(20_001)]) t.notOk(text.includes(word), word)
    t.ok(text.length <= 32_766)
  }
  t.equal(replaced('x jan', 'jane'), 'x jan', 'a text that was not cut ends as it was said')
})
