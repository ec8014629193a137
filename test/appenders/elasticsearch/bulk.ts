import { test } from 'tap'
import { bulkLines, readBulkAnswer, reasonOf } from '../../../lib/appenders/elasticsearch/bulk.js'
import { createTarget } from '../../../lib/appenders/elasticsearch/target.js'

const EVENTS = [
  { id: '1', time: Date.parse('2026-01-01T00:00:00Z'), line: '{"a":1}' },
  { id: 'quo"te', time: Date.parse('2026-01-02T00:00:00Z'), line: '{"a":2}' }
]

test('each event is a create with its id, and its line as it stands', async t => {
  t.equal(bulkLines(EVENTS, createTarget({ data_stream: 's' })), '{"create":{"_id":"1"}}\n{"a":1}\n{"create":{"_id":"quo\\"te"}}\n{"a":2}\n')
  t.equal(bulkLines(EVENTS, createTarget({ index: 'i-%{+dd}' })), '{"create":{"_index":"i-01","_id":"1"}}\n{"a":1}\n{"create":{"_index":"i-02","_id":"quo\\"te"}}\n{"a":2}\n')
})

const item = (status: number, type = 'some_exception', more: object = {}) => ({ create: { status, error: { type, reason: 'words' }, ...more } })
const verdictOf = (...of: Parameters<typeof item>): unknown => readBulkAnswer({ items: [item(...of)] }, 1)?.verdicts[0]

test('what is there is delivered, also when it was there before', async t => {
  for (const status of [200, 201, 409]) t.equal(verdictOf(status), 'delivered', String(status))
})

test('what may be taken later is sent again: an overload, a fault of the store, and whatever somebody has to set right', async t => {
  for (const status of [429, 500, 502, 503, 504, 401, 403, 404, 408]) t.equal(verdictOf(status), 'again', String(status))
  for (const type of ['index_closed_exception', 'validation_exception', 'invalid_index_name_exception']) t.equal(verdictOf(400, type), 'again', type)
  t.equal(readBulkAnswer({ items: [{}] }, 1)?.verdicts[0], 'again', 'an item without a status')
})

test('what is refused for its content is rejected, and the reason does not quote it', async t => {
  t.same(verdictOf(400, 'document_parsing_exception'), { rejected: '400 document_parsing_exception: words' })
  const reason = reasonOf({ type: 'x', reason: "[1:9] failed to parse field [a] of type [long] in document with id '1'. Preview of field's value: 'my secret'", caused_by: { reason: 'For input string' } })
  t.equal(reason, "x: [1:9] failed to parse field [a] of type [long] in document with id '1': For input string")
  t.equal(reasonOf(undefined), 'no reason was given')
  t.equal(reasonOf({ reason: 'x'.repeat(1000) }).length, 500)
})

test('what Elasticsearch has put aside is not where anybody looks for it', async t => {
  t.match(verdictOf(201, '', { failure_store: 'used' }), { rejected: /failure store/ })
  t.equal(verdictOf(201, '', { failure_store: 'not_applicable_or_unknown' }), 'delivered')
})

test('each event has its own fate, and the first that is to be sent again says why', async t => {
  t.same(readBulkAnswer({ items: [item(201), item(400), item(429, 'busy'), item(503, 'gone')] }, 4), {
    verdicts: ['delivered', { rejected: '400 some_exception: words' }, 'again', 'again'],
    why: { status: 429, reason: 'busy: words' }
  })
})

test('what is not the answer to this bulk says nothing', async t => {
  for (const body of [null, undefined, '', '<html>', {}, { items: 'x' }, { items: [item(201)] }]) t.equal(readBulkAnswer(body, 2), null)
})
