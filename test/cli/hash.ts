import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import audit, { hashValue } from '../../lib/index.js'
import { readEvents } from '../support/audited-app.js'
import { runCommand } from '../support/terminal.js'

const KEY = 'k'.repeat(32)

test('a value is hashed with the key of a file, whether it is an argument or comes over standard input', async t => {
  const key = join(t.testdir({ key: ` ${KEY}\n` }), 'key')
  chmodSync(key, 0o400)
  const expected = { code: 0, printed: `${hashValue('ann', KEY)}\n`, said: '' }
  t.same(await runCommand(['hash', 'ann', '--key-file', key]), expected)
  t.same(await runCommand(['hash', '--key-file', key, '-'], 'ann\n'), expected, 'echo ends the line')
  t.same(await runCommand(['hash', '--key-file', key, '-'], 'ann'), expected)
  t.equal((await runCommand(['hash', '--key-file', key, '-'], 'ann\n\n')).printed, `${hashValue('ann\n', KEY)}\n`, 'one line feed, not all')
  t.equal((await runCommand(['hash', '--key-file', key, '--', '--help'])).printed, `${hashValue('--help', KEY)}\n`)
})

test('a key that cannot be read or is too short is told without its text', async t => {
  const folder = t.testdir({ key: 'secret' })
  t.match(await runCommand(['hash', 'ann', '--key-file', join(folder, 'none')]), { code: 1, printed: '', said: /^--key-file: expected a file that can be read, got .*ENOENT/ })
  const { code, said } = await runCommand(['hash', 'ann', '--key-file', join(folder, 'key')])
  t.equal(code, 1)
  t.match(said, 'expected a key of 32 bytes or more, got one of 6')
  t.notMatch(said, 'secret')
})

test('the hash is the one that an application with these settings writes', async t => {
  const folder = t.testdir({ key: `${KEY}\n` })
  chmodSync(join(folder, 'key'), 0o400)
  const config = join(folder, 'audit.yml')
  const log = join(folder, 'audit.log')
  writeFileSync(config, `xpack.security.audit:\n  enabled: true\n  lifecycle_events: false\n  appender: { type: file, fileName: "${log}", layout: { type: json } }\n  fields: { hash: [user.name], hash_key_file: "${join(folder, 'key')}" }\n`)
  const { code, printed, said } = await runCommand(['hash', 'ann', '--config', config])
  t.same([code, said], [0, ''])
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(audit, { config, user: () => ({ name: 'ann' }) })
  app.get('/', async () => ({}))
  await app.inject('/')
  await app.audit.flush()
  t.match(readEvents(t, log), [{ user: { name: printed.trim() } }])
})

test('settings without a key are told with their place, and a key that others may read is warned of', async t => {
  const folder = t.testdir({ key: KEY, 'none.yml': 'xpack.security.audit.enabled: true\n', 'open.yml': 'xpack.security.audit.fields.hash_key_file: ' + join(t.testdirName, 'key') + '\n' })
  chmodSync(join(folder, 'key'), 0o644)
  t.match(await runCommand(['hash', 'ann', '--config', join(folder, 'none.yml')]), { code: 1, printed: '', said: /none\.yml:1:\d+ xpack\.security\.audit\.fields: expected hash_key or hash_key_file, got neither/ })
  t.match(await runCommand(['hash', 'ann', '--config', join(folder, 'open.yml')]), { code: 0, said: /^warning: .*hash_key_file: others than its owner may read/ })
})
