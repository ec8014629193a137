import { test } from 'tap'
import { circleFrom, type Rewrite, sameEnd, unroutedNames, waysFrom } from '../../lib/trail/ways.js'

const rewrite = (name: string, ...appenders: string[]): Rewrite => ({ name, appenders, policy: { type: 'meta', mode: 'remove', properties: [] } })
const chain = [rewrite('a', 'b', 'file'), rewrite('b', 'c'), rewrite('c', 'file', 'screen')]

test('a name leads to its appender, or through rewrites to those that they name', async t => {
  const ways = (name: string): [string, string[]][] => waysFrom(name, chain).map(({ to, through }) => [to, through.map(({ name }) => name)])
  t.same(ways('file'), [['file', []]])
  t.same(ways('b'), [['file', ['b', 'c']], ['screen', ['b', 'c']]])
  t.same(ways('a'), [['file', ['a', 'b', 'c']], ['screen', ['a', 'b', 'c']], ['file', ['a']]])
})

test('a circle is found from each name that is part of it, and from no other', async t => {
  const circle = [rewrite('in', 'a'), rewrite('a', 'file', 'b'), rewrite('b', 'a'), rewrite('self', 'self')]
  t.same(circleFrom('a', circle), ['a', 'b', 'a'])
  t.same(circleFrom('b', circle), ['b', 'a', 'b'])
  t.same(circleFrom('self', circle), ['self', 'self'])
  for (const name of ['in', 'file', 'none']) t.equal(circleFrom(name, circle), null, name)
  t.equal(circleFrom('a', chain), null)
  t.same(waysFrom('in', circle).map(({ to }) => to), ['file'], 'and nobody goes round and round')
})

test('an appender to which two names lead', async t => {
  t.same(sameEnd(['screen', 'b'], chain), { to: 'screen', by: ['screen', 'b'] })
  t.same(sameEnd(['a'], chain), { to: 'file', by: ['a', 'a'] })
  t.equal(sameEnd(['b', 'other'], chain), null)
})

test('what no route matches goes to the front of each way', async t => {
  t.same(unroutedNames(['a', 'b', 'c', 'file', 'screen', 'plain', 'spare'], chain, 'spare'), ['a', 'plain'])
  t.same(unroutedNames(['x', 'y'], [], undefined), ['x', 'y'])
})
