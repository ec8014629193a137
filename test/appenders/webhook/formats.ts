import { test } from 'tap'
import { createFormat } from '../../../lib/appenders/webhook/formats.js'

const eventsOf = (...lines: readonly string[]) => lines.map(line => ({ id: 'id', time: 0, line }))
const LINE = '{"@timestamp":"2026-01-01T00:00:00.000Z","message":"User <!channel> & co","event":{"action":"a","category":["web","database"]},"user":{"name":"Žofie","id":null}}'
const TEXT = '@timestamp: 2026-01-01T00:00:00.000Z\nmessage: User <!channel> & co\nevent.action: a\nevent.category: web\nevent.category: database\nuser.name: Žofie\nuser.id: null'

test('JSON is the event, or a list of events', async t => {
  const format = createFormat('JSON', false)
  t.same(format(eventsOf(LINE)), { body: LINE, contentType: 'application/json' })
  t.same(format(eventsOf(LINE, '{}')), { body: `[${LINE},{}]`, contentType: 'application/json' })
  t.equal(createFormat('JSON', true)(eventsOf('a "text"')).body, '{"message":"a \\"text\\""}')
})

test('TEXT is a line for each field, or the line of the pattern layout', async t => {
  t.same(createFormat('TEXT', false)(eventsOf(LINE)), { body: TEXT, contentType: 'text/plain; charset=utf-8' })
  t.equal(createFormat('TEXT', false)(eventsOf('{"a":1}', '{"b":2}')).body, 'a: 1\n\nb: 2')
  t.equal(createFormat('TEXT', true)(eventsOf('one', 'two')).body, 'one\ntwo')
})

test('SLACK is a message, in which nobody is called', async t => {
  const { body, contentType } = createFormat('SLACK', false)(eventsOf(LINE))
  t.equal(contentType, 'application/json')
  t.equal(JSON.parse(body!).text, TEXT.replace('<!channel> & co', '&lt;!channel&gt; &amp; co'))
  const { text } = JSON.parse(createFormat('SLACK', true)(eventsOf('x'.repeat(50_000))).body!)
  t.equal(text.length, 35_001)
})

test('parameters of the URL, or of a form', async t => {
  const { query, body, contentType } = createFormat('URL_PARAMETER_GET', false)(eventsOf(LINE))
  t.same([body, contentType], [undefined, undefined])
  const parameters = new URLSearchParams(query)
  t.equal(parameters.get('message'), 'User <!channel> & co')
  t.same(parameters.getAll('event.category'), ['web', 'database'])
  t.same(createFormat('URL_PARAMETER_POST', false)(eventsOf(LINE)), { body: query, contentType: 'application/x-www-form-urlencoded' })
  t.equal(createFormat('URL_PARAMETER_GET', true)(eventsOf('a=b')).query, 'message=a%3Db')
})

test('a format of one\'s own makes a body, or says more', async t => {
  t.same(createFormat(([event]) => event!.message, false)(eventsOf(LINE)), { body: 'User <!channel> & co', contentType: 'application/json', query: undefined })
  t.same(createFormat(events => ({ body: `${events.length}`, contentType: 'text/csv', query: 'x=1' }), false)(eventsOf(LINE, LINE)), { body: '2', contentType: 'text/csv', query: 'x=1' })
  t.same(createFormat(([event]) => event!.message, true)(eventsOf('a text')).body, 'a text')
  t.throws(() => createFormat(() => { throw new Error('of the format') }, false)(eventsOf(LINE)), { message: 'of the format' })
  t.throws(() => createFormat((() => undefined) as never, false)(eventsOf(LINE)), { message: /neither/ })
  t.throws(() => createFormat((() => ({ body: 7 })) as never, false)(eventsOf(LINE)), { message: /expected a text from the format, got number/ })
})

test('what is no event is refused, not sent', async t => {
  for (const name of ['TEXT', 'SLACK', 'URL_PARAMETER_GET', 'URL_PARAMETER_POST'] as const) t.throws(() => createFormat(name, false)(eventsOf('{"half":')), SyntaxError, name)
})
