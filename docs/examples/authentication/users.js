// The users of these examples, and what checks a password. Called by all four.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'

const users = new Map()

/** Adds a user; the password itself is not kept. */
export function addUser (name, password) {
  const salt = randomBytes(16)
  users.set(name, { id: `u_${name}`, name, roles: ['editor'], salt, hash: scryptSync(password, salt, 32) })
}

/** The user of a name and its password, or null. */
export function checkPassword (name, password) {
  const { salt, hash, ...user } = users.get(name) ?? { salt: '', hash: Buffer.alloc(32) }
  const isRight = timingSafeEqual(scryptSync(String(password), salt, 32), hash)
  return isRight && users.has(name) ? user : null
}

/** What the plugin records of a request's user. */
export const userOf = ({ user }) => user && { id: user.id, name: user.name, roles: user.roles }
