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
  t.match(settings.appenders, { a: { type: 'file', layout: { type: 'json' }, reopen_on_sighup: false }, b: { durability: 'none', on_failure: { writes: 'continue', reads: 'continue', http: 'continue', authentication: 'continue' }, ignore_filters: [{ actions: ['x'] }] } })
  t.match(settings, { route_mode: 'first', fallback: 'a', routes: [{ appenders: ['a'] }] })
  t.same(Object.keys(settings.appenders!.a!).includes('durability'), false, 'the section\'s holds where it has none')
})

const FAULTY: Record<string, [section: string, error: RegExp]> = {
  'both forms': [`${TWO}  appender: { type: console }\n`, /audit\.yml:4:5 xpack\.security\.audit\.appenders: expected either appender or appenders, got both/],
  'an unknown name in a route': [`${TWO}  routes:\n    - { match: { outcomes: [failure] }, appenders: [a, c] }\n`, /audit\.yml:7:56 .*routes\[0\]\.appenders\[1\]: expected one of "a", "b", got "c"/],
  'an unknown fallback': [`${TWO}  fallback: c\n`, /audit\.yml:6:13 .*fallback: expected one of "a", "b", got "c"/],
  'a fallback without appenders': ['  fallback: c\n', /expected an appender of xpack\.security\.audit\.appenders, of which there is none, got "c"/],
  'one file for two': ['  appenders:\n    a: { type: file, fileName: a.log }\n    b: { type: rolling-file, fileName: ./a.log, policy: { type: size-limit, size: 1mb } }\n', /audit\.yml:5:\d+ .*appenders\.b\.fileName: expected a file of its own for each appender, got the same one for a and b/],
  'a block that could never refuse': ['  appenders:\n    a: { type: console, durability: none, on_failure: block }\n', /audit\.yml:4:8 .*appenders\.a: expected "continue" or "stop" beside its durability: none/],
  'a block for one kind that could never refuse': ['  durability: none\n  appenders:\n    a: { type: console, on_failure: { reads: block } }\n', /appenders\.a: expected "continue" or "stop" for reads beside xpack\.security\.audit\.durability: none/],
  'a block of the section that could never refuse': ['  on_failure: block\n  appenders:\n    a: { type: console, durability: none }\n', /appenders\.a: expected "continue" or "stop" beside its durability: none/],
  'a block of requests that comes too late': ['  http.record: response\n  appenders:\n    a: { type: console, on_failure: { http: block } }\n', /appenders\.a\.on_failure\.http: expected "continue" or "stop" beside xpack\.security\.audit\.http\.record: response/],
  'a policy that does not exist': ['  appenders:\n    a: { type: console, on_failure: panic }\n', /appenders\.a\.on_failure: expected one of "continue", "block", "stop", or an object with one of them .*, got "panic"/],
  'a fallback for nothing else': ['  appenders:\n    a: { type: console }\n  fallback: a\n', /fallback: expected another appender beside "a"/],
  'a mode without routes': [`${TWO}  route_mode: all\n`, /route_mode: expected routes beside it, got none/],
  'an appender of one\'s own without a module': ['  appenders:\n    a: { type: custom, from: "" }\n', /appenders\.a\.from: expected a module .*, got an empty text/],
  'a pattern that does not compile in a route': [`${TWO}  routes:\n    - { match: { users: ['/(/'] }, appenders: [a] }\n`, /routes\[0\]\.match\.users\[0\]/],
  'a date format that does not exist': ['  appenders:\n    a: { type: console, layout: { type: pattern, pattern: "%date{NEVER}" } }\n', /appenders\.a\.layout\.pattern/],
  'an unknown key': ['  appenders:\n    a: { type: console, durable: true }\n', /appenders\.a\.durable: unknown key/],
  'a rewrite for an appender that is not there': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [b], policy: { type: meta, properties: [] } }\n', /audit\.yml:5:37 .*appenders\.r\.appenders\[0\]: expected one of "a", "r", got "b"/],
  'rewrites in a circle': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a, s], policy: { type: meta, properties: [] } }\n    s: { type: rewrite, appenders: [r], policy: { type: meta, properties: [] } }\n', /audit\.yml:5:36 .*appenders\.r\.appenders: expected names that lead on to an appender that writes, got a circle: "r", "s", "r"\n.*audit\.yml:6:36 .*appenders\.s\.appenders: .*"s", "r", "s"$/],
  'a rewrite that names itself': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [r], policy: { type: meta, properties: [] } }\n', /appenders\.r\.appenders: .*got a circle: "r", "r"/],
  'a rewrite by which an appender has an event twice': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a, s], policy: { type: meta, properties: [] } }\n    s: { type: rewrite, appenders: [a], policy: { type: meta, properties: [] } }\n', /appenders\.r\.appenders: expected each appender once, got "a" by "a" and by "s"/],
  'a route by which an appender has an event twice': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a], policy: { type: meta, properties: [] } }\n  routes:\n    - { match: { outcomes: [failure] }, appenders: [r, a] }\n', /audit\.yml:7:52 .*routes\[0\]\.appenders: expected each appender once, got "a" by "r" and by "a"/],
  'a rewrite of what every record has': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a], policy: { type: meta, mode: remove, properties: [{ path: user.name }, { path: event.outcome }] } }\n', /audit\.yml:5:49 .*appenders\.r\.policy: properties\[1\]: expected a field that a record can be without, got "event\.outcome"/],
  'an update without a value': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a], policy: { type: meta, properties: [{ path: user.name }] } }\n', /appenders\.r\.policy: properties\[0\]: expected a value beside mode: update, got none/],
  'a rewrite for nobody': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [], policy: { type: meta, properties: [] } }\n', /audit\.yml:5:36 .*appenders\.r\.appenders: expected a list of at least 1, got an empty list/],
  'a rewrite that names an appender twice': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a, a], policy: { type: meta, properties: [] } }\n', /audit\.yml:5:36 .*appenders\.r\.appenders: expected a list without repetitions/],
  'a policy without a type': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a], policy: { properties: [] } }\n', /audit\.yml:5:41 .*appenders\.r\.policy\.type: expected "meta", got nothing/],
  'a rewrite with what only appenders have that write': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a], durability: none, policy: { type: meta, properties: [] } }\n', /appenders\.r\.durability: unknown key for type "rewrite", expected one of type, appenders, policy/],
  'a rewrite as the only appender': ['  appender: { type: rewrite, appenders: [a], policy: { type: meta, properties: [] } }\n', /appender\.type: expected one of "console", .*, got "rewrite"/],
  'a rewrite as the fallback': ['  appenders:\n    a: { type: console }\n    r: { type: rewrite, appenders: [a], policy: { type: meta, properties: [] } }\n  fallback: r\n', /fallback: expected an appender that writes, got the rewrite "r"/],
  'a field of its own that every record has': ['  appenders:\n    a: { type: console, fields: { exclude: [event.action] } }\n', /audit\.yml:4:45 .*appenders\.a\.fields\.exclude\[0\]\.fields\[0\]: expected a field that a record can be without/],
  'a pattern in a condition of its own': ['  appenders:\n    a: { type: console, fields: { exclude: [{ fields: [user], when: { users: ["/(/"] } }] } }\n', /appenders\.a\.fields\.exclude\[0\]\.when\.users\[0\]: expected a regular expression/],
  'hashes of its own without a key': ['  appenders:\n    a: { type: console, fields: { hash: [user.name] } }\n', /appenders\.a\.fields\.hash: expected xpack\.security\.audit\.fields\.hash_key or xpack\.security\.audit\.fields\.hash_key_file, got neither/],
  'a key of its own': ['  appenders:\n    a: { type: console, fields: { hash_key: "abcdefghijklmnopqrstuvwxyz012345" } }\n', /appenders\.a\.fields\.hash_key: unknown key/],
  'a durability that a pino transport cannot have': ['  appenders:\n    a: { type: console }\n    b: { type: pino, target: pino/file, durability: write }\n', /audit\.yml:5:53 .*appenders\.b\.durability: expected "none" for type pino, which cannot tell when events are written, got "write"/],
  'the same of the only appender': ['  durability: fsync\n  appender: { type: pino, target: pino/file }\n', /audit\.yml:3:15 xpack\.security\.audit\.durability: expected "none" for type pino/],
  'a block that a pino transport could never keep': ['  on_failure: block\n  appenders:\n    a: { type: console }\n    b: { type: pino, target: pino/file }\n', /appenders\.b: expected "continue" or "stop" beside the durability of type pino: none/],
  'the same where it is the only appender': ['  on_failure: { writes: block }\n  appender: { type: pino, target: pino/file }\n', /on_failure: expected "continue" or "stop" for writes beside the durability of type pino: none/],
  'a target that is no text': ['  appender: { type: pino, target: "" }\n', /appender\.target: expected a pino transport such as "pino-roll", got ""/],
  'no appender at all': ['  appenders: {}\n', /appenders: expected/]
}

