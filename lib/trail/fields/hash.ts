// The keyed hash that stands for a user name, an id or an address where the value itself must
// not be in the log. Public, so that a person who is asked for can be looked up: who has the
// key makes the same hash of a name, and searches the log for it.
import { createHmac } from 'node:crypto'
import { AUDIT_ERR_OPTION } from '../../errors.js'

/** The fewest bytes that a key may have: as many as the hash, as RFC 2104 asks. */
export const MIN_KEY_BYTES = 32

/**
 * The HMAC-SHA-256 of a value, as 64 hexadecimal digits. The value is taken as it is, in UTF-8:
 * `Ann` and `ann` have different hashes.
 *
 * @param key a secret of 32 bytes or more, such as `openssl rand -hex 32` makes
 * @throws {AUDIT_ERR_OPTION} the value is not text, or the key is not text or is too short
 */
export function hashValue (value: string, key: string): string {
  if (typeof value !== 'string') throw new AUDIT_ERR_OPTION(`hashValue: expected a text to hash, got ${typeof value}`)
  const fault = keyFault(key)
  if (fault !== null) throw new AUDIT_ERR_OPTION(`hashValue: ${fault}`)
  return createHmac('sha256', key).update(value, 'utf8').digest('hex')
}

/** What is wrong with a key, in words that do not hold it, or null. */
export function keyFault (key: unknown): string | null {
  if (typeof key !== 'string') return `expected a key of ${MIN_KEY_BYTES} bytes or more, got ${typeof key}`
  const bytes = Buffer.byteLength(key)
  return bytes >= MIN_KEY_BYTES ? null : `expected a key of ${MIN_KEY_BYTES} bytes or more, got one of ${bytes}`
}
