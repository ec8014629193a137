import { test } from 'tap'
import type { Appender, Batch } from '../../lib/contracts.js'
import { createDelivery } from '../../lib/trail/delivery.js'

interface Slow extends Appender {
  readonly batches: { text: string, ends: number[], times: number[] }[]
  /** Settles the append that is under way. */
  release (error?: Error): void
  underWay: boolean
  closed: boolean
}

/** An appender that takes as long as the test wants. */
function slowAppender (): Slow {
  let settle: ((error?: Error) => void) | null = null
  const appender: Slow = {
    batches: [],
    underWay: false,
    closed: false,
    append (batch: Batch) {
      if (appender.underWay) throw new Error('called again before it had settled')
      appender.underWay = true
      appender.batches.push({ text: batch.bytes.toString(), ends: [...batch.ends], times: [...batch.times] })
      return new Promise((resolve, reject) => {
        settle = error => {
          appender.underWay = false
          if (error === undefined) resolve()
          else reject(error)
        }
      })
    },
    async close () { appender.closed = true },
    release (error) { settle!(error) }
  }
  return appender
}

const nothing = { written () {}, failed () {} }
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false
  promise.then(() => { settled = true }, () => { settled = true })
  await turn()
  return settled
}

test('what is said in one turn of the event loop goes out as one batch, what is said during the write as the next', async t => {
  const appender = slowAppender()
  const delivery = createDelivery(appender, nothing)
  const first = delivery.accept('é1\n', 10)
  t.equal(delivery.accept('2\n', 20), first, 'one promise for a batch')
  await turn()
  const third = delivery.accept('3\n', 30)
  delivery.accept('4\n', 40)
  t.notOk(await isSettled(first))
  t.same(delivery.waiting(), { lines: 4, bytes: 10 })
  appender.release()
  await first
  t.notOk(await isSettled(third), 'the second batch is not acknowledged by the first')
  appender.release()
  await third
  t.same(appender.batches, [
    { text: 'é1\n2\n', ends: [4, 6], times: [10, 20] },
    { text: '3\n4\n', ends: [2, 4], times: [30, 40] }
  ])
  t.same(delivery.waiting(), { lines: 0, bytes: 0 })
})

test('more lines than a buffer holds keep their order, lines of any length stay whole', async t => {
  const written: string[] = []
  const delivery = createDelivery({
    async append (batch) {
      await turn()
      let start = 0
      for (const end of batch.ends) {
        written.push(batch.bytes.toString('utf8', start, end))
        start = end
      }
      t.equal(start, batch.bytes.length)
      t.equal(batch.times.length, batch.ends.length)
    },
    async close () {}
  }, nothing)
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${'漢'.repeat(i % 400)}\n`)
  lines.splice(100, 0, 'x'.repeat(5_000_000) + '\n', '👩‍💻'.repeat(300_000) + '\n')
  for (const line of lines) delivery.accept(line, 0)
  await delivery.flush()
  t.ok(written.every((line, i) => line === lines[i]) && written.length === lines.length)
})

test('a failed batch rejects its own promise, is counted, and the next goes on', async t => {
  const appender = slowAppender()
  const told: unknown[] = []
  const delivery = createDelivery(appender, { written: lines => told.push(lines), failed: (lines, error) => told.push([lines, error.message]) })
  const first = delivery.accept('1\n', 0)
  delivery.accept('2\n', 0)
  await turn()
  const second = delivery.accept('3\n', 0)
  const flushed = delivery.flush()
  flushed.catch(() => {})
  appender.release(new Error('disk is full'))
  await t.rejects(first, { message: 'disk is full' })
  await turn()
  appender.release()
  await second
  await t.rejects(flushed, { message: 'disk is full' }, 'flush says that something was not written')
  t.same(told, [[2, 'disk is full'], 1])
})

test('an appender that throws instead of rejecting is like one that rejects', async t => {
  const delivery = createDelivery({ append () { throw new Error('thrown') }, async close () {} }, nothing)
  await t.rejects(delivery.accept('1\n', 0), { message: 'thrown' })
})

test('a rejection that nobody handles does not end the process', async t => {
  let unhandled = false
  const onUnhandled = (): void => { unhandled = true }
  process.on('unhandledRejection', onUnhandled)
  const delivery = createDelivery({ async append () { throw new Error('thrown') }, async close () {} }, nothing)
  delivery.accept('1\n', 0)
  for (let i = 0; i < 5; i++) await turn()
  process.off('unhandledRejection', onUnhandled)
  t.notOk(unhandled)
})

test('closing writes what waits, then closes the appender', async t => {
  const appender = slowAppender()
  const delivery = createDelivery(appender, nothing)
  delivery.accept('1\n', 0)
  await turn()
  delivery.accept('2\n', 0)
  const closed = delivery.close()
  t.notOk(appender.closed)
  appender.release()
  await turn()
  t.notOk(appender.closed)
  appender.release(new Error('no'))
  await closed
  t.ok(appender.closed)
  t.same(appender.batches.map(batch => batch.text), ['1\n', '2\n'])
})

test('an appender that rejects with no error at all has failed all the same', async t => {
  for (const nothing of [null, undefined, 'text']) {
    const told: string[] = []
    const delivery = createDelivery({ append: () => Promise.reject(nothing), async close () {} }, { written () { t.fail('nothing was written') }, failed: (_lines, error) => { told.push(error.message) } })
    await t.rejects(delivery.accept('1\n', 0), { message: String(nothing) })
    await t.rejects(delivery.accept('2\n', 0))
    t.equal(told.length, 2)
  }
})
