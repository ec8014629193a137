import { test } from 'tap'
import type { Appender, Batch, Durability } from '../../lib/contracts.js'
import type { Deadlines } from '../../lib/trail/deadlines.js'
import type { DeliveryObserver } from '../../lib/trail/delivery-parts.js'
import { createDelivery } from '../../lib/trail/delivery.js'
import { createSlowAppender, isSettled, turn, underWay } from '../support/slow-appender.js'

/** A clock that the test moves: `now` counts steps, ten of them are the time-out. */
function createTestClock (): Deadlines & { now: number } {
  const clock = { now: 0, mark: () => clock.now, passed: (mark: number) => clock.now - mark >= 10, stop () {} }
  return clock
}

function createObserver (): DeliveryObserver & { readonly told: unknown[] } {
  const told: unknown[] = []
  return {
    told,
    written: lines => { told.push(['written', lines]) },
    lost: (lines, error) => { told.push(['lost', lines, error.message]) },
    failed: error => { told.push(['failed', error.message]) },
    recovered: () => { told.push('recovered') },
    refused: (kinds, error) => { told.push(['refused', kinds, error.message]) }
  }
}

function deliveryTo (appender: Appender, { maxBytes = 2 ** 20, durability = 'write' }: { maxBytes?: number, durability?: Durability } = {}) {
  const observer = createObserver()
  const clock = createTestClock()
  return { delivery: createDelivery({ appender, observer, deadlines: clock, maxBytes, durability }), told: observer.told, clock }
}

const KIND = 1

test('what is said in one turn of the event loop goes out as one batch, what is said during the write as the next', async t => {
  const appender = createSlowAppender()
  const { delivery } = deliveryTo(appender)
  const first = delivery.accept('é1\n', 10, KIND)
  t.equal(delivery.accept('2\n', 20, KIND), first, 'one promise for a batch')
  await turn()
  const third = delivery.accept('3\n', 30, KIND)
  delivery.accept('4\n', 40, KIND)
  t.notOk(await isSettled(first))
  t.match(delivery.queue, { lines: 4, bytes: 10 })
  appender.release()
  await first
  t.notOk(await isSettled(third), 'the second batch is not acknowledged by the first')
  appender.release()
  await third
  t.same(appender.batches, ['é1\n2\n', '3\n4\n'])
  t.match(delivery.queue, { lines: 0, bytes: 0 })
})

test('a sync is shared by what is said in two turns of the event loop, also by what comes after one', async t => {
  const appender = createSlowAppender()
  const { delivery } = deliveryTo(appender, { durability: 'fsync' })
  const first = delivery.accept('1\n', 10, KIND)
  await turn()
  t.equal(delivery.accept('2\n', 20, KIND), first)
  await underWay(appender)
  const second = delivery.accept('3\n', 30, KIND)
  appender.release()
  await first
  t.equal(delivery.accept('4\n', 40, KIND), second, 'who has waited for the first goes on')
  await turn()
  t.equal(delivery.accept('5\n', 50, KIND), second)
  await underWay(appender)
  appender.release()
  await second
  t.same(appender.batches, ['1\n2\n', '3\n4\n5\n'])
  t.match(delivery.queue, { lines: 0, bytes: 0 })
})

