import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { test } from 'tap'
import { createHttpTransport } from '../../../lib/appenders/otel/http.js'
import { createLogRecords } from '../../../lib/appenders/otel/log-record.js'
import { createOtelSender } from '../../../lib/appenders/otel/sender.js'
import type { Sender, ShippedEvent } from '../../../lib/appenders/shipping/sender.js'
import { type CollectorAnswer, type OtlpCollector, startOtlpCollector } from '../../support/otlp-collector.js'

const STAYS = new AbortController().signal
const events = (count: number): ShippedEvent[] => Array.from({ length: count }, (_, n) => ({ id: `id-${n}`, time: 1_767_323_045_006, line: JSON.stringify({ message: `m${n}`, event: { id: `id-${n}` }, log: { level: 'INFO' }, trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736' } }) }))
const FORMS = [['application/x-protobuf', ProtobufLogsSerializer], ['application/json', JsonLogsSerializer]] as const

function sendersFor ({ url }: OtlpCollector, warnings: string[]): Sender[] {
  const logRecordOf = createLogRecords(resourceFromAttributes({ 'service.name': 'shop' }))
  return FORMS.map(([contentType, serializer]) =>
    createOtelSender(createHttpTransport({ url, headers: {}, contentType, tls: { rejectUnauthorized: true }, timeout: 5000 }), serializer, logRecordOf, message => { warnings.push(message) }))
}

test('a batch is one request of OTLP, in both of its forms', async t => {
  const collector = await startOtlpCollector(t)
  for (const sender of sendersFor(collector, [])) {
    collector.records.length = 0
    t.same(await sender.send(events(100), STAYS), events(100).map(() => 'delivered'))
    t.same(collector.records.map(({ attributes }) => attributes['log.record.uid']), events(100).map(({ id }) => id))
    t.match(collector.records[7], { time: '1767323045006000000', observed: '1767323045006000000', severity: 9, severityText: 'INFO', body: 'm7', traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '', resource: { 'service.name': 'shop' }, scope: 'fastify-audit' })
    await sender.close()
  }
  t.equal(collector.requests.length, 2)
})

test('a collector that rejects some of them does not say which: all are rejected, with what it said', async t => {
  let answer: CollectorAnswer = {}
  const warnings: string[] = []
  const collector = await startOtlpCollector(t, { answer: () => answer })
  for (const sender of sendersFor(collector, warnings)) {
    answer = { partialSuccess: { rejectedLogRecords: 1, errorMessage: 'attribute x is too long' } }
    t.same(await sender.send(events(3), STAYS), events(3).map(() => ({ rejected: 'the collector has rejected 1 of 3 log records, and does not say which: what it has taken of these 3 it has, too: attribute x is too long' })))
    t.same(await sender.send(events(1), STAYS), [{ rejected: 'the collector has rejected 1 of 1 log records: attribute x is too long' }])
    answer = { partialSuccess: { rejectedLogRecords: 0, errorMessage: 'this URL goes away' } }
    t.same(await sender.send(events(2), STAYS), ['delivered', 'delivered'])
    await sender.close()
  }
  t.same(warnings, ['this URL goes away', 'this URL goes away'])
  t.equal(collector.requests.length, 6, 'none is sent again')
})

test('a success with an answer that cannot be read, or none, is a success', async t => {
  const transport = { answer: Buffer.alloc(0), async send () { return transport.answer }, close () {} }
  const sender = createOtelSender(transport, JsonLogsSerializer, createLogRecords(resourceFromAttributes({})), message => t.fail(message))
  for (const answer of ['', 'ok', '{}', '{"partialSuccess":{}}']) {
    transport.answer = Buffer.from(answer)
    t.same(await sender.send(events(1), STAYS), ['delivered'], answer)
  }
})
