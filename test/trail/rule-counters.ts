import { test } from 'tap'
import { createRuleCounters, createSectionCounters } from '../../lib/trail/rule-counters.js'
import { Tally } from '../../lib/trail/tally.js'

const lists = { include: [{ fields: ['a'] }], exclude: [{ fields: ['b'] }, { fields: ['c'] }], hash: [{ fields: ['d'] }] }

test('each rule has its place in what status() shows', async t => {
  const tally = new Tally()
  const section = createSectionCounters(tally, { ignore: [1, 2], fields: lists, routes: [1] })
  const own = createRuleCounters(tally, { ignore: [1], fields: { include: [], exclude: [], hash: [] } })
  t.same(own.read(), { ignore_filters: [0], fields: { include: 0, exclude: [], hash: [] } })
  for (const [counts, rules] of [[section.filters, [1, 2]], [section.fields, [0, 1, 2, 3]], [section.routes, [0, 1]], [own.filters, [0]]] as const) {
    for (const [event, rule] of rules.entries()) {
      // As many events as its place says.
      for (let i = 0; i <= event; i++) {
        tally.begin()
        counts.note(rule)
        tally.commit()
      }
    }
  }
  t.same(section.read(), { ignore_filters: [0, 1], include_filters: 2, fields: { exclude: [1, 2], hash: [3], include: 4 }, routes: [1], unrouted: 2 })
  t.same(own.read(), { ignore_filters: [1], fields: { include: 0, exclude: [], hash: [] } })
})
