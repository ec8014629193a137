import { join } from 'node:path'
import { test } from 'tap'
import { explain } from '../../lib/index.js'
import { runCommand } from '../support/terminal.js'

const EVENT = { '@timestamp': '2026-11-22T14:17:36.817Z', message: 'User [ann] has failed to log in', event: { id: '01a2039e-9f31-7284-8000-906ecb163eb6', action: 'user_login', category: ['authentication'], outcome: 'failure' }, user: { name: 'ann' } } as const
const OTHER = { message: 'A report', event: { action: 'report' } }
const YML = 'xpack.security.audit:\n  enabled: true\n  appender: { type: file, fileName: /nowhere/audit.log, layout: { type: json } }\n  ignore_filters: [{ actions: [user_login, report] }]\n'

test('an event of a file is explained, in words and as JSON', async t => {
  const folder = t.testdir({ 'audit.yml': YML, 'event.json': JSON.stringify(EVENT, null, 2) })
  const config = join(folder, 'audit.yml')
  const { code, printed, said } = await runCommand(['explain', join(folder, 'event.json'), '--config', config])
  t.same([code, said], [0, ''])
  t.match(printed, /^recorded: .*audit\.yml:4:\d+ xpack\.security\.audit\.ignore_filters\[0\] would drop it, but it is a failure of authentication.*\n {2}"default" \(file\): has it: .*\n {4}durability: write, on_failure: continue\n {4}\{"@timestamp":"2026-11-22T14:17:36\.817Z".*\}\n$/)
  const { printed: json } = await runCommand(['explain', join(folder, 'event.json'), '--config', config, '--json'])
  t.same(JSON.parse(json), JSON.parse(JSON.stringify(await explain(EVENT, config))))
})

test('lines of a log are explained one after the other, over standard input too', async t => {
  const config = join(t.testdir({ 'audit.yml': YML }), 'audit.yml')
  const { code, printed } = await runCommand(['explain', '-', '--json', '--config', config], `${JSON.stringify(EVENT)}\n\n${JSON.stringify(OTHER)}\n`)
  t.equal(code, 0)
  t.match(printed.trimEnd().split('\n').map(line => JSON.parse(line) as object), [{ recorded: true, keptFor: 'authentication' }, { recorded: false, because: /ignore_filters\[0\] drops it/ }])
})

test('what is no event is told by its place, and not quoted', async t => {
  const folder = t.testdir({ 'audit.yml': YML, 'bad.yml': 'xpack.security.audit.enabld: true\n' })
  const config = join(folder, 'audit.yml')
  t.match(await runCommand(['explain', '-', '--config', config], `${JSON.stringify(EVENT)}\nhush\n`), { code: 1, printed: '', said: 'explain: standard input:2 expected an event as JSON, got something else\n' })
  t.match(await runCommand(['explain', '-', '--config', config], ' \n'), { code: 1, said: /got nothing: standard input is empty/ })
  t.match(await runCommand(['explain', '-', '--config', config], '["hush"]'), { code: 1, said: 'explain: expected an event as an object, got a list\n' })
  t.match(await runCommand(['explain', join(folder, 'none.json'), '--config', config]), { code: 1, said: /none\.json.*ENOENT/ })
  t.match(await runCommand(['explain', '-', '--config', join(folder, 'bad.yml')], JSON.stringify(EVENT)), { code: 1, said: /bad\.yml:1:1 .*enabld/ })
})
