import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type Test, test } from 'tap'
import { createNatsSender, type NatsSettings } from '../../../lib/appenders/nats/sender.js'
import type { Sender, SendFailure, ShippedEvent, Verdict } from '../../../lib/appenders/shipping/sender.js'
import { eventually } from '../../support/audited-app.js'
import { startNatsStream, type NatsStream } from '../../support/nats-stream.js'

const STAYS = new AbortController().signal
const events = (count: number, from = 0): ShippedEvent[] => Array.from({ length: count }, (_, index) => ({ id: `id-${from + index}`, time: 0, line: `{"n":${from + index}}` }))
const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id)

function senderFor (t: Test, { url }: NatsStream, more: Partial<NatsSettings> = {}): Sender {
  const sender = createNatsSender({ connect, jetstream, jetstreamManager }, { connection: { servers: [url], reconnectTimeWait: 50 }, subject: 'audit', stream: 'AUDIT', maxInFlight: 100, timeout: 500, ...more })
  t.teardown(() => sender.close())
  return sender
}

/** What was known of a batch that failed. */
async function failed (sent: Promise<readonly Verdict[]>): Promise<{ readonly message: string, readonly verdicts: readonly Verdict[] }> {
  const error = await sent.then(() => { throw new Error('expected a failure') }, (thrown: SendFailure) => thrown)
  return { message: error.message, verdicts: error.verdicts ?? [] }
}

test('each event is a message with its id, in order, for the stream that was named', async t => {
  const stream = await startNatsStream(t)
  const sender = senderFor(t, stream)
  t.same(await sender.send(events(500), STAYS), events(500).map(() => 'delivered'))
  t.same(stream.stored, events(500).map(({ id, line }) => ({ subject: 'audit', id, expectedStream: 'AUDIT', payload: line })))
  t.same(stream.requests, [], 'who may only publish can do this')
})

test('what the stream has already is delivered', async t => {
  const stream = await startNatsStream(t)
  const sender = senderFor(t, stream)
  await sender.send(events(3), STAYS)
  t.same(await sender.send(events(5), STAYS), events(5).map(() => 'delivered'))
  t.same(ids(stream.stored), ids(events(5)))
})

test('what is not acknowledged is sent again, and nothing is sent after it has failed', async t => {
  const stream = await startNatsStream(t, { answer: ({ id }, count) => id === 'id-3' && count < 10 ? 'silence' : 'acknowledge' })
  const sender = senderFor(t, stream, { maxInFlight: 1 })
  t.match(await failed(sender.send(events(6), STAYS)), { message: /the stream "AUDIT" has not answered in time/, verdicts: ['delivered', 'delivered', 'delivered', 'again', 'again', 'again'] })
  t.same(ids(stream.published), ids(events(4)), 'what follows is not there before it')
  for (let attempt = 0; attempt < 6; attempt++) await sender.send(events(3, 3), STAYS).catch(() => {})
  t.same(ids(stream.stored), ids(events(6)))
})

test('a cluster without a leader, an outage and a full stream pass: all is tried again', async t => {
  const faults = [
    ['no-responders', /no stream takes the subject "audit" at the moment/],
    [{ error: { code: 503, err_code: 10077, description: 'maximum messages exceeded' } }, /maximum messages exceeded/],
    [{ error: { code: 400, err_code: 10060, description: 'expected stream does not match' } }, /expected stream does not match/]
  ] as const
  for (const [answer, message] of faults) {
    let isBroken = true
    const stream = await startNatsStream(t, { answer: () => isBroken ? answer : 'acknowledge' })
    const sender = senderFor(t, stream)
    t.match(await failed(sender.send(events(3), STAYS)), { message, verdicts: ['again', 'again', 'again'] })
    isBroken = false
    t.same(await sender.send(events(3), STAYS), ['delivered', 'delivered', 'delivered'])
  }
})

test('a connection that is closed in the middle is opened anew, and every event is there once', async t => {
  const stream = await startNatsStream(t, { answer: (_, count) => count === 40 ? 'close' : 'acknowledge' })
  const sender = senderFor(t, stream)
  const { verdicts } = await failed(sender.send(events(100), STAYS))
  t.ok(verdicts.includes('again'), 'it was closed')
  await eventually(async () => await sender.send(events(100), STAYS).then(() => true, () => false))
  t.same(ids(stream.stored).sort(), ids(events(100)).sort())
  t.equal(stream.logins.length, 2)
})

test('a message that is too large is rejected, by the client or by the stream, and the rest delivered', async t => {
  const stream = await startNatsStream(t, { answer: ({ id }) => id === 'id-1' ? { error: { code: 400, err_code: 10054, description: 'message size exceeds maximum allowed' } } : 'acknowledge' })
  const sender = senderFor(t, stream)
  const huge = { id: 'huge', time: 0, line: 'x'.repeat(70_000) }
  t.match(await sender.send([...events(2), huge, ...events(1, 2)], STAYS), ['delivered', { rejected: /message size exceeds maximum allowed/ }, { rejected: /max_payload/ }, 'delivered'])
})

test('nobody there: the reason; and as soon as there is somebody, delivered', async t => {
  const sender = senderFor(t, { url: 'nats://127.0.0.1:1' } as NatsStream)
  t.match(await failed(sender.send(events(1), STAYS)), { message: /^NATS: .+/, verdicts: ['again'] })
})

test('a stream is made where it is not there and that is asked for, once', async t => {
  const create = { num_replicas: 3, max_age: 0, max_bytes: -1, duplicate_window: 3_600_000_000_000 }
  const stream = await startNatsStream(t, { isThere: false })
  const sender = senderFor(t, stream, { create })
  await sender.send(events(1), STAYS)
  await sender.send(events(1, 1), STAYS)
  t.same(stream.requests.map(({ subject }) => subject), ['$JS.API.STREAM.INFO.AUDIT', '$JS.API.STREAM.CREATE.AUDIT'])
  t.match(stream.requests[1]?.body, { name: 'AUDIT', subjects: ['audit'], ...create })
})

test('the end of the application is not held up by a stream that does not answer', async t => {
  const stream = await startNatsStream(t, { answer: ({ id }) => id === 'id-0' ? 'acknowledge' : 'silence' })
  const sender = senderFor(t, stream, { timeout: 600_000 })
  const ending = new AbortController()
  const sent = failed(sender.send(events(2), ending.signal))
  await eventually(() => stream.published.length === 2 && stream.stored.length === 1)
  ending.abort()
  t.match(await sent, { message: /given up, because the application ends/ })
  t.match(await failed(sender.send(events(1), ending.signal)), { message: /given up/ })
})
