// What the example asks of a database, and which one it gets: PostgreSQL where DATABASE_URL
// is set, else a file of its own. Called by server.js; the tests open both.
import { join } from 'node:path'
import { openPostgres } from './postgres.js'
import { openSqlite } from './sqlite.js'

/** @typedef {string | number | null} Value what is bound to `$1`, `$2` … */
/** @typedef {Record<string, unknown>} Row */

/**
 * @typedef {object} Database
 * @property {string} description one line for the operator: what is used, and where
 * @property {(column: string) => string} each SQL that lists a JSON array's entries as `each.value`, to stand after FROM
 * @property {(column: string, parameter: string) => string} sortable SQL for a property of a JSON object, as something that can be compared
 * @property {(sql: string, parameters?: readonly Value[]) => Promise<Row[]>} query runs one statement
 * @property {() => Promise<void>} close
 */

/**
 * @param {object} options
 * @param {string} [options.url] where PostgreSQL is
 * @param {string} options.directory where the embedded database keeps its file
 * @param {(error: Error) => void} options.onIdleError
 * @returns {Promise<Database>}
 */
export async function openDatabase ({ url, directory, onIdleError }) {
  return url === undefined || url === ''
    ? openSqlite(join(directory, 'saved-objects.db'))
    : openPostgres(url, onIdleError)
}

/**
 * Reads a JSON column: text in SQLite, already a value in PostgreSQL.
 *
 * @param {unknown} column
 */
export function fromJson (column) {
  return typeof column === 'string' ? JSON.parse(column) : column
}
