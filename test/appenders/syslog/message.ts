import { test } from 'tap'
import { createSyslogMessages, FACILITIES, type MessageSettings } from '../../../lib/appenders/syslog/message.js'
import type { ShippedEvent } from '../../../lib/appenders/shipping/sender.js'
import { createJsonLayout } from '../../../lib/layouts/json.js'
import { recordWith } from '../../support/records.js'

const SETTINGS: MessageSettings = { facility: 'audit', hostname: 'web-1', appName: 'shop', structuredDataId: 'audit@32473', maxBytes: 8192 }
const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const layout = createJsonLayout()
const lineOf = (record: object): string => layout(recordWith(record), {}).slice(0, -1)
const eventOf = (record: object): ShippedEvent => ({ id: '0196-a', time: TIME, line: lineOf(record) })

/** A frame taken apart as RFC 5424 and RFC 6587 say, by other means than it was made with. */
function readFrame (frame: Buffer | { readonly rejected: string }): { readonly fields: string[], readonly data: Record<string, string>, readonly message: string } {
  if (!Buffer.isBuffer(frame)) throw new Error(frame.rejected)
  const [, length = '', rest = ''] = /^([1-9]\d*) (.*)$/s.exec(frame.toString())!
  if (Number(length) !== frame.length - length.length - 1) throw new Error(`expected ${length} bytes, got ${frame.length}`)
  const parts = /^(<\d{1,3}>1) (\S+) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[([!-~]+)((?: [!-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)$/s.exec(rest)
  if (parts === null) throw new Error(`not RFC 5424: ${rest}`)
  const [, ...fields] = parts
  const [data = '', message = ''] = fields.splice(7)
  return { fields, data: Object.fromEntries([...data.matchAll(/ ([^=]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name!, value!.replace(/\\(.)/g, '$1')])), message }
}

test('an event is a message of RFC 5424 with its length before it', async t => {
  const messageOf = createSyslogMessages(SETTINGS)
  const event = eventOf({ message: 'Žofie is updating dashboard', event: { action: 'saved_object_update', outcome: 'unknown' }, process: { pid: 77 } })
  t.same(readFrame(messageOf(event)), {
    fields: ['<110>1', '2026-01-02T03:04:05.006Z', 'web-1', 'shop', '77', 'saved_object_update', 'audit@32473'],
    data: { 'event.id': '0196-a', 'trace.id': 't' },
    message: event.line
  })
})

test('a failure is a warning, everything else is informational, in every facility', async t => {
  for (const [code, facility] of FACILITIES.entries()) {
    const messageOf = createSyslogMessages({ ...SETTINGS, facility })
    for (const [outcome, severity] of [['failure', 4], ['success', 6], ['unknown', 6], [undefined, 6]] as const) {
      t.equal(readFrame(messageOf(eventOf({ event: { action: 'a', outcome } }))).fields[0], `<${code * 8 + severity}>1`)
    }
  }
  t.equal(FACILITIES.length, 24)
})

test('what stands in the header cannot break out of it', async t => {
  const messageOf = createSyslogMessages({ ...SETTINGS, hostname: 'wéb 1', appName: 'x'.repeat(60) })
  const { fields, data } = readFrame(messageOf({ ...eventOf({ event: { action: `a b]"\n${'ö'.repeat(50)}` }, trace: { id: 'x"] [evil@1 a="\\b\u0007ü' } }), id: ']"\\' }))
  t.same(fields.slice(2, 6), ['w_b_1', 'x'.repeat(48), '1', `a_b]"_${'_'.repeat(26)}`])
  t.same(data, { 'event.id': ']"\\', 'trace.id': 'x"] [evil@1 a="\\b_ü' })
})

test('an event without an action, a trace or a process says so; a line that is no JSON is the message as it is', async t => {
  const messageOf = createSyslogMessages(SETTINGS)
  for (const line of ['[2026-01-02][INFO] somebody did something', '{"torn', '{"event":{}}']) {
    const { fields, data, message } = readFrame(messageOf({ id: 'i', time: TIME, line }))
    t.same(fields.slice(4, 6), [String(process.pid), '-'])
    t.same(data, { 'event.id': 'i' })
    t.equal(message, line)
  }
})

test('the longest texts of an event that is too large are cut; what is no JSON cannot be', async t => {
  const messageOf = createSyslogMessages(SETTINGS)
  const event = eventOf({ message: 'm'.repeat(20_000), event: { action: 'a', id: '0196-a' }, url: { path: '/é'.repeat(9000) }, acme: { own: 'kept' } })
  const frame = messageOf(event)
  const { message } = readFrame(frame)
  const record = JSON.parse(message)
  t.ok(Buffer.isBuffer(frame) && frame.length <= 8192 + 5 && frame.length > 4000, 'it is as long as it may be, about')
  t.match(record, { event: { action: 'a', id: '0196-a' }, user: { name: 'ann' }, acme: { own: 'kept' }, labels: { audit_truncated: /message \(20000 bytes\)/ } })
  t.match(messageOf({ id: 'i', time: TIME, line: 'x'.repeat(9000) }), { rejected: /max_message_bytes allows 8192/ })
  t.match(messageOf({ id: 'i', time: TIME, line: `{"a":"${'x'.repeat(9000)}"}` }), { rejected: /max_message_bytes allows 8192/ }, 'JSON that is no record of ours')
  t.match(createSyslogMessages({ ...SETTINGS, maxBytes: 300 })(event), { rejected: /max_message_bytes allows 300/ }, 'there is a limit to what can be cut')
})
