import { test } from 'tap'
import { Tally } from '../../lib/trail/tally.js'

test('what rules note counts when the event is through, once for each rule', async t => {
  const tally = new Tally()
  const [first, none, second] = [tally.countsFor(2), tally.countsFor(0), tally.countsFor(1)]
  tally.begin()
  first.note(1)
  first.note(1)
  second.note(0)
  t.same([first.read(), second.read()], [[0, 0], [0]], 'not before')
  tally.commit()
  t.same([first.read(), none.read(), second.read()], [[0, 1], [], [1]])
  tally.begin()
  tally.commit()
  t.same(first.read(), [0, 1], 'an event on which no rule was at work')
})

test('what was noted of an event that did not get through is forgotten, and noted anew', async t => {
  const tally = new Tally()
  const counts = tally.countsFor(2)
  tally.begin()
  counts.note(0)
  counts.note(1)
  tally.begin()
  counts.note(1)
  tally.commit()
  t.same(counts.read(), [0, 1])
  counts.read()[0] = 7
  t.same(counts.read(), [0, 1], 'who reads has a copy')
})
