import { test } from 'tap'
import { assertRecorded, type ExpectedEvent } from '../../lib/testing/assert-recorded.js'
import type { RecordedEvent } from '../../lib/testing/memory-appender.js'

const events = [
  { message: 'User is requesting [/a] endpoint', event: { action: 'http_request', category: ['web'], outcome: 'unknown' }, user: { name: 'ada' } },
  { message: 'User is updating dashboard [id=7]', event: { action: 'saved_object_update', category: ['database'], outcome: 'unknown' }, kibana: { saved_object: { type: 'dashboard', id: '7' } } }
] as unknown as RecordedEvent[]

function messageOf (expected: readonly ExpectedEvent[]): string {
  try {
    assertRecorded(events, expected)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('only what is named has to be so', async t => {
  assertRecorded(events, ['http_request', 'saved_object_update'])
  assertRecorded({ events }, [{ user: { name: /^a/g } }, { kibana: { saved_object: { id: '7' } }, user: undefined }])
  assertRecorded(events, [{ event: { category: ['web'] } }, {}])
  assertRecorded([], [])
  t.pass('all of these hold')
})

test('what is missing, too much, elsewhere or different is said, and nothing else', async t => {
  const cases: [ExpectedEvent[], RegExp][] = [
    [['http_request'], /^expected 1 event, recorded 2 events \(http_request, saved_object_update\):\n[^]*\+ .*saved_object_update/],
    [['http_request', 'saved_object_update', 'user_logout'], /expected 3 events[^]*- .*user_logout/],
    [['saved_object_update', 'http_request'], /recorded 2 events/],
    [['http_request', { kibana: { saved_object: { id: '8' } } }], /\+ .*'7'[^]*- .*'8'/],
    [['http_request', { user: { name: 'ada' } }], /name: 'ada'/],
    [[{ user: undefined }, {}], /name: 'ada'/],
    [[{ user: { name: /^b/ } }, {}], /\/\^b\//],
    [[{ event: { category: ['web', 'database'] } }, {}], /'database'/]
  ]
  for (const [expected, message] of cases) t.match(messageOf(expected), message)
  t.notMatch(messageOf(['http_request', { kibana: { saved_object: { id: '8' } } }]), /updating/, 'fields that were not named are not shown')
})

test('the error is an AssertionError with both sides, for runners that show a difference of their own', async t => {
  t.throws(() => assertRecorded([], ['a']), { code: 'ERR_ASSERTION', actual: [], expected: [{ event: { action: 'a' } }], message: /recorded 0 events \(none\)/ })
})