for (const [name, [section, error]] of Object.entries(FAULTY)) {
  test(`stops the start: ${name}`, async t => { t.throws(() => read(t, section), { code: 'AUDIT_ERR_CONFIG', message: error }) })
}

test('rewrites stand beside appenders, in chains, with Kibana\'s defaults; fields of an appender beside those of the section', async t => {
  const { appenders } = read(t, '  fields.hash_key: "abcdefghijklmnopqrstuvwxyz012345"\n  appenders:\n    a: { type: console, fields: { exclude: [user.email], hash: [{ fields: [user.name], when: { actions: [x] } }] } }\n    r: { type: rewrite, appenders: [s], policy: { type: meta, properties: [{ path: a, value: 1 }, { path: b, value: null }] } }\n    s: { type: rewrite, appenders: [a], policy: { type: meta, mode: remove, properties: [{ path: c }] } }\n    copy: { type: pino, target: pino-roll, options: { file: ./a, size: 1m }, durability: none }\n')
  t.match(appenders, {
    a: { fields: { include: [], exclude: [{ fields: ['user.email'] }], hash: [{ fields: ['user.name'], when: { actions: ['x'] } }] } },
    r: { policy: { mode: 'update', properties: [{ path: 'a', value: 1 }, { path: 'b', value: null }] } },
    s: { appenders: ['a'], policy: { mode: 'remove' } },
    copy: { type: 'pino', options: { file: './a' }, layout: { type: 'json' } }
  })
})

test('an appender has the policies that it names, and the section\'s for the other kinds', async t => {
  const { appenders } = read(t, '  on_failure: stop\n  appenders:\n    a: { type: console, on_failure: { reads: continue } }\n    b: { type: ./b.js, on_failure: block }\n')
  t.match(appenders?.a, { on_failure: { reads: 'continue', writes: undefined } })
  t.match(appenders?.b, { type: 'custom', from: './b.js', on_failure: { writes: 'block', http: 'block' } })
})

test('what is shown has no secret of any appender, whatever it is called, and nothing that is not in force', async t => {
  const { shown } = readSettings({ appenders: { token: { type: './mine.js', url: 'https://me:hunter2@log.example/in?api_key=hunter2', password: 'hunter2', options: [{ headers: { from: 'hunter2' } }] }, b: { type: 'console' } }, fallback: 'b' }, auditSchema, { checks: settingChecks })
  t.notMatch(JSON.stringify(shown), /hunter2/)
  t.match(shown, { appenders: { token: { type: 'custom', from: './mine.js', url: /@log\.example/, password: '[redacted]' }, b: { type: 'console' } }, fallback: 'b' })
  t.notOk('appender' in (shown as object), 'the default appender is not opened')
})
