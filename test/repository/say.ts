import { test } from 'tap'
import type { AuditEvent } from '../../lib/contracts.js'
import { say, sayNow } from '../../lib/repository/say.js'
import { STRETCH } from '../../lib/trail/logger.js'
import { createRecordingLogger } from '../support/recording-logger.js'

const event = (id: number): AuditEvent => ({
  message: String(id), event: { action: 'thing_put', category: ['database'], type: ['change'], outcome: 'unknown' }
})

test('events are said in order, in stretches, and acknowledged together', async (t) => {
  let write!: () => void
  const logger = createRecordingLogger(t, new Promise((resolve) => { write = resolve }))
  const ids = Array.from({ length: STRETCH * 2 + 1 }, (_, id) => id)
  const { acknowledged } = await say(logger, ids, event)
  t.same(logger.sizes, [STRETCH, STRETCH, 1])
  t.same(logger.events.map(({ message }) => message), ids.map(String))
  t.notOk(logger.story.includes('acknowledged'), 'said is not acknowledged')
  write()
  await acknowledged
  t.equal(logger.story.filter((line) => line === 'acknowledged').length, 3)
})

test('a few are said at once, before anything is awaited; none are not said', async (t) => {
  const logger = createRecordingLogger(t)
  const saying = say(logger, [1, 2], event)
  t.equal(logger.events.length, 2)
  await (await saying).acknowledged
  await sayNow(logger, [], event)
  t.same(logger.sizes, [2])
})

test('a stretch that cannot be written rejects the whole, also when others are still being said', async (t) => {
  const logger = createRecordingLogger(t)
  logger.isBroken = true
  const { acknowledged } = await say(logger, Array.from({ length: STRETCH * 3 }, (_, id) => id), event)
  await t.rejects(acknowledged, { message: 'the log cannot be written' })
  t.equal(logger.events.length, STRETCH * 3, 'the rest was said all the same')
  await t.rejects((await say(logger, [1], event)).acknowledged)
})
