import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks, type Settings } from '../../lib/config/schema.js'

function read (t: Test, section: string): Settings {
  const file = join(t.testdir(), 'audit.yml')
  writeFileSync(file, `xpack.security.audit:\n  enabled: true\n${section}`)
  return readSettings(file, auditSchema, { checks: settingChecks }).settings
}

const TWO = '  appenders:\n    a: { type: file, fileName: a.log }\n    b: { type: console, layout: { type: pattern }, durability: none, on_failure: continue, ignore_filters: [{ actions: [x] }] }\n'

test('appenders by name have what is theirs, and routes and the fallback name them', async t => {
  const settings = read(t, `${TWO}  routes:\n    - { match: { outcomes: [failure] }, appenders: [a] }\n  fallback: a\n`)
  t.match(settings.appenders, { a: { type: 'file', layout: { type: 'json' }, reopen_on_sighup: false }, b: { durability: 'none', on_failure: 'continue', ignore_filters: [{ actions: ['x'] }] } })
  t.match(settings, { route_mode: 'first', fallback: 'a', routes: [{ appenders: ['a'] }] })
  t.same(Object.keys(settings.appenders!.a!).includes('durability'), false, 'the section\'s holds where it has none')
})

const FAULTY: Record<string, [section: string, error: RegExp]> = {
  'both forms': [`${TWO}  appender: { type: console }\n`, /audit\.yml:4:5 xpack\.security\.audit\.appenders: expected either appender or appenders, got both/],
  'an unknown name in a route': [`${TWO}  routes:\n    - { match: { outcomes: [failure] }, appenders: [a, c] }\n`, /audit\.yml:7:56 .*routes\[0\]\.appenders\[1\]: expected one of "a", "b", got "c"/],
  'an unknown fallback': [`${TWO}  fallback: c\n`, /audit\.yml:6:13 .*fallback: expected one of "a", "b", got "c"/],
  'a fallback without appenders': ['  fallback: c\n', /expected an appender of xpack\.security\.audit\.appenders, of which there is none, got "c"/],
  'one file for two': ['  appenders:\n    a: { type: file, fileName: a.log }\n    b: { type: rolling-file, fileName: ./a.log, policy: { type: size-limit, size: 1mb } }\n', /audit\.yml:5:\d+ .*appenders\.b\.fileName: expected a file of its own for each appender, got the same one for a and b/],
  'a block that could never refuse': ['  appenders:\n    a: { type: console, durability: none, on_failure: block }\n', /appenders\.a: expected "continue" or "stop" for on_failure beside durability: none/],
  'a block of the section that could never refuse': ['  on_failure: block\n  appenders:\n    a: { type: console, durability: none }\n', /on_failure.*: expected an on_failure of its own for the appender "a"/],
  'a pattern that does not compile in a route': [`${TWO}  routes:\n    - { match: { users: ['/(/'] }, appenders: [a] }\n`, /routes\[0\]\.match\.users\[0\]/],
  'a date format that does not exist': ['  appenders:\n    a: { type: console, layout: { type: pattern, pattern: "%date{NEVER}" } }\n', /appenders\.a\.layout\.pattern/],
  'an unknown key': ['  appenders:\n    a: { type: console, durable: true }\n', /appenders\.a\.durable: unknown key/],
  'no appender at all': ['  appenders: {}\n', /appenders: expected/]
}

for (const [name, [section, error]] of Object.entries(FAULTY)) {
  test(`stops the start: ${name}`, async t => { t.throws(() => read(t, section), { code: 'AUDIT_ERR_CONFIG', message: error }) })
}
