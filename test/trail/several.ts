import { test } from 'tap'
import type { Appender, AuditEvent, FailureClass, FailurePolicy, Layout } from '../../lib/contracts.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import type { Destination } from '../../lib/trail/outlet.js'
import type { Routing } from '../../lib/trail/several.js'
import { createTrail, type Trail } from '../../lib/trail/trail.js'
import { createSlowAppender, isSettled, type SlowAppender, turn } from '../support/slow-appender.js'
import { eventually } from '../support/audited-app.js'

const policiesWith = (word: FailurePolicy): Record<FailureClass, FailurePolicy> => ({ writes: word, reads: word, http: word, authentication: word })
const brief: Layout = record => record.message + '\n'
const saying = (message: string, action = 'a'): AuditEvent => ({ message, event: { action } })

interface Setup { trail: Trail, appenders: Record<string, SlowAppender>, stderr: string[], told: string[] }

/** A trail with an appender for each name; each starts when its first, empty batch is released. */
async function setupOf (names: Record<string, Partial<Destination>>, { routing = {}, maxBytes = 2 ** 20, timeout = 60_000 }: { routing?: Partial<Routing>, maxBytes?: number, timeout?: number } = {}): Promise<Setup> {
  const stderr: string[] = []
  const told: string[] = []
  const appenders = Object.fromEntries(Object.keys(names).map(name => [name, createSlowAppender()]))
  const log = { info: (details: object, message: string) => told.push(`${JSON.stringify(details)} ${message}`), warn () {}, error: (details: object) => told.push(`${(details as { appender?: string }).appender} fails`) }
  const trail = createTrail({
    destinations: Object.entries(names).map(([name, own]) => ({ name, type: 'file', appender: appenders[name]!, layout: brief, ignores: () => false, durability: 'write', policies: policiesWith('continue'), ...own })),
    routing: { route: () => null, fallback: undefined, routesToFallback: false, lastRung: line => stderr.push(line), ...routing },
    ignores: () => false,
    surroundings: { now: Date.now, log },
    policies: policiesWith('continue'),
    onFailure: ALWAYS_GO_ON,
    queue: { maxBytes, timeout },
    stop () {}
  })
  for (const appender of Object.values(appenders)) if (appender.isUnderWay) appender.release()
  await turn()
  return { trail, appenders, stderr, told }
}

const isExact = ({ accepted, written, ignored, lost, queued }: ReturnType<Trail['status']>): boolean => accepted === written + ignored + lost + queued

async function fails (appender: SlowAppender): Promise<void> {
  await eventually(() => appender.isUnderWay)
  appender.release(new Error('disk is full'))
  await turn()
}

test('one that hangs does not hold up the other, and the event is written when both have it', async t => {
  const { trail, appenders: { fast, hangs } } = await setupOf({ fast: {}, hangs: {} })
  const acknowledged = trail.log(saying('one'), {}, 0)
  await turn()
  fast!.release()
  await turn()
  trail.log(saying('two'), {}, 0)
  await turn()
  fast!.release()
  await turn()
  t.equal(fast!.text, 'one\ntwo\n')
  t.equal(await isSettled(acknowledged), false)
  t.match(trail.status(), { accepted: 2, written: 0, queued: 2, appenders: { fast: { written: 2, queued: 0 }, hangs: { written: 0, queued: 2 } } })
  hangs!.release()
  await acknowledged
  t.match(trail.status(), { written: 1, queued: 1 })
  t.ok(isExact(trail.status()))
})

test('a copy that may fail is not waited for where another appender is strict, nor one of durability none', async t => {
  const { trail, appenders: { strict } } = await setupOf({ strict: { policies: policiesWith('block') }, copy: {}, none: { policies: policiesWith('block'), durability: 'none' } })
  const acknowledged = trail.log(saying('one'), {}, 0)
  await turn()
  t.equal(await isSettled(acknowledged), false)
  strict!.release()
  await acknowledged
})

test('an event goes where its route says; each appender has its filters; each layout runs once', async t => {
  let runs = 0
  const counted: Layout = record => { runs++; return record.message + '\n' }
  const { trail, appenders: { a, b, c } } = await setupOf(
    { a: { layout: counted }, b: { layout: counted, ignores: ({ message }) => message === 'not for b' }, c: { layout: () => 'other\n', ignores: ({ message }) => message === 'for nobody' } },
    { routing: { route: ({ message, event }) => message === 'for nobody' ? ['c'] : event.action === 'both' ? ['a', 'b'] : null } })
  trail.log(saying('one', 'both'), {}, 0)
  t.equal(runs, 1)
  trail.log(saying('not for b'), {}, 0)
  trail.log(saying('for nobody'), {}, 0)
  await turn()
  for (const appender of [a, b, c]) appender!.release()
  await turn()
  t.same([a!.text, b!.text, c!.text], ['one\nnot for b\n', 'one\n', 'other\n'])
  t.match(trail.status(), { accepted: 3, written: 2, ignored: 1, queued: 0 })
})

