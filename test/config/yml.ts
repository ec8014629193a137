import { test } from 'tap'
import { MAX_ALIASES, readYml } from '../../lib/config/yml.js'
import type { Written, WrittenEntry } from '../../lib/config/setting-tree.js'

/** Everything that is written, as plain values: a map is a list of key and value, in order. */
function plain (written: Written): unknown {
  if ('entries' in written) return written.entries.map(({ key, value }) => [key, plain(value())])
  return 'items' in written ? written.items.map((item) => plain(item())) : written.scalar
}

function entriesOf (written: Written | undefined): readonly WrittenEntry[] {
  if (written === undefined || !('entries' in written)) throw new Error('expected entries')
  return written.entries
}

function itemsOf (written: Written | undefined): Written[] {
  if (written === undefined || !('items' in written)) throw new Error('expected a list')
  return written.items.map((read) => read())
}

test('keys and values know their line and column', async (t) => {
  const written = readYml('# a comment\naudit:\n  enabled: true\n  list:\n    - one\n    -   two\n', 'dir/audit.yml')
  t.equal(written.place.text, 'dir/audit.yml:2:1')
  const [enabled, list] = entriesOf(entriesOf(written)[0]?.value())
  t.equal(enabled?.place.text, 'dir/audit.yml:3:3')
  t.equal(enabled?.value().place.text, 'dir/audit.yml:3:12')
  t.equal(itemsOf(list?.value())[1]?.place.text, 'dir/audit.yml:6:9')
})

test('a byte order mark, Windows line ends and an empty file are read', async (t) => {
  const written = readYml('\uFEFFa: 1\r\nb: 2\r\n', 'a.yml')
  t.same(plain(written), [['a', 1], ['b', 2]])
  t.equal(entriesOf(written)[0]?.place.text, 'a.yml:1:1')
  t.equal(plain(readYml('', 'a.yml')), null)
  t.equal(plain(readYml('# nothing\n', 'a.yml')), null)
})

test('keys are text, whatever they look like', async (t) => {
  t.same(plain(readYml('1: a\ntrue: b\n1.0: c\n? {x: y}\n: d\n', 'a.yml')), [['1', 'a'], ['true', 'b'], ['1.0', 'c'], ['(a key that is no text)', 'd']])
})

test('a key without a value is null, also in braces', async (t) => {
  t.same(plain(readYml('a:\nb: {c, d: }\n? e\n', 'a.yml')), [['a', null], ['b', [['c', null], ['d', null]]], ['e', null]])
})

test('aliases and merge keys are followed; what is written out wins over what is merged', async (t) => {
  const text = [
    'one: &one {a: 1, b: 1}', 'two: &two {b: 2, c: 2}',
    'alias: *one', 'merged: {<<: [*one, *two], a: 0}', 'quoted: {"<<": 1}', 'scalar: {<<: 1}'
  ].join('\n')
  t.same(plain(readYml(text, 'a.yml')), [
    ['one', [['a', 1], ['b', 1]]], ['two', [['b', 2], ['c', 2]]],
    ['alias', [['a', 1], ['b', 1]]], ['merged', [['a', 0], ['b', 1], ['c', 2]]], ['quoted', [['<<', 1]]], ['scalar', [['<<', 1]]]
  ])
})

test('an alias without an anchor is an error with its place, once it is read', async (t) => {
  const [fine, broken] = entriesOf(readYml('fine: 1\nbroken: *nowhere\n', 'a.yml'))
  t.match(fine?.value(), { scalar: 1 }, 'the rest of the file can be read')
  t.throws(() => broken?.value(), {
    code: 'AUDIT_ERR_CONFIG_SYNTAX', message: 'a.yml:2:9 expected an anchor for the alias "nowhere", got none before it'
  })
})

test('a bomb of aliases is defused', async (t) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level <= 9; level++) lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`)
  t.throws(() => plain(readYml(lines.join('\n'), 'a.yml')), { code: 'AUDIT_ERR_CONFIG_SYNTAX', message: `expected at most ${MAX_ALIASES} aliases, got more` })
  t.throws(() => plain(readYml('a: &a [*a]', 'a.yml')), { code: 'AUDIT_ERR_CONFIG_SYNTAX' }, 'an anchor that holds itself')
})

test('what is not YAML is refused with each place', async (t) => {
  const text = 'a: "x\n  b: [1, 2\nc: }\n'
  t.throws(() => readYml(text, 'a.yml'), { code: 'AUDIT_ERR_CONFIG_SYNTAX', message: /^a\.yml:\d+:\d+ \S/ })
  t.throws(() => readYml('a: 1\n\tb: 2\n', 'a.yml'), { message: /^a\.yml:2:1 Tabs are not allowed/ })
  t.throws(() => readYml('a: 1\n---\nb: 2\n', 'a.yml'), { code: 'AUDIT_ERR_CONFIG_SYNTAX', message: /^a\.yml:2:1 / })
  t.throws(() => readYml('a: }\nb: ]\n', 'a.yml'), { message: /^a\.yml:1:4 .*(\n.*)*\na\.yml:2:4 / })
})

test('a syntax error quotes nothing of the file, where other parts keep their passwords', async (t) => {
  for (const text of [
    'elasticsearch.password: "hunter2"hunter2\n', 'elasticsearch.password: |hunter2\n  x\n', 'elasticsearch.password: "\\xhunter2"\n',
    'elasticsearch.password: hunter2: hunter2\n', 'elasticsearch.password: %hunter2\n', 'a: b\nhunter2\n', 'a: }hunter2\n', ']hunter2', '@hunter2: x', '- a\nhunter2: b'
  ]) {
    try {
      readYml(text, 'a.yml')
      t.fail(`expected an error for ${text}`)
    } catch (error) {
      t.match(error, { code: 'AUDIT_ERR_CONFIG_SYNTAX', cause: undefined })
      t.notMatch((error as Error).message, /hunter2/, text)
    }
  }
})
