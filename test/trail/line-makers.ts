import { test } from 'tap'
import { createLineMakers } from '../../lib/trail/line-makers.js'
import { Tally } from '../../lib/trail/tally.js'
import type { Rewrite } from '../../lib/trail/ways.js'
import { recordWith } from '../support/records.js'

const NONE = { include: [], exclude: [], hash: [] }
const exclude = (...paths: string[]): typeof NONE & object => ({ ...NONE, exclude: paths.map(path => ({ fields: [path] })) as never })
const rewrite = (path: string, value?: string): Rewrite => ({ name: 'r', appenders: ['a'], policy: { type: 'meta', mode: value === undefined ? 'remove' : 'update', properties: [{ path, ...value !== undefined && { value } }] } })

function makersOf (section = NONE): { tally: Tally, makerFor: ReturnType<typeof createLineMakers<string>> } {
  const tally = new Tally()
  const makerFor = createLineMakers<string>({ section: { lists: section }, key: 'k'.repeat(32), tally, createLayout: prefix => record => `${prefix} ${record.message} ${JSON.stringify(record.user ?? null)}\n` })
  return { tally, makerFor }
}

test('what reads alike is made by one function, and nothing else is', async t => {
  const { makerFor } = makersOf()
  const plain = makerFor({ layout: 'x' })
  t.equal(makerFor({ layout: 'x', through: [] }), plain)
  t.equal(makerFor({ layout: 'x', fields: exclude('user.id') }), makerFor({ layout: 'x', fields: exclude('user.id') }))
  const others = [makerFor({ layout: 'y' }), makerFor({ layout: 'x', fields: exclude('user.id') }), makerFor({ layout: 'x', through: [rewrite('user.id')] })]
  t.equal(new Set([plain, ...others].map(({ layout }) => layout)).size, 4)
})

test('the section\'s fields hold for all, an appender\'s own for its lines, and rewrites come last', async t => {
  const { makerFor } = makersOf(exclude('user.id'))
  const record = recordWith({ message: 'ann came' })
  t.equal(makerFor({ layout: 'x' }).layout(record, {}), 'x ann came {"name":"ann"}\n')
  t.equal(makerFor({ layout: 'x', fields: exclude('user.name') }).layout(record, {}), 'x redacted came {}\n')
  t.equal(makerFor({ layout: 'x', through: [rewrite('user.name', 'somebody')] }).layout(record, {}), 'x ann came {"name":"somebody"}\n', 'no sentence is reworded')
  t.equal(makerFor({ layout: 'x', fields: exclude('user.name'), through: [rewrite('user.name', 'somebody')] }).layout(record, {}), 'x redacted came {}\n', 'what is gone is not updated, and no sentence tells')
  t.equal(makerFor({ layout: 'x', through: [rewrite('user.name', 'somebody'), rewrite('user.name')] }).layout(record, {}), 'x ann came {}\n')
})

test('each appender that takes a line counts the rules that it went through', async t => {
  const { tally, makerFor } = makersOf()
  const own = tally.countsFor(2)
  const { layout, ownRules } = makerFor({ layout: 'x', fields: exclude('user.name') })
  tally.begin()
  layout(recordWith(), {})
  own.noteLike(ownRules!)
  tally.commit()
  t.same(own.read(), [1, 0])
})
