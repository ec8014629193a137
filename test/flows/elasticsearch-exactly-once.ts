// The promise of the elasticsearch appender: what was acknowledged is in the store, once, whatever
// the store answers and however often the application is killed. Here the store is a server that
// gives every bad answer; test/services has a real node that is killed.
import { join } from 'node:path'
import { test } from 'tap'
import { eventually } from '../support/audited-app.js'
import { type BulkFault, startFaultyElasticsearch } from '../support/faulty-elasticsearch.js'
import { roundsOf } from '../support/rounds.js'
import { acknowledgedNumbers, startShippingChild } from '../support/shipping-child.js'

const EVENTS = roundsOf(100_000)

/** One of each in a row, so that each meets many batches. */
const FAULTS: readonly BulkFault[] = [
  { status: 429, headers: { 'retry-after': '0' } },
  { item: index => index % 2 === 0 ? 429 : undefined, type: 'es_rejected_execution_exception' },
  { cut: 'after' },
  { status: 503, body: '<html>the proxy has no store</html>' },
  { cut: 'before' },
  { item: index => index > 10 ? 503 : undefined, type: 'unavailable_shards_exception' },
  { status: 413, body: '<html>too large</html>' },
  { status: 401 }
]

test(`${EVENTS} events through every fault, and an application that is killed twice: each once`, { timeout: 230_000 }, async t => {
  const folder = t.testdir()
  const store = await startFaultyElasticsearch(t)
  // Every other bulk meets one.
  store.misbehave = bulk => bulk % 2 === 0 ? FAULTS[bulk / 2 % FAULTS.length] : undefined
  const appender = { type: 'elasticsearch', nodes: store.url, spool: { path: join(folder, 'spool'), max_bytes: '1gb' }, batch: { max_events: Math.ceil(EVENTS / 200), timeout: '5ms' }, backoff: { init: '1ms', max: '20ms' } }

  const firsts = [0, 1_000_000, 2_000_000]
  for (const first of firsts) await startShippingChild(t, folder, appender, first).killAfter(EVENTS / firsts.length)
  t.ok(store.documents.length > 0, 'it was shipping when it was killed')
  const acknowledged = acknowledgedNumbers(folder, firsts)
  t.ok(acknowledged.length >= EVENTS, `${acknowledged.length} events had been acknowledged`)

  // What the killed ones have left is shipped by the next, and by nobody else.
  const last = startShippingChild(t, folder, appender, 3_000_000, 0)
  const numbers = (): number[] => store.documents.filter(({ source }) => (source.event as { action: string }).action === 'numbered').map(({ source }) => (source.labels as { number: number }).number)
  const isComplete = (): boolean => {
    if (store.documents.length < acknowledged.length) return false
    const there = new Set(numbers())
    return acknowledged.every(number => there.has(number))
  }
  for (let seen = -1; seen < store.documents.length && !isComplete();) {
    seen = store.documents.length
    await eventually(() => store.documents.length > seen + 500 || isComplete())
  }
  await last.kill()

  const there = numbers()
  const distinct = new Set(there)
  t.same(acknowledged.filter(number => !distinct.has(number)).length, 0, 'nothing that was acknowledged is missing')
  t.equal(distinct.size, there.length, 'nothing is there twice')
  t.ok(there.length - acknowledged.length < 1000, `${there.length - acknowledged.length} more had been written when they were killed`)
  t.ok(store.met.cut > 5 && store.met.item > 5 && store.met.status > 10, `the faults have happened: ${JSON.stringify(store.met)}`)
})
