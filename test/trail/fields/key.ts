import { test } from 'tap'
import { chmodSync } from 'node:fs'
import { readHashKey } from '../../../lib/trail/fields/key.js'
import type { Surroundings } from '../../../lib/contracts.js'

const KEY = 'k'.repeat(32)

function around (directory: string) {
  const told: string[] = []
  const log = { warn: (_: object, text: string) => { told.push(text) } } as unknown as Surroundings['log']
  return { directory, locate: (...path: readonly string[]) => `audit.yml:1:1 ${path.join('.')}`, log, told }
}

test('the key comes from the settings or from its file', async (t) => {
  const directory = t.testdir({ key: `${KEY}\n` })
  chmodSync(`${directory}/key`, 0o400)
  const surroundings = around(directory)
  t.equal(readHashKey({}, surroundings), null)
  t.equal(readHashKey({ hash_key: KEY }, surroundings), KEY)
  t.equal(readHashKey({ hash_key_file: 'key' }, surroundings), KEY)
  t.same(surroundings.told, [])
})

test('a file that others may read is told, without what is in it', async (t) => {
  const directory = t.testdir({ key: KEY })
  chmodSync(`${directory}/key`, 0o640)
  const surroundings = around(directory)
  readHashKey({ hash_key_file: 'key' }, surroundings)
  t.match(String(surroundings.told), /audit\.yml:1:1 fields\.hash_key_file: others than its owner may read .* 0640/)
  t.notMatch(String(surroundings.told), KEY)
})

test('a file that is not there or too short stops the start, with the place of the setting', async (t) => {
  const surroundings = around(t.testdir({ short: 'too-short-a-secret' }))
  t.throws(() => readHashKey({ hash_key_file: 'none' }, surroundings), { code: 'AUDIT_ERR_CONFIG', message: /^audit\.yml:1:1 fields\.hash_key_file: expected a file that can be read, got ENOENT/ })
  t.throws(() => readHashKey({ hash_key_file: 'short' }, surroundings), { message: 'audit.yml:1:1 fields.hash_key_file: expected a key of 32 bytes or more, got one of 18' })
})
