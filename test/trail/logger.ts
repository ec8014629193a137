import { test } from 'tap'
import type { AuditEvent, ScopeFacts } from '../../lib/contracts.js'
import { Logger } from '../../lib/trail/logger.js'
import type { Trail } from '../../lib/trail/trail.js'

const say = (message: string): AuditEvent => ({ message, event: { action: 'a' } })

/** A trail that remembers what it is handed, and acknowledges when the test says so. */
function recordingTrail (): { trail: Trail, logged: [string, ScopeFacts, number][], acknowledge: (error?: Error) => void } {
  const logged: [string, ScopeFacts, number][] = []
  let settle!: (error?: Error) => void
  const acknowledged = new Promise<void>((resolve, reject) => { settle = error => error === undefined ? resolve() : reject(error) })
  acknowledged.catch(() => {})
  let now = 0
  const trail = {
    log (event: AuditEvent, facts: ScopeFacts, time: number) {
      logged.push([event.message, facts, time])
      return acknowledged
    },
    now: () => ++now
  } as unknown as Trail
  return { trail, logged, acknowledge: settle }
}

const wrap = <T>(repository: T): T => repository

test('with its facts at hand an event reaches the trail before log returns', async t => {
  const { trail, logged, acknowledge } = recordingTrail()
  const logger = new Logger(trail, () => ({ user: { name: 'u' } }), wrap)
  const acknowledged = logger.log(say('1'))
  t.same(logged, [['1', { user: { name: 'u' } }, 1]])
  acknowledge()
  await acknowledged
})

test('events that wait for their facts keep their order, their time and what they said', async t => {
  const { trail, logged, acknowledge } = recordingTrail()
  let know!: (facts: ScopeFacts) => void
  const first = new Promise<ScopeFacts>(resolve => { know = resolve })
  const answers: (ScopeFacts | Promise<ScopeFacts>)[] = [first, {}, {}]
  const logger = new Logger(trail, () => answers.shift() ?? {}, wrap)
  const event = { message: '1', event: { action: 'a' }, labels: { a: 1 } }
  logger.log(event)
  event.message = 'changed'
  logger.log(say('2'))
  const last = logger.logAll([say('3'), say('4')])
  acknowledge()
  t.same(logged, [])
  know({ user: { name: 'late' } })
  await last
  t.same(logged, [['1', { user: { name: 'late' } }, 1], ['2', {}, 2], ['3', {}, 3], ['4', {}, 3]])
  logger.log(say('5'))
  t.equal(logged.length, 5, 'nobody waits any more')
})

test('logAll is acknowledged when all of its events are, and has nothing to wait for without events', async t => {
  const { trail, acknowledge } = recordingTrail()
  const logger = new Logger(trail, () => ({}), wrap)
  await logger.logAll([])
  const all = logger.logAll([say('1'), say('2')])
  let done = false
  all.then(() => { done = true }, () => {})
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(done)
  acknowledge(new Error('disk is full'))
  await t.rejects(all, { message: 'disk is full' })
})

test('a repository is wrapped for this logger', async t => {
  const { trail } = recordingTrail()
  const options = {}
  const seen: unknown[] = []
  const logger: Logger = new Logger(trail, () => ({}), (repository, given, find) => {
    seen.push(given, find())
    return repository
  })
  logger.repository({}, options)
  t.equal(seen[0], options)
  t.equal(seen[1], logger)
})
