import { test } from 'tap'
import type { AuditEvent } from '../../lib/contracts.js'
import { Holds } from '../../lib/trail/holds.js'
import { isSettled } from '../support/slow-appender.js'

const event: AuditEvent = { message: 'm', event: { action: 'a' } }

function holdsWithClock () {
  const clock = { now: 0, mark: () => clock.now, passed: (mark: number) => clock.now - mark >= 10, stop () {} }
  const recorded: [number, number][] = []
  const holds = new Holds(async (events, _facts, time) => { recorded.push([events.length, time]) }, clock)
  return { clock, recorded, holds }
}

test('events are held until the last of them is recorded', async t => {
  const { holds, recorded } = holdsWithClock()
  const hold = holds.hold(3, () => {})
  t.equal(holds.events, 3)
  const settled = holds.settled()
  hold.record([event, event], {}, 1)
  t.equal(holds.events, 1)
  t.notOk(await isSettled(hold.acknowledged))
  hold.record([event], {}, 2)
  await hold.acknowledged
  await settled
  t.equal(holds.events, 0)
  t.same(recorded, [[2, 1], [1, 2]])
})

test('those that have been held for too long are given up, oldest first, and no others', async t => {
  const { holds, clock, recorded } = holdsWithClock()
  const hold = (time: number): void => {
    const { record } = holds.hold(1, () => record([event], {}, time))
  }
  hold(1)
  hold(2)
  clock.now = 5
  hold(3)
  t.ok(holds.expire())
  t.equal(recorded.length, 0)
  clock.now = 10
  t.ok(holds.expire(), 'one is left')
  t.same(recorded, [[1, 1], [1, 2]])
  holds.giveUpAll()
  t.same(recorded.at(-1), [1, 3])
  t.notOk(holds.expire())
})

test('an event that cannot be recorded rejects the promise of its hold, and settles it', async t => {
  const holds = new Holds(async () => { throw new Error('disk is full') }, { mark: () => 0, passed: () => false, stop () {} })
  const { record, acknowledged } = holds.hold(1, () => {})
  const settled = holds.settled()
  record([event], {}, 0)
  await settled
  await t.rejects(acknowledged, { message: 'disk is full' })
})
