import { test } from 'tap'
import type { DeadLetter } from '../../../lib/appenders/shipping/dead-letters.js'
import { dispatch, STOPPED } from '../../../lib/appenders/shipping/dispatch.js'
import type { SendFailure, ShippedEvent, Verdict } from '../../../lib/appenders/shipping/sender.js'
import { createStoreSender } from '../../support/store-sender.js'

const eventsOf = (...ids: readonly string[]): ShippedEvent[] => ids.map(id => ({ id, time: 0, line: id }))

/** Dispatches to a store that answers in turn as it is told to, then takes everything. */
async function run (events: readonly ShippedEvent[], answers: readonly ((events: readonly ShippedEvent[]) => readonly Verdict[])[], signal = new AbortController().signal) {
  const store = createStoreSender()
  const story: string[] = []
  const left = [...answers]
  store.answer = events => {
    story.push(`send ${events.map(({ id }) => id).join('')}`)
    return left.shift()?.(events)
  }
  const letters: DeadLetter[] = []
  await dispatch(events, {
    sender: async () => store,
    signal,
    pauses: { async wait (atLeast) { story.push(atLeast === undefined ? 'pause' : `pause ${atLeast}`) }, reset () { story.push('reset') }, hurry () {} },
    observer: {
      delivered () {},
      async rejected (rejected) { letters.push(...rejected) },
      failed (error) { story.push(`failed ${error.message}`) },
      recovered () {}
    }
  })
  return { lines: store.lines.join(''), letters: letters.map(({ event: { id }, reason }) => `${id}: ${reason}`), story }
}

const fail = (message: string, more: Partial<SendFailure> = {}) => () => { throw Object.assign(new Error(message), more) }

test('events that were not taken are sent again, before anything else, after a pause', async t => {
  const { lines, letters, story } = await run(eventsOf('a', 'b', 'c'), [() => ['delivered', 'again', 'again'], () => ['again', 'delivered']])
  t.equal(lines, 'acb')
  t.same(letters, [])
  t.same(story, ['send abc', 'reset', 'failed the other side has not taken some of the events', 'pause', 'send bc', 'reset', 'failed the other side has not taken some of the events', 'pause', 'send b', 'reset'])
})

test('events that will never be taken are put aside, and nothing waits for them', async t => {
  const { lines, letters, story } = await run(eventsOf('a', 'b', 'c'), [() => ['delivered', { rejected: 'poison' }, 'delivered']])
  t.equal(lines, 'ac')
  t.same(letters, ['b: poison'])
  t.same(story, ['send abc', 'reset'])
})

test('a batch of which nothing is known is sent again as a whole, when the other side wants it', async t => {
  const { lines, story } = await run(eventsOf('a', 'b'), [fail('reset'), fail('too many', { retryAfter: 2000 })])
  t.equal(lines, 'ab')
  t.same(story, ['send ab', 'failed reset', 'pause', 'send ab', 'failed too many', 'pause 2000', 'send ab', 'reset'])
})

test('what is known of a batch that has failed is not sent again', async t => {
  const { lines, letters, story } = await run(eventsOf('a', 'b', 'c'), [fail('reset', { verdicts: ['delivered', { rejected: 'poison' }, 'again'], retryAfter: 5 })])
  t.same(letters, ['b: poison'])
  t.equal(lines, 'c', 'the sender has said itself that it has a')
  t.same(story, ['send abc', 'reset', 'failed reset', 'pause 5', 'send c', 'reset'])
})

test('a batch that is too much is halved at once, until the event is found that cannot be sent at all', async t => {
  const tooMuch = (events: readonly ShippedEvent[]): readonly Verdict[] => {
    if (events.some(({ id }) => id === 'e')) throw Object.assign(new Error('413'), { isTooMuch: true })
    return events.map(() => 'delivered')
  }
  const { lines, letters, story } = await run(eventsOf(...'abcdefgh'), Array(20).fill(tooMuch))
  t.equal(lines, 'abcdfgh')
  t.same(letters, ['e: 413'])
  t.notOk(story.some(line => line.startsWith('pause')), story.join())
  t.same(story.filter(line => line.startsWith('send')).slice(0, 5), ['send abcdefgh', 'send abcd', 'send efgh', 'send ef', 'send e'])
})

test('what was not taken of a half is sent before the other half', async t => {
  const { lines, story } = await run(eventsOf('a', 'b', 'c', 'd'), [fail('413', { isTooMuch: true }), () => ['delivered', 'again']])
  t.equal(lines, 'abcd')
  t.same(story.filter(line => line.startsWith('send')), ['send abcd', 'send ab', 'send bcd'])
})

test('a sender that says too little is not believed', async t => {
  const { lines, story } = await run(eventsOf('a', 'b'), [() => ['delivered']])
  t.equal(lines, 'ab')
  t.match(story[1], /failed expected 2 verdicts, got 1/)
})

test('it ends when the application does', async t => {
  const stopping = new AbortController()
  stopping.abort()
  await t.rejects(run(eventsOf('a'), [], stopping.signal), STOPPED)
})