test('while one cannot write, the fallback has what comes, and its acknowledgement counts', async t => {
  const { trail, appenders: { main, reserve }, told } = await setupOf({ main: {}, reserve: { layout: record => `reserve ${record.message}\n` } }, { routing: { fallback: 'reserve' } })
  t.equal(trail.status().state, 'ok')
  const refused = trail.log(saying('one'), {}, 0)
  await fails(main!)
  await t.rejects(refused, /disk is full/)
  t.equal(trail.status().state, 'degraded')
  const acknowledged = trail.log(saying('two'), {}, 0)
  await eventually(() => reserve!.isUnderWay)
  reserve!.release()
  await acknowledged
  await eventually(() => main!.isUnderWay)
  main!.release()
  await turn()
  const back = trail.log(saying('three'), {}, 0)
  await turn()
  main!.release()
  await back
  t.same([main!.text, reserve!.text], ['one\nthree\n', 'reserve two\n'])
  t.match(told, ['main fails', /"appender":"main"/])
  t.match(trail.status(), { state: 'ok', written: 3, lost: 0, queued: 0, appenders: { main: { written: 2 }, reserve: { written: 1 } } })
})

test('when neither has room, standard error has the line, which is counted as lost once and told by one that works', async t => {
  const { trail, appenders: { main, reserve, other }, stderr } = await setupOf({ main: {}, reserve: {}, other: { ignores: ({ event }) => event.action === 'a' } }, { routing: { fallback: 'reserve' }, maxBytes: 4200 })
  for (const name of ['one', 'two', 'three']) trail.log(saying(name.repeat(800)), {}, 0)
  t.same(stderr, ['three'.repeat(800) + '\n'])
  t.match(trail.status(), { accepted: 3, lost: 1, queued: 2 })
  await turn()
  main!.release()
  await eventually(() => reserve!.isUnderWay)
  reserve!.release()
  for (const appender of [main, reserve, other]) {
    await eventually(() => appender!.isUnderWay)
    appender!.release()
    await turn()
  }
  t.match(other!.text, /1 audit event has been lost/)
  t.ok(isExact(trail.status()))
})

test('strict and without help: blocked; with a fallback that works: degraded', async t => {
  for (const fallback of [undefined, 'reserve']) {
    const { trail, appenders: { main } } = await setupOf({ main: { policies: policiesWith('block') }, reserve: {} }, { routing: { fallback } })
    trail.log(saying('one'), {}, 0)
    await fails(main!)
    t.equal(trail.status().state, fallback === undefined ? 'blocked' : 'degraded')
  }
})

test('a process that leaves writes what waits for each', async t => {
  const { trail, appenders: { a, b } } = await setupOf({ a: {}, b: {} })
  trail.log(saying('one'), {}, 0)
  trail.writeNow()
  t.same([a!.text, b!.text], ['one\n', 'one\n'])
  t.match(trail.status(), { written: 1, queued: 0 })
})

test('the fallback has an event once that several cannot take, however the log ends; standard error has none', async t => {
  // What is probed at start still works.
  const full = (): Appender => ({ append: ({ ends }) => ends.length === 0 ? Promise.resolve() : Promise.reject(new Error('disk is full')), close: async () => {} })
  const hangs = (): Appender => ({ append: () => new Promise(() => {}), close: async () => {} })
  for (const [kind, end] of [[full, (trail: Trail) => trail.close()], [hangs, (trail: Trail) => { trail.writeNow(true) }]] as const) {
    const { trail, appenders: { reserve }, stderr } = await setupOf({ a: { appender: kind() }, b: { appender: kind() }, reserve: {} }, { routing: { fallback: 'reserve' }, timeout: 50 })
    reserve!.append = async batch => { reserve!.text += batch.bytes.toString() }
    trail.log(saying('one'), {}, 0)
    await end(trail)
    t.equal(reserve!.text, 'one\n')
    t.same(stderr, [])
    t.match(trail.status(), { written: 1, lost: 0, queued: 0 })
    t.ok(isExact(trail.status()))
  }
})
