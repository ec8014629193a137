import { emptyResource } from '@opentelemetry/resources'
import { test } from 'tap'
import { createLogRecords } from '../../../lib/appenders/otel/log-record.js'
import type { ShippedEvent } from '../../../lib/appenders/shipping/sender.js'

const resource = emptyResource()
const logRecordOf = createLogRecords(resource)
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const eventOf = (record: object): ShippedEvent => ({ id: '0196', time: 1_767_323_045_006, line: JSON.stringify({ '@timestamp': 'x', message: 'User is updating', event: { id: '0196', action: 'a', category: ['web'] }, log: { level: 'INFO', logger: 'l' }, ...record }) })

test('an event is a log record: its time, its message, its fields by their names', async t => {
  const record = logRecordOf(eventOf({ user: { name: 'Žofie', roles: ['a', 'b'] }, url: { port: 443 }, labels: { deep: { er: true } }, kibana: { spaces: [{ id: 's' }] } }))
  t.same(record, {
    hrTime: [1_767_323_045, 6_000_000],
    hrTimeObserved: [1_767_323_045, 6_000_000],
    severityText: 'INFO',
    severityNumber: 9,
    body: 'User is updating',
    spanContext: undefined,
    attributes: {
      'log.record.uid': '0196',
      'event.id': '0196',
      'event.action': 'a',
      'event.category': ['web'],
      'log.level': 'INFO',
      'log.logger': 'l',
      'user.name': 'Žofie',
      'user.roles': ['a', 'b'],
      'url.port': 443,
      'labels.deep.er': true,
      'kibana.spaces': [{ id: 's' }]
    },
    droppedAttributesCount: 0,
    resource,
    instrumentationScope: { name: 'fastify-audit' }
  })
})

test('a trace of W3C is the trace of the record, with its span; any other is an attribute', async t => {
  t.match(logRecordOf(eventOf({ trace: { id: TRACE } })).spanContext, { traceId: TRACE, spanId: '', traceFlags: 0 })
  const both = logRecordOf(eventOf({ trace: { id: TRACE }, span: { id: '00f067aa0ba902b7' } }))
  t.match(both.spanContext, { traceId: TRACE, spanId: '00f067aa0ba902b7' })
  t.notOk('trace.id' in both.attributes || 'span.id' in both.attributes, 'said once')
  for (const id of ['req-1', TRACE.toUpperCase(), '0'.repeat(32), TRACE.slice(1)]) {
    const { spanContext, attributes } = logRecordOf(eventOf({ trace: { id }, span: { id: '00f067aa0ba902b7' } }))
    t.equal(spanContext, undefined, id)
    t.match(attributes, { 'trace.id': id, 'span.id': '00f067aa0ba902b7' })
  }
})

test('levels are severities; one that nobody knows has no number', async t => {
  for (const [level, severityNumber] of [['TRACE', 1], ['debug', 5], ['INFO', 9], ['WARN', 13], ['ERROR', 17], ['FATAL', 21], ['AUDIT', undefined]] as const) {
    t.match(logRecordOf(eventOf({ log: { level } })), { severityText: level, severityNumber }, level)
  }
})

test('a line that is no JSON, or no record of ours, is the body as it is', async t => {
  for (const line of ['{"a":1}', '{"message":5,"log":{"level":9}}', '{"log":"x"}']) t.match(logRecordOf({ id: 'i', time: 1, line }), { body: line, attributes: { 'log.record.uid': 'i' } })
  const { body, attributes, severityText } = logRecordOf({ id: 'i', time: 1, line: '[2026] somebody' })
  t.same({ body, attributes, severityText }, { body: '[2026] somebody', attributes: { 'log.record.uid': 'i' }, severityText: undefined })
})
