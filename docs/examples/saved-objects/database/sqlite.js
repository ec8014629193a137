// The embedded database, the default of the example: one SQLite file through libsql. Called
// by database/open.js. Statements are synchronous underneath; each is a transaction of its
// own, which is all that the repository asks for.
import Libsql from 'libsql'
import { createTables } from './tables.js'

/** How many prepared statements are kept; find() makes new ones out of its options. */
const KEPT_STATEMENTS = 200

/**
 * Opens the file, and creates it and its tables where they are missing.
 *
 * @param {string} file
 * @returns {import('./open.js').Database}
 */
export function openSqlite (file) {
  const connection = new Libsql(file, { timeout: 5000 })
  connection.exec('PRAGMA journal_mode = WAL')
  connection.exec('PRAGMA foreign_keys = ON')
  connection.exec(createTables('text'))

  /** @type {Map<string, import('libsql').Statement>} */
  const statements = new Map()

  /** @param {string} sql */
  function prepared (sql) {
    const known = statements.get(sql)
    if (known !== undefined) return known
    if (statements.size >= KEPT_STATEMENTS) statements.clear()
    const statement = connection.prepare(sql.replace(/\$(\d+)/g, '?$1'))
    statements.set(sql, statement)
    return statement
  }

  return {
    description: `SQLite in ${file}`,
    each: (column) => `json_each(${column}) AS each`,
    sortable: (column, parameter) => `${column} ->> ${parameter}`,
    async query (sql, parameters = []) {
      return /** @type {import('./open.js').Row[]} */ (prepared(sql).all([...parameters]))
    },
    async close () {
      statements.clear()
      connection.close()
    }
  }
}
