import { test } from 'tap'
import type { AuditEvent, ScopeFacts } from '../../lib/contracts.js'
import type { WrapRepository } from '../../lib/trail/acting-logger.js'
import { Logger, RequestlessLogger, STRETCH } from '../../lib/trail/logger.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import type { Trail } from '../../lib/trail/trail.js'

const say = (message: string): AuditEvent => ({ message, event: { action: 'a' } })

/** A trail that remembers what it is handed, and acknowledges when the test says so. */
function recordingTrail (): { trail: Trail, logged: [string, ScopeFacts, number][], acknowledge: (error?: Error) => void, giveUp: () => void } {
  const givingUp: (() => void)[] = []
  const logged: [string, ScopeFacts, number][] = []
  let settle!: (error?: Error) => void
  const acknowledged = new Promise<void>((resolve, reject) => { settle = error => error === undefined ? resolve() : reject(error) })
  acknowledged.catch(() => {})
  let now = 0
  const trail: Trail = {
    log (event: AuditEvent, facts: ScopeFacts, time: number) {
      logged.push([event.message, facts, time])
      return acknowledged
    },
    logAll: (events: readonly AuditEvent[], facts: ScopeFacts, time: number) => { for (const event of events) trail.log(event, facts, time); return acknowledged },
    hold: (_events: number, giveUp: () => void) => {
      let recorded!: (acknowledged: Promise<void>) => void
      givingUp.push(giveUp)
      return { acknowledged: new Promise<void>(resolve => { recorded = resolve }), record: (...all: Parameters<Trail['logAll']>) => recorded(trail.logAll(...all)) }
    },
    now: () => ++now,
    onFailure: ALWAYS_GO_ON
  } as unknown as Trail
  return { trail, logged, acknowledge: settle, giveUp () { for (const giveUp of givingUp) giveUp() } }
}

const wrap = <T>(repository: T): T => repository

/** A logger whose facts the test gives. */
class TestLogger extends Logger {
  readonly #facts: () => ScopeFacts | Promise<ScopeFacts>

  constructor (trail: Trail, facts: () => ScopeFacts | Promise<ScopeFacts>, wrapping: WrapRepository) {
    super(trail, wrapping)
    this.#facts = facts
  }

