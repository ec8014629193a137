// Passwords as salted scrypt hashes. Called by users.js.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = /** @type {(password: string, salt: Buffer, length: number, options: import('node:crypto').ScryptOptions) => Promise<Buffer>} */ (promisify(scrypt))

/** Cost: some 50 ms and 32 MB. N is the work factor, r the block size, p the parallelism. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const KEY_BYTES = 32

/**
 * @param {string} password
 * @returns {Promise<string>} salt and key, hexadecimal, with a colon between
 */
export async function hashPassword (password) {
  const salt = randomBytes(16)
  return `${salt.toString('hex')}:${(await derive(password, salt, KEY_BYTES, COST)).toString('hex')}`
}

/**
 * @param {string} password
 * @param {string} hash what `hashPassword` returned
 */
export async function isPassword (password, hash) {
  const [salt = '', key = ''] = hash.split(':')
  const derived = await derive(password, Buffer.from(salt, 'hex'), KEY_BYTES, COST)
  const expected = Buffer.from(key, 'hex')
  return expected.length === derived.length && timingSafeEqual(expected, derived)
}
