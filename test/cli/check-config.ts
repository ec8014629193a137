import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import { parse } from 'yaml'
import audit from '../../lib/index.js'
import { runCommand } from '../support/terminal.js'

const LOG = 'appender: { type: file, fileName: audit.log, layout: { type: json } }'

test('settings that are in order are shown as they are in force, and what is shown can be read again', async t => {
  const file = join(t.testdir({ 'audit.yml': `server.port: 5601\nxpack.security.audit:\n  enabled: true\n  on_failure: block\n  ${LOG}\n` }), 'audit.yml')
  const { code, printed, said } = await runCommand(['check-config', file])
  t.equal(code, 0)
  t.equal(said, '')
  t.match(printed, /^# ".*audit\.yml" is ok\./)
  t.match(parse(printed), { 'xpack.security.audit': { enabled: true, durability: 'write', on_failure: { http: 'block' }, appender: { fileName: 'audit.log' } } })
  const again = join(t.testdir({ 'again.yml': printed }), 'again.yml')
  const { printed: shownAgain } = await runCommand(['check-config', again])
  t.equal(shownAgain.split('\n').slice(1).join('\n'), printed.split('\n').slice(1).join('\n'))
})

test('no secret is shown, neither one of the file nor one of the environment', async t => {
  process.env.AUDIT_TEST_FOLDER = 'hush-a'
  t.teardown(() => { delete process.env.AUDIT_TEST_FOLDER })
  const file = join(t.testdir({
    'audit.yml': 'xpack.security.audit:\n  enabled: true\n  appender: { type: ./mine.js, password: hush-b, url: "https://ann:hush-c@host/?token=hush-d", folder: "$' +
      '{AUDIT_TEST_FOLDER}" }\nelasticsearch.password: hush-e\n'
  }), 'audit.yml')
  const { code, printed, said } = await runCommand(['check-config', file])
  t.equal(code, 0)
  t.notMatch(printed + said, /hush-/)
  t.match(printed, '$' + '{AUDIT_TEST_FOLDER}')
})

test('all faults are listed, each with its place, in the very words of the start', async t => {
  const file = join(t.testdir({ 'audit.yml': `xpack.security.audit:\n  enabld: true\n  durability: sometimes\n  ${LOG}\n  ignore_filters:\n    - users: ["/[/"]\n` }), 'audit.yml')
  const { code, printed, said } = await runCommand(['check-config', file])
  t.equal(code, 1)
  t.equal(printed, '')
  for (const place of [/audit\.yml:2:3 .*enabld/, /audit\.yml:3:15 .*durability/, /audit\.yml:6:1\d .*users\[0\]/]) t.match(said, place)
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => { await app.register(audit, { config: file }) }, { message: said.trimEnd() })
})

test('a file that cannot be read, or is no yml, is a fault of the same kind', async t => {
  const folder = t.testdir({ 'audit.yml': 'a: [\n' })
  t.match(await runCommand(['check-config', join(folder, 'none.yml')]), { code: 1, printed: '', said: /none\.yml.*ENOENT/ })
  t.match(await runCommand(['check-config', join(folder, 'audit.yml')]), { code: 1, printed: '', said: /audit\.yml:\d+:\d+ / })
})

test('warnings are those of the start: old names, and policies that filters make void', async t => {
  const file = join(t.testdir({
    'audit.yml': 'xpack.security.audit:\n  enabled: true\n  on_failure: { http: block }\n  appender: { kind: file, path: audit.log, layout: { kind: json } }\n  ignore_filters: [{ actions: [http_request] }]\n'
  }), 'audit.yml')
  const { code, said } = await runCommand(['check-config', file])
  t.equal(code, 0)
  const told: string[] = []
  const before = process.cwd()
  process.chdir(join(file, '..'))
  t.teardown(() => process.chdir(before))
  const app = Fastify({ logger: { level: 'warn', stream: { write (line: string) { told.push((JSON.parse(line) as { msg: string }).msg) } } } })
  t.teardown(() => app.close())
  await app.register(audit, { config: file })
  const lines = said.trimEnd().split('\n')
  t.equal(lines.length, 4)
  // The places are told from the working directory, which is another one now.
  const withoutFolders = (line: string): string => line.replace(/\S*audit\.yml/, 'audit.yml')
  t.same(lines.map(line => withoutFolders(line.replace('warning: ', ''))), told.map(line => withoutFolders(line.replace('fastify-audit: ', ''))))
})

test('a file without the section is in order, and says that nothing is recorded', async t => {
  const file = join(t.testdir({ 'audit.yml': 'server.port: 5601\n' }), 'audit.yml')
  t.match(await runCommand(['check-config', file]), { code: 0, said: 'warning: auditing is disabled: xpack.security.audit.enabled is not true\n' })
})

test('a key of hashes that cannot be used is a fault, as at start', async t => {
  const file = join(t.testdir({ 'audit.yml': 'xpack.security.audit:\n  enabled: true\n  fields: { hash: [user.name], hash_key_file: /nowhere/key }\n' }), 'audit.yml')
  t.match(await runCommand(['check-config', file]), { code: 1, printed: '', said: /audit\.yml:3:\d+ xpack\.security\.audit\.fields\.hash_key_file: expected a file that can be read/ })
})
