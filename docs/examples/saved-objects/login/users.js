// Who may log in: users with a role and the spaces that they may work in, in the database.
// Called by routes/login.js and, for each request with a cookie, by routes/context.js.
import { fromJson } from '../database/open.js'
import { hashPassword, isPassword } from './passwords.js'

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} name
 * @property {string} full_name
 * @property {('editor' | 'viewer')[]} roles an editor reads and writes, a viewer reads
 * @property {string[]} spaces `*`: all of them
 */

/** The users that a new database starts with. Their passwords are no secret: they are told to whoever starts the example. */
export const FIRST_USERS = Object.freeze([
  { id: 'u-emma', name: 'emma', full_name: 'Emma Editor', password: 'emma-may-edit', roles: ['editor'], spaces: ['*'] },
  { id: 'u-victor', name: 'victor', full_name: 'Victor Viewer', password: 'victor-may-look', roles: ['viewer'], spaces: ['*'] },
  { id: 'u-mara', name: 'mara', full_name: 'Mara Marketing', password: 'mara-may-market', roles: ['editor'], spaces: ['marketing'] }
])

/** @param {import('../database/open.js').Database} database */
export async function createUsers (database) {
  const [count] = await database.query('SELECT count(*) AS total FROM users')
  if (Number(count?.total) === 0) {
    for (const user of FIRST_USERS) {
      await database.query(
        'INSERT INTO users (name, id, full_name, password_hash, roles, spaces) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING name',
        [user.name, user.id, user.full_name, await hashPassword(user.password), JSON.stringify(user.roles), JSON.stringify(user.spaces)])
    }
  }
  // Checked in place of the hash of a user that does not exist, so that the answer takes as long.
  const nobodysHash = await hashPassword('nobody')

  return {
    /**
     * The user, when this is the password.
     *
     * @param {string} name @param {string} password
     * @returns {Promise<User | undefined>}
     */
    async verify (name, password) {
      const [row] = name.includes('\0') ? [] : await database.query('SELECT * FROM users WHERE name = $1', [name])
      const matches = await isPassword(password, row === undefined ? nobodysHash : String(row.password_hash))
      return row !== undefined && matches ? toUser(row) : undefined
    }
  }
}

/** @param {import('../database/open.js').Row} row @returns {User} */
export function toUser (row) {
  return { id: String(row.id), name: String(row.name), full_name: String(row.full_name), roles: fromJson(row.roles), spaces: fromJson(row.spaces) }
}
