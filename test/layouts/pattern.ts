import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { AUDIT_ERR_OPTION } from '../../lib/errors.js'
import { createPatternLayout, DEFAULT_PATTERN, patternFault } from '../../lib/layouts/pattern.js'

process.env.TZ = 'America/New_York'

const record: AuditRecord = {
  '@timestamp': '2012-02-01T14:30:22.011Z',
  message: 'User is updating dashboard [id=1]',
  event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'dashboard_update', outcome: 'unknown' },
  user: { name: 'jane' },
  ecs: { version: '9.4.0' },
  log: { level: 'INFO', logger: 'audit' },
  process: { pid: 5355 }
}

function lineOf (pattern: string, changes: object = {}, highlight = false): string {
  return createPatternLayout({ pattern, highlight })({ ...record, ...changes }, {})
}

test('the default pattern writes a line as Kibana does, in local time', async (t) => {
  t.equal(lineOf(DEFAULT_PATTERN), '[2012-02-01T09:30:22.011-05:00][INFO ][audit] User is updating dashboard [id=1]\n')
})

test('every placeholder is filled in, however often it stands there', async (t) => {
  t.equal(lineOf('mock-%message-%logger-%message'), 'mock-User is updating dashboard [id=1]-audit-User is updating dashboard [id=1]\n')
  t.equal(lineOf('%pid%pid'), '53555355\n')
  t.equal(lineOf('%level|', { log: { level: 'error', logger: 'audit' } }), 'ERROR|\n')
  t.equal(lineOf('%meta'), '{"event":{"id":"019e0a1c-2d00-7000-8000-0123456789ab","action":"dashboard_update","outcome":"unknown"},"user":{"name":"jane"}}\n')
  t.equal(lineOf('100% of %user {%pid} %'), '100% of %user {5355} %\n', 'what is no placeholder stands as it is')
})

test('dates have five formats, in local time or in a zone', async (t) => {
  const dates: [placeholder: string, written: string][] = [
    ['%date', '2012-02-01T09:30:22.011-05:00'],
    ['%date{ISO8601}', '2012-02-01T14:30:22.011Z'],
    ['%date{ISO8601_TZ}', '2012-02-01T09:30:22.011-05:00'],
    ['%date{ABSOLUTE}', '09:30:22.011'],
    ['%date{UNIX}', '1328106622'],
    ['%date{UNIX_MILLIS}', '1328106622011'],
    ['%date{ISO8601}{America/Los_Angeles}', '2012-02-01T14:30:22.011Z'],
    ['%date{ISO8601_TZ}{America/Los_Angeles}', '2012-02-01T06:30:22.011-08:00'],
    ['%date{ABSOLUTE}{America/Los_Angeles}', '06:30:22.011'],
    ['%date{UNIX}{America/Los_Angeles}', '1328106622'],
    ['%date{UNIX_MILLIS}{America/Los_Angeles}', '1328106622011'],
    ['%date{ISO8601_TZ}{UTC}', '2012-02-01T14:30:22.011+00:00'],
    ['%date{ISO8601_TZ}{Asia/Kathmandu}', '2012-02-01T20:15:22.011+05:45'],
    ['%date{ABSOLUTE}{America/Los_Angeles}][%date{UNIX}', '06:30:22.011][1328106622']
  ]
  for (const [placeholder, written] of dates) t.equal(lineOf(placeholder), written + '\n', placeholder)
})

