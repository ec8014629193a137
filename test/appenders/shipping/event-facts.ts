import { test } from 'tap'
import { shippedEvent } from '../../../lib/appenders/shipping/event-facts.js'
import { createJsonLayout } from '../../../lib/layouts/json.js'
import { recordWith } from '../../support/records.js'

test('the id and the time of a line of the json layout', async t => {
  const line = createJsonLayout()(recordWith({ '@timestamp': '2026-03-01T12:00:00.123Z', event: { id: '0195-abc', action: 'a' } }), {}).trimEnd()
  t.same(shippedEvent(line, 'slot/1:10', 5), { id: '0195-abc', time: Date.UTC(2026, 2, 1, 12, 0, 0, 123), line })
})

test('a text that looks like an id is none', async t => {
  const line = createJsonLayout()(recordWith({ message: '"event":{"id":"forged"', event: { id: 'real', action: 'a' } }), {}).trimEnd()
  t.equal(shippedEvent(line, 'slot/1:10', 5).id, 'real')
})

test('a line without an id has one by its place, the same each time, and the time of now', async t => {
  const one = shippedEvent('[2026-01-01] a text', 'slot/1:10', 5)
  t.match(one, { id: /^[0-9a-f]{32}$/, time: 5 })
  t.same(shippedEvent('[2026-01-01] a text', 'slot/1:10', 5), one)
  t.not(shippedEvent('[2026-01-01] a text', 'slot/1:20', 5).id, one.id)
})
