// The command line as a process of its own: its status, its two streams.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { PLAIN } from './support/plain-node.js'

const CLI = join(import.meta.dirname, '../dist/cli.js')

function start (args: readonly string[], input = ''): { status: number | null, stdout: string, stderr: string } {
  return spawnSync('env', [...PLAIN, process.execPath, CLI, ...args], { input, encoding: 'utf8', timeout: 30_000 })
}

test('the status of the process says how it ended', async t => {
  const folder = t.testdir({ 'good.yml': 'xpack.security.audit.enabled: true\n', 'bad.yml': 'xpack.security.audit.enabled: perhaps\n', key: 'k'.repeat(32) })
  chmodSync(join(folder, 'key'), 0o400)
  t.match(start(['check-config', join(folder, 'good.yml')]), { status: 0, stdout: /is ok/, stderr: '' })
  t.match(start(['check-config', join(folder, 'bad.yml')]), { status: 1, stdout: '', stderr: /bad\.yml:1:31 xpack\.security\.audit\.enabled: expected true or false/ })
  t.match(start(['check-config']), { status: 2, stdout: '', stderr: /Usage: npx fastify-audit/ })
  t.match(start(['hash', '--key-file', join(folder, 'key'), '-'], 'ann\n'), { status: 0, stdout: /^[0-9a-f]{64}\n$/, stderr: '' })
})

test('the value of a hash comes from a pipe byte for byte', async t => {
  const key = join(t.testdir({ key: 'k'.repeat(32) }), 'key')
  const ours = start(['hash', '--key-file', key, '-'], 'Anné').stdout
  const theirs = execFileSync('openssl', ['dgst', '-sha256', '-hmac', 'k'.repeat(32)], { input: 'Anné', encoding: 'utf8' })
  t.equal(ours.trim(), theirs.trim().split(' ').at(-1))
})
