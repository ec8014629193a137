import { test } from 'tap'
import { hashValue, keyFault, MIN_KEY_BYTES } from '../../../lib/trail/fields/hash.js'

const KEY = 'k'.repeat(MIN_KEY_BYTES)

test('a hash is the HMAC-SHA-256 that other tools make', async (t) => {
  // printf %s ann | openssl dgst -sha256 -hmac "$(printf 'k%.0s' $(seq 32))"
  t.equal(hashValue('ann', KEY), '8adee30bc7f03373ea62a78320e36f1bd2584031e9b6c38a06b7bf29ebb1e11e')
})

test('it differs by value, by letter case and by key, and never holds the value', async (t) => {
  const hashes = [hashValue('ann', KEY), hashValue('Ann', KEY), hashValue('ann', KEY + 'x'), hashValue('', KEY), hashValue('__proto__', KEY), hashValue('a\n\u0000é', KEY)]
  t.equal(new Set(hashes).size, hashes.length)
  for (const hash of hashes) t.match(hash, /^[0-9a-f]{64}$/)
})

test('a key that is too short is refused, in words that do not hold it', async (t) => {
  const short = 'secret-secret-secret-secret-123'
  t.throws(() => hashValue('ann', short), { code: 'AUDIT_ERR_OPTION', message: 'hashValue: expected a key of 32 bytes or more, got one of 31' })
  t.equal(keyFault('é'.repeat(16)), null, 'bytes are counted, not characters')
  t.match(keyFault(undefined), /got undefined$/)
  t.notMatch(keyFault(short), 'secret')
  t.throws(() => hashValue(7 as unknown as string, KEY), /expected a text to hash, got number/)
})
