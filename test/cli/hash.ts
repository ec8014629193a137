import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { hashValue } from '../../lib/index.js'
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
