// How a saved object stands in its row, and the four statements that touch one row. Called by
// the repository's parts; knows nothing of permissions or of who may see what.
import { randomBytes } from 'node:crypto'
import { fromJson } from '../database/open.js'
import { badRequest } from './errors.js'
import { wordsOf } from './words.js'

/** @typedef {{ type: string, id: string, name: string }} Reference */

/**
 * @typedef {object} SavedObject
 * @property {string} type
 * @property {string} id
 * @property {string[]} [namespaces] the spaces that it is in; `*` stands for all; none for agnostic types
 * @property {Record<string, unknown>} attributes
 * @property {Reference[]} references
 * @property {string} version changes with every write
 * @property {string} [originId]
 * @property {string} created_at ISO 8601
 * @property {string} [created_by] the id of the user
 * @property {string} updated_at ISO 8601
 * @property {string} [updated_by]
 */

/** An object together with its scope: the space whose ids it is among, or `*`. @typedef {{ scope: string, object: SavedObject }} Stored */

const COLUMNS = 'scope, type, id, version, spaces, attributes, reference_list, reference_keys, words, origin_id, created_at, created_by, updated_at, updated_by'
const PLACES = COLUMNS.split(', ').map((_, index) => `$${index + 1}`).join(', ')
const ASSIGNMENTS = COLUMNS.split(', ').map((column, index) => `${column} = $${index + 1}`).join(', ')

/** What JSON writes for a NUL or half of a surrogate pair, which PostgreSQL cannot keep: refused for every database alike. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** How deep attributes may be nested: far deeper ones could be stored, but not put into an answer again. */
const MAX_DEPTH = 100

/** Makes a version that no object has had. */
export const newVersion = () => randomBytes(9).toString('base64url')

/**
 * Whether a text can be a key: kept and found again by every database.
 *
 * @param {string} text
 */
export function isStorable (text) {
  return text.length > 0 && text.length <= 512 && text.isWellFormed() && !text.includes('\0')
}

/** How a reference is found again. @param {{ type: string, id: string }} object */
export const referenceKey = ({ type, id }) => `${type}:${id}`

/**
 * @param {import('../database/open.js').Row} row
 * @returns {Stored}
 */
export function fromRow (row) {
  const spaces = /** @type {string[]} */ (fromJson(row.spaces))
  const text = /** @type {Record<string, string>} */ (row)
  /** @type {SavedObject} */
  const object = {
    type: text.type ?? '',
    id: text.id ?? '',
    ...spaces.length > 0 && { namespaces: spaces },
    attributes: fromJson(row.attributes),
    references: fromJson(row.reference_list),
    version: text.version ?? '',
    ...row.origin_id !== null && { originId: text.origin_id },
    created_at: text.created_at ?? '',
    ...row.created_by !== null && { created_by: text.created_by },
    updated_at: text.updated_at ?? '',
    ...row.updated_by !== null && { updated_by: text.updated_by }
  }
  return { scope: text.scope ?? '', object }
}

/** @param {Stored} stored @returns {(string | null)[]} */
function toRow ({ scope, object }) {
  return [
    scope, object.type, object.id, object.version,
    toJson(object.namespaces ?? []),
    toJson(object.attributes),
    toJson(object.references),
    toJson(object.references.map(referenceKey)),
    toJson(wordsOf(object.attributes)),
    object.originId ?? null,
    object.created_at, object.created_by ?? null,
    object.updated_at, object.updated_by ?? null
  ]
}

/** @param {unknown} value */
function toJson (value) {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw badRequest(`Attributes may be nested ${MAX_DEPTH} deep, not deeper`)
    level = level.flatMap((inner) => typeof inner === 'object' && inner !== null ? Object.values(inner) : [])
  }
  const text = JSON.stringify(value)
  if (UNSTORABLE.test(text)) throw badRequest('Attributes and references may hold neither NUL nor half a surrogate pair')
  return text
}

/**
 * The statements on one row. Every change names the version that it starts from, so that of
 * two writers at the same time exactly one gets through.
 *
 * @param {import('../database/open.js').Database} database
 */
export function createRows (database) {
  return {
    /** @param {string} scope @param {string} type @param {string} id @returns {Promise<Stored | undefined>} */
    async load (scope, type, id) {
      const [row] = await database.query(`SELECT ${COLUMNS} FROM saved_objects WHERE scope = $1 AND type = $2 AND id = $3`, [scope, type, id])
      return row && fromRow(row)
    },

    /** False: there is one by that key. @param {Stored} stored */
    async insert (stored) {
      const rows = await database.query(`INSERT INTO saved_objects (${COLUMNS}) VALUES (${PLACES}) ON CONFLICT DO NOTHING RETURNING version`, toRow(stored))
      return rows.length === 1
    },

    /** False: it is gone, or has another version by now. @param {Stored} stored @param {string} version the one to replace */
    async replace (stored, version) {
      const rows = await database.query(
        `UPDATE saved_objects SET ${ASSIGNMENTS} WHERE scope = $1 AND type = $2 AND id = $3 AND version = $15 RETURNING version`,
        [...toRow(stored), version])
      return rows.length === 1
    },

    /** False: as `replace`. @param {Stored} stored */
    async remove ({ scope, object }) {
      const rows = await database.query(
        'DELETE FROM saved_objects WHERE scope = $1 AND type = $2 AND id = $3 AND version = $4 RETURNING version',
        [scope, object.type, object.id, object.version])
      return rows.length === 1
    }
  }
}