test('a pattern with an unknown date format or time zone, or a line break, is refused', async (t) => {
  const formats = 'expected one of the date formats ISO8601, ISO8601_TZ, ABSOLUTE, UNIX, UNIX_MILLIS'
  const faults: [pattern: string, fault: string][] = [
    ['%date{HH:MM:SS}', `${formats}, got "HH:MM:SS" in "%date{HH:MM:SS}"`],
    ['%date{America/Los_Angeles}', `${formats}, got "America/Los_Angeles" in "%date{America/Los_Angeles}"`],
    ['%date{ISO8601_TZ}{Europe/Kibana}', 'expected a time zone such as "America/Los_Angeles", got "Europe/Kibana" in "%date{ISO8601_TZ}{Europe/Kibana}"'],
    ['%date{ISO8601_TZ}{Europe/Berlin}%message%date{HH}', `${formats}, got "HH" in "%date{HH}"`],
    ['%message\n', 'expected a pattern without line breaks, got "%message\\n"']
  ]
  for (const [pattern, fault] of faults) {
    t.equal(patternFault(pattern), fault)
    t.throws(() => createPatternLayout({ pattern, highlight: false }), new AUDIT_ERR_OPTION(`layout.pattern: ${fault}`))
  }
  for (const sound of ['', '{pid}', '%date', '{%date}', '%date%date', '%date{ISO8601}', '%date{ISO8601_TZ}{Europe/Berlin}']) {
    t.equal(patternFault(sound), null, sound)
  }
})

test('highlight colours the level and the logger, and nothing else', async (t) => {
  const colours: [level: string, coloured: string][] = [
    ['fatal', '\u001b[31mFATAL\u001b[39m'], ['error', '\u001b[31mERROR\u001b[39m'], ['WARN', '\u001b[33mWARN \u001b[39m'],
    ['INFO', 'INFO '], ['info', 'INFO '], ['debug', '\u001b[32mDEBUG\u001b[39m'], ['trace', '\u001b[34mTRACE\u001b[39m']
  ]
  for (const [level, coloured] of colours) {
    t.equal(lineOf('%level %logger %pid', { log: { level, logger: 'audit' } }, true), `${coloured} \u001b[35maudit\u001b[39m 5355\n`)
  }
})

test('text from outside cannot forge a line or reach the terminal, and no two texts look the same', async (t) => {
  const forged = 'a\r\n[2012]\u001b[31m\u0000\u007f\u009b\u2028\u2029\u202e\u2066 \\n %meta "q" ✓ 😀'
  const line = lineOf('%message %meta', { message: forged, user: { name: forged } })
  t.equal(line.indexOf('\n'), line.length - 1, 'one line')
  t.notMatch(line.slice(0, -1), /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u)
  t.ok(line.startsWith('a\\r\\n[2012]\\u001b[31m\\u0000\\u007f\\u009b\\u2028\\u2029\\u202e\\u2066 \\\\n %meta "q" ✓ 😀 {'))
  t.equal(JSON.parse(line.slice(line.indexOf(' {') + 1)).user.name, forged, 'meta is JSON that holds the text itself')
  const logger = lineOf('%logger%level', { log: { level: 'x\n', logger: 'y\u001b' } }, true)
  t.equal(logger, '\u001b[35my\\u001b\u001b[39mX\\n  \n', 'also in the level and the logger')
})

test('a record that cannot be written as it is becomes a marked line, never an error', async (t) => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const odd: object[] = [
    { labels: circular }, { labels: { big: 1n } }, { message: 'lone \ud800' }, { message: undefined },
    { labels: { get bad () { throw new Error('no') } } }, { message: 42 }, { labels: { value: Number.NaN } }
  ]
  for (const changes of odd) {
    const line = lineOf('%date{ISO8601} %pid %level %message %meta', changes)
    t.match(line, /^2012-02-01T14:30:22.011Z 5355 INFO {2}[^\n]* \{.*"audit_fault":".*\}\n$/)
    t.ok(line.length < 100_000, 'and of bounded length')
  }
  const long = lineOf('%level %message %meta', { message: 'x'.repeat(10_000_000) })
  t.match(long, /^INFO {2}x+ \{[^\n]*"audit_truncated":"message \(10000000 bytes\)"[^\n]*\}\n$/)
  t.ok(long.length < 100_000, 'and of bounded length')
  const trap: AuditRecord = { ...record }
  Object.defineProperty(trap, 'labels', { enumerable: true, get () { throw new Error('no') } })
  t.match(createPatternLayout({ pattern: '%meta', highlight: false })(trap, {}), /^\{"event":.*"audit_fault":"labels: cannot be read \(no\)"\}\}\n$/)
  t.equal(lineOf('%date', { '@timestamp': 'no time' }), 'no time\n')
})