  protected override factsNow (): ScopeFacts | Promise<ScopeFacts> { return this.#facts() }
}

test('with its facts at hand an event reaches the trail before log returns', async t => {
  const { trail, logged, acknowledge } = recordingTrail()
  const logger = new TestLogger(trail, () => ({ user: { name: 'u' } }), wrap)
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
  const logger = new TestLogger(trail, () => answers.shift() ?? {}, wrap)
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
  const logger = new TestLogger(trail, () => ({}), wrap)
  await logger.logAll([])
  const all = logger.logAll([say('1'), say('2')])
  let done = false
  all.then(() => { done = true }, () => {})
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(done)
  acknowledge(new Error('disk is full'))
  await t.rejects(all, { message: 'disk is full' })
})

test('thousands of events are said in stretches between which the event loop goes on, and what is said meanwhile comes after them', async t => {
  const { trail, logged, acknowledge } = recordingTrail()
  const logger = new TestLogger(trail, () => ({}), wrap)
  const all = logger.logAll(Array.from({ length: 10_000 }, (_, i) => say(String(i))))
  logger.log(say('after'))
  t.equal(logged.length, STRETCH, 'the first of them at once')
  let turns = 0
  let most = 0
  for (let before = logged.length; logged.length <= 10_000; turns++, before = logged.length) {
    await new Promise(resolve => setImmediate(resolve))
    most = Math.max(most, logged.length - before)
  }
  t.ok(turns >= 10_000 / STRETCH - 1)
  t.ok(most <= STRETCH + 1, `${most} in one turn`)
  t.same(logged.map(([message]) => message), [...Array.from({ length: 10_000 }, (_, i) => String(i)), 'after'])
  logger.log(say('later'))
  t.equal(logged.length, 10_002, 'nobody waits any more')
  acknowledge()
  await all
})

test('a repository is wrapped for this logger', async t => {
  const { trail } = recordingTrail()
  const options = {}
  const seen: unknown[] = []
  const logger: TestLogger = new TestLogger(trail, () => ({}), (repository, given, find) => {
    seen.push(given, find())
    return repository
  })
  logger.repository({}, options)
  t.equal(seen[0], options)
  t.equal(seen[1], logger)
})

test('what is given up is recorded with what is known, in order, and what comes later is not held up', async t => {
  const { trail, logged, giveUp } = recordingTrail()
  const logger = new TestLogger(trail, () => new Promise(() => {}), wrap)
  logger.log(say('1'))
  logger.logAll([say('2'), say('3')])
  giveUp()
  await new Promise(resolve => setImmediate(resolve))
  t.same(logged.map(([message, facts]) => [message, facts]), [['1', {}], ['2', {}], ['3', {}]])
})

test('facts that cannot be had keep no event from going out', async t => {
  for (const facts of [() => { throw new Error('trustProxy throws') }, () => Promise.reject(new Error('trustProxy throws'))]) {
    const { trail, logged } = recordingTrail()
    new TestLogger(trail, facts, wrap).log(say('1'))
    await new Promise(resolve => setImmediate(resolve))
    t.match(logged, [['1', { error: { code: 'AUDIT_ERR_SCOPE', message: 'trustProxy throws' } }, 1]])
  }
})

test('without a request nothing is known of the scope', async t => {
  const { trail, logged } = recordingTrail()
  new RequestlessLogger(trail, wrap).log(say('1'))
  t.same(logged, [['1', {}, 1]])
})

test('whoever does not answer is waited for once: what is said after it has been given up goes out at once, in order', async t => {
  const { trail, logged, giveUp } = recordingTrail()
  let know!: (facts: ScopeFacts) => void
  const answer = new Promise<ScopeFacts>(resolve => { know = resolve })
  const logger = new TestLogger(trail, () => answer, wrap)
  logger.log(say('1'))
  logger.log(say('2'))
  t.same(logged, [])
  giveUp()
  logger.log(say('3'))
  t.same(logged.map(([message]) => message), ['1', '2', '3'])
  know({ user: { name: 'late' } })
  for (let i = 0; i < 5; i++) await null
  t.equal(logged.length, 3, 'and nothing twice')
  logger.log(say('4'))
  for (let i = 0; i < 5; i++) await null
  t.match(logged[3], ['4', { user: { name: 'late' } }])
})

test('ensure follows on_failure, log tells the truth', async t => {
  const { trail, acknowledge } = recordingTrail()
  const asked: unknown[] = []
  const onFailure = { holds: () => true, mayGoOn: async (kind: string, acknowledged: Promise<unknown>) => { asked.push(kind); await acknowledged.catch(() => {}) } }
  const logger = new TestLogger({ ...trail, onFailure } as unknown as Trail, () => ({}), wrap)
  const logged = logger.log(say('1'))
  const ensured = logger.ensure({ message: '2', event: { action: 'user_login', category: 'authentication' } })
  acknowledge(new Error('disk is full'))
  await t.rejects(logged, { message: 'disk is full' })
  await ensured
  t.same(asked, ['authentication'])
})

test('ensure that nobody waits for ends no process', async t => {
  const { trail, acknowledge } = recordingTrail()
  const unhandled: unknown[] = []
  const remember = (reason: unknown): void => { unhandled.push(reason) }
  process.on('unhandledRejection', remember)
  const onFailure = { holds: () => true, mayGoOn: async (_kind: string, acknowledged: Promise<unknown>) => { await acknowledged } }
  const ensured = new TestLogger({ ...trail, onFailure } as unknown as Trail, () => ({}), wrap).ensure(say('1'))
  acknowledge(new Error('disk is full'))
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', remember)
  t.same(unhandled, [])
  await t.rejects(ensured, { message: 'disk is full' }, 'who does wait is told')
})

test('what is no list is one event, and nothing is thrown', async t => {
  const { proxy: revoked, revoke } = Proxy.revocable([], {})
  revoke()
  const unreadable = new Proxy([say('1')], { get () { throw new Error('no') } })
  for (const odd of [null, undefined, {}, { length: 1 }, 'text', 7, new Set([say('1')]), revoked, unreadable]) {
    for (const facts of [() => ({}), () => Promise.resolve({})]) {
      const said: unknown[] = []
      const trail = {
        now: () => 0,
        logAll: async (events: readonly unknown[]) => { said.push(...events) },
        hold: () => ({ acknowledged: Promise.resolve(), record (events: readonly unknown[]) { said.push(...events) } })
      } as unknown as Trail
      await new TestLogger(trail, facts, wrap).logAll(odd as unknown as AuditEvent[])
      await new Promise(resolve => setImmediate(resolve))
      t.equal(said.length, 1)
    }
  }
})

test('the handle of a task has what was found out for its event, and waits for nobody who does not answer', async t => {
  const { trail, acknowledge, giveUp } = recordingTrail()
  acknowledge()
  const facts = { user: { name: 'late' }, trace: { id: 'abc' } }
  t.match(await new TestLogger(trail, () => Promise.resolve(facts), wrap).task({ id: '1' }), facts)
  const given = new TestLogger(trail, () => new Promise<never>(() => {}), wrap).task({ id: '2' })
  giveUp()
  const { user, trace } = await given
  t.equal(user, undefined)
  t.match(trace.id, /^[0-9a-f]{32}$/)
})
