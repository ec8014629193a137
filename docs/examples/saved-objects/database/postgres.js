// A real PostgreSQL, when DATABASE_URL says where. Called by database/open.js. The same SQL
// and the same repository as with the embedded database; a pool serves requests side by side.
import pg from 'pg'
import { createTables } from './tables.js'

/** The schema that the tables are in, so that they do not meet others of the same names. */
const SCHEMA = 'saved_objects_example'

/** Guards `CREATE TABLE IF NOT EXISTS`, which two servers starting together can trip over. */
const TABLES_LOCK = 7_220_251

/**
 * Connects, and creates the tables where they are missing.
 *
 * @param {string} url `postgres://user:password@host:port/database`
 * @param {(error: Error) => void} onIdleError hears of connections that break while nobody uses them; the pool replaces them
 * @returns {Promise<import('./open.js').Database>}
 */
export async function openPostgres (url, onIdleError) {
  const pool = new pg.Pool({ connectionString: url, max: 10, options: `-c search_path=${SCHEMA}` })
  pool.on('error', onIdleError)
  try {
    await pool.query(`BEGIN; SELECT pg_advisory_xact_lock(${TABLES_LOCK}); CREATE SCHEMA IF NOT EXISTS ${SCHEMA}; ${createTables('jsonb')} COMMIT`)
  } catch (error) {
    await pool.end()
    throw error
  }
  const { rows: [server] } = await pool.query('SELECT current_database() AS name, current_setting(\'server_version\') AS version')
  return {
    description: `PostgreSQL ${server.version}, database ${server.name}`,
    each: (column) => `jsonb_array_elements_text(${column}) AS each (value)`,
    sortable: (column, parameter) => `${column} -> CAST(${parameter} AS text)`,
    async query (sql, parameters = []) {
      return (await pool.query(sql, [...parameters])).rows
    },
    close: () => pool.end()
  }
}