test('more lines than a buffer holds keep their order, lines of any length stay whole', async t => {
  const written: string[] = []
  const { delivery } = deliveryTo({
    async append (batch: Batch) {
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
  }, { maxBytes: 2 ** 30 })
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${'漢'.repeat(i % 400)}\n`)
  lines.splice(100, 0, 'x'.repeat(5_000_000) + '\n', '👩‍💻'.repeat(300_000) + '\n')
  for (const line of lines) delivery.accept(line, 0, KIND)
  await delivery.flush()
  t.ok(written.every((line, i) => line === lines[i]) && written.length === lines.length)
})

test('a failed write refuses everybody who waits at once, and is tried again from the first line that is not written', async t => {
  const appender = createSlowAppender()
  const { delivery, told } = deliveryTo(appender)
  const first = delivery.accept('1\n', 0, 1)
  delivery.accept('2\n', 0, 2)
  delivery.accept('3\n', 0, 1)
  await turn()
  const next = delivery.accept('4\n', 0, 4)
  appender.release(new Error('disk is full'), 1)
  await t.rejects(first, { message: 'disk is full' })
  await t.rejects(next, { message: 'disk is full' })
  t.match(delivery.queue, { lines: 3, bytes: 6 })
  await t.rejects(delivery.accept('5\n', 0, 8), { message: 'disk is full' }, 'nor does anybody wait who comes now')
  await underWay(appender)
  appender.release(new Error('still full'), 0)
  await underWay(appender)
  t.match(delivery.failure, { message: 'still full' })
  appender.release()
  await underWay(appender)
  const after = delivery.accept('6\n', 0, KIND)
  t.equal(delivery.failure, null)
  appender.release()
  await underWay(appender)
  t.notOk(await isSettled(after), 'what comes after the recovery waits for its own batch')
  appender.release()
  await underWay(appender)
  appender.release()
  await after
  t.equal(appender.text, '1\n2\n3\n4\n5\n6\n', 'each line once, in order')
  t.same(told, [
    ['written', 1], ['failed', 'disk is full'], ['refused', 3, 'disk is full'], ['refused', 4, 'disk is full'], ['refused', 8, 'disk is full'],
    ['failed', 'still full'], 'recovered', ['written', 2], ['written', 1], ['written', 1], ['written', 1]
  ])
})

test('an appender that does not answer holds nobody longer than the time-out; when it answers after all, everything is written once', async t => {
  const appender = createSlowAppender()
  const { delivery, clock } = deliveryTo(appender)
  const first = delivery.accept('1\n', 0, KIND)
  await turn()
  clock.now = 5
  const second = delivery.accept('2\n', 0, KIND)
  clock.now = 9
  t.ok(delivery.expire())
  t.notOk(await isSettled(first))
  clock.now = 10
  t.ok(delivery.expire())
  await t.rejects(first, { code: 'AUDIT_ERR_TIMEOUT' })
  await t.rejects(second, { code: 'AUDIT_ERR_TIMEOUT' }, 'nor those behind it')
  await t.rejects(delivery.accept('3\n', 0, KIND), { code: 'AUDIT_ERR_TIMEOUT' }, 'nor those who come now')
  appender.release()
  await underWay(appender)
  t.equal(delivery.failure, null)
  const fourth = delivery.accept('4\n', 0, KIND)
  clock.now = 19
  delivery.expire()
  t.equal(delivery.failure, null, 'what has been refused does not time out again')
  appender.release()
  await underWay(appender)
  appender.release()
  await underWay(appender)
  appender.release()
  await fourth
  t.equal(appender.text, '1\n2\n3\n4\n')
})

test('a retry that hangs is a time-out, too', async t => {
  const appender = createSlowAppender()
  const { delivery, clock } = deliveryTo(appender)
  const first = delivery.accept('1\n', 0, KIND)
  await turn()
  appender.release(new Error('once'))
  await t.rejects(first, { message: 'once' })
  await underWay(appender)
  clock.now = 10
  delivery.expire()
  t.match(delivery.failure, { code: 'AUDIT_ERR_TIMEOUT' })
  appender.release()
  await turn()
  t.equal(delivery.failure, null)
})

test('what does not fit into the queue is lost, told and refused; a line that is larger than the queue goes alone', async t => {
  const appender = createSlowAppender()
  const { delivery, told } = deliveryTo(appender, { maxBytes: 10 })
  delivery.accept('1234\n', 0, KIND)
  await turn()
  delivery.accept('äö\n', 0, KIND)
  await t.rejects(delivery.accept('!\n', 0, 2), { code: 'AUDIT_ERR_QUEUE_FULL' })
  t.same(told, [['lost', 1, told.flat()[2]], ['refused', 2, told.flat()[2]]])
  t.notOk(delivery.queue.hasRoom(1))
  appender.release()
  await turn()
  appender.release()
  await turn()
  const large = delivery.accept('x'.repeat(100) + '\n', 0, KIND)
  await turn()
  appender.release()
  await large
  t.match(delivery.queue, { lines: 0, bytes: 0 })
})

test('without acknowledgements nobody waits, and failures are told all the same', async t => {
  const appender = createSlowAppender()
  const { delivery, told } = deliveryTo(appender, { durability: 'none' })
  await delivery.accept('1\n', 0, KIND)
  await turn()
  appender.release(new Error('no'))
  await turn()
  await delivery.accept('2\n', 0, KIND)
  t.same(told, [['failed', 'no'], ['refused', 1, 'no'], ['refused', 1, 'no']])
})

test('an appender that throws, or rejects with no error at all, has failed all the same', async t => {
  const rejections: Appender['append'][] = [
    () => { throw new Error('thrown') },
    ...[null, undefined, 'text'].map(nothing => async () => { throw nothing })
  ]
  for (const append of rejections) {
    const { delivery, told } = deliveryTo({ append, async close () {} })
    await t.rejects(delivery.accept('1\n', 0, KIND), { message: /^(thrown|null|undefined|text)$/ })
    t.equal(told.length, 2)
  }
})

test('a rejection that nobody handles does not end the process', async t => {
  let isUnhandled = false
  const onUnhandled = (): void => { isUnhandled = true }
  process.on('unhandledRejection', onUnhandled)
  const { delivery } = deliveryTo({ async append () { throw new Error('thrown') }, async close () {} }, { maxBytes: 3 })
  delivery.accept('1\n', 0, KIND)
  delivery.accept('2\n', 0, KIND)
  delivery.flush()
  for (let i = 0; i < 5; i++) await turn()
  process.off('unhandledRejection', onUnhandled)
  t.notOk(isUnhandled)
})

test('flush waits for what was accepted before it, through failures, as long as the time-out allows', async t => {
  const appender = createSlowAppender()
  const { delivery, clock } = deliveryTo(appender)
  await delivery.flush()
  delivery.accept('1\n', 0, KIND)
  const flushed = delivery.flush()
  await turn()
  delivery.accept('2\n', 0, KIND)
  appender.release(new Error('once'))
  await underWay(appender)
  t.notOk(await isSettled(flushed))
  appender.release()
  await flushed
  const late = delivery.flush()
  clock.now = 10
  delivery.expire()
  await t.rejects(late, { code: 'AUDIT_ERR_TIMEOUT' })
})

test('a probe finds out that nothing can be written before anything is said', async t => {
  const appender = createSlowAppender()
  const { delivery } = deliveryTo(appender)
  delivery.probe()
  appender.release(new Error('no such folder'))
  await turn()
  t.match(delivery.failure, { message: 'no such folder' })
  await t.rejects(delivery.accept('1\n', 0, KIND), { message: 'no such folder' })
  await underWay(appender)
  appender.release()
  await underWay(appender)
  appender.release()
  await delivery.flush()
  t.equal(appender.text, '1\n')
})

test('before the process ends everything is written at once, and nothing again when it goes on', async t => {
  const appender = createSlowAppender()
  const { delivery, told } = deliveryTo(appender)
  const first = delivery.accept('1\n', 0, KIND)
  await turn()
  const second = delivery.accept('2\n', 0, KIND)
  delivery.writeNow()
  t.equal(appender.text, '1\n2\n')
  await Promise.all([first, second])
  t.same(told, [['written', 1], ['written', 1]])
  t.match(delivery.queue, { lines: 0, bytes: 0 })
  delivery.writeNow()
  const third = delivery.accept('3\n', 0, KIND)
  await turn()
  appender.release()
  await third
  t.equal(appender.text, '1\n2\n3\n')
})

test('what could not be written at once stays in the queue', async t => {
  const appender = createSlowAppender()
  const { delivery } = deliveryTo({ ...appender, append: appender.append, appendNow: () => 2 })
  delivery.accept('1\n', 0, KIND)
  await turn()
  delivery.accept('2\n', 0, KIND)
  delivery.accept('3\n', 0, KIND)
  delivery.writeNow()
  t.match(delivery.queue, { lines: 2, bytes: 4 })
})

test('closing writes what waits, tries once more at once what failed, then closes the appender', async t => {
  const appender = createSlowAppender()
  const { delivery } = deliveryTo(appender)
  delivery.accept('1\n', 0, KIND)
  await turn()
  appender.release(new Error('once'))
  await turn()
  delivery.accept('2\n', 0, KIND)
  const closed = delivery.close()
  t.ok(appender.isUnderWay, 'it does not wait for the pause to pass')
  appender.release()
  await turn()
  t.notOk(appender.isClosed)
  appender.release()
  await closed
  t.ok(appender.isClosed)
  t.equal(appender.text, '1\n2\n')
})

test('closing gives up on an appender that never answers, and counts what it held as lost, once', async t => {
  const appender = createSlowAppender()
  const { delivery, told, clock } = deliveryTo(appender)
  const first = delivery.accept('1\n', 0, KIND)
  await turn()
  delivery.accept('2\n', 0, KIND)
  const closed = delivery.close()
  clock.now = 10
  delivery.expire()
  await closed
  await t.rejects(first, { code: 'AUDIT_ERR_TIMEOUT' })
  t.same(told.filter(entry => Array.isArray(entry) && entry[0] === 'lost').map(entry => (entry as unknown[])[1]), [2])
  appender.release()
  await turn()
  t.notOk(told.some(entry => Array.isArray(entry) && entry[0] === 'written'), 'too late to be counted again')
})
