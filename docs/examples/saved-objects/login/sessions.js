// Sessions, in the database, so that they outlive a restart. The browser holds a random
// secret; the database holds its hash; what stands in logs is the session's id, which opens
// nothing. Called by routes/login.js and routes/context.js.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { toUser } from './users.js'

/** Hours that a session lasts, whether it is used or not. */
const HOURS = 8

/** @typedef {{ id: string, expires: Date }} Session */

/** @param {import('../database/open.js').Database} database */
export function createSessions (database) {
  return {
    /** @param {string} userName @returns {Promise<Session & { secret: string }>} */
    async begin (userName) {
      const secret = randomBytes(32).toString('base64url')
      const id = randomUUID()
      const now = new Date()
      const expires = new Date(now.getTime() + HOURS * 3_600_000)
      await database.query(
        'INSERT INTO sessions (secret_hash, id, user_name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING id',
        [hashOf(secret), id, userName, now.toISOString(), expires.toISOString()])
      return { id, expires, secret }
    },

    /** The session that this secret opens, and whose it is. @param {string} secret */
    async find (secret) {
      const [row] = await database.query(
        `SELECT users.*, sessions.id AS session_id, sessions.expires_at FROM sessions
         JOIN users ON users.name = sessions.user_name WHERE sessions.secret_hash = $1 AND sessions.expires_at > $2`,
        [hashOf(secret), new Date().toISOString()])
      return row && { session: { id: String(row.session_id), expires: new Date(String(row.expires_at)) }, user: toUser(row) }
    },

    /** @param {string} id */
    async end (id) {
      await database.query('DELETE FROM sessions WHERE id = $1 RETURNING id', [id])
    },

    /** The sessions that have run out and wait to be removed. */
    async expired () {
      const rows = await database.query('SELECT id, user_name FROM sessions WHERE expires_at <= $1', [new Date().toISOString()])
      return rows.map((row) => ({ id: String(row.id), userHash: hashOf(String(row.user_name)) }))
    }
  }
}

/** @param {string} text */
function hashOf (text) {
  return createHash('sha256').update(text).digest('hex')
}
