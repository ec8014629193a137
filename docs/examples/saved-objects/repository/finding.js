// find(), points in time, and the finder that pages through one. Called by the repository.
// A point in time is a copy of the rows, so what it shows does not move while it is paged.
import { randomUUID } from 'node:crypto'
import { badRequest, SavedObjectsError } from './errors.js'
import { assertFindOptions, findQuery } from './find-query.js'
import { fromRow } from './rows.js'

/** @typedef {import('./find-query.js').FindOptions} FindOptions */

const MAX_PER_PAGE = 10_000
const MAX_PAGE = 1_000_000
const DURATION_UNITS = /** @type {const} */ ({ s: 1000, m: 60_000, h: 3_600_000 })
const MAX_KEEP_ALIVE = 24 * DURATION_UNITS.h

/**
 * @param {import('../database/open.js').Database} database
 * @param {FindOptions} options
 * @param {readonly string[]} types
 * @param {readonly string[]} spaces
 */
export async function find (database, options, types, spaces) {
  assertFindOptions(options)
  const perPage = within(options.perPage ?? 20, 0, MAX_PER_PAGE, 'perPage')
  const page = within(options.page ?? 1, 1, MAX_PAGE, 'page')
  const after = options.searchAfter?.[0]
  const offset = after === undefined ? (page - 1) * perPage : within(after, 0, MAX_PAGE * MAX_PER_PAGE, 'searchAfter') + 1
  if (options.pit !== undefined) await prolong(database, options.pit)

  const query = findQuery(database, options, types, spaces)
  const source = options.pit === undefined ? 'saved_objects' : 'saved_objects_in_time'
  /** @param {import('../database/open.js').Value[]} parameters */
  const bound = (parameters) => options.pit === undefined
    ? { where: query.where, parameters }
    : { where: `point_in_time = $${parameters.length + 1} AND ${query.where}`, parameters: [...parameters, options.pit.id] }

  const counted = bound(query.matched)
  const [count] = await database.query(`SELECT count(*) AS total FROM ${source} WHERE ${counted.where}`, counted.parameters)
  const listed = bound(query.parameters)
  const next = listed.parameters.length + 1
  const rows = await database.query(
    `SELECT * FROM ${source} WHERE ${listed.where} ORDER BY ${query.order} LIMIT $${next} OFFSET $${next + 1}`,
    [...listed.parameters, perPage, offset])

  return {
    page,
    per_page: perPage,
    total: Number(count?.total),
    ...options.pit !== undefined && { pit_id: options.pit.id },
    saved_objects: rows.map((row, index) => {
      const { object } = fromRow(row)
      return {
        ...object,
        attributes: picked(object.attributes, options.fields),
        ...options.pit !== undefined && { sort: [offset + index] }
      }
    })
  }
}

/**
 * Keeps the objects of these types, as they are now, until closed or expired.
 *
 * @param {import('../database/open.js').Database} database
 * @param {readonly string[]} types
 * @param {readonly string[]} spaces
 * @param {string} keepAlive
 */
export async function openPointInTime (database, types, spaces, keepAlive) {
  await database.query('DELETE FROM points_in_time WHERE expires_at < $1', [new Date().toISOString()])
  const id = randomUUID()
  await database.query('INSERT INTO points_in_time (id, expires_at) VALUES ($1, $2)', [id, expiry(keepAlive)])
  const query = findQuery(database, { type: [...types] }, types, spaces)
  await database.query(
    `INSERT INTO saved_objects_in_time SELECT CAST($${query.parameters.length + 1} AS text), saved_objects.* FROM saved_objects WHERE ${query.where}`,
    [...query.parameters, id])
  return { id }
}

/**
 * @param {import('../database/open.js').Database} database
 * @param {string} id
 */
export async function closePointInTime (database, id) {
  const rows = await database.query('DELETE FROM points_in_time WHERE id = $1 RETURNING id', [id])
  return { succeeded: true, num_freed: rows.length }
}

/**
 * Pages through a point in time of a client, which may be an audited one.
 *
 * @template {{ find: Function, openPointInTimeForType: Function, closePointInTime: Function }} Client
 * @param {Client} client
 * @param {FindOptions} options
 */
export function createFinder (client, options) {
  const { type, namespaces, perPage = 1000 } = options
  let closed = false
  /** @type {string | undefined} */
  let opened

  async function close () {
    closed = true
    const id = opened
    opened = undefined
    if (id !== undefined) await client.closePointInTime(id)
  }

  /** @returns {AsyncGenerator<Awaited<ReturnType<typeof find>>>} */
  async function * pages () {
    if (opened !== undefined || closed) throw badRequest('A finder finds once')
    const point = await client.openPointInTimeForType(type, { ...namespaces !== undefined && { namespaces } })
    opened = point.id
    try {
      /** @type {number[] | undefined} */
      let searchAfter
      for (let more = true; more;) {
        const result = await client.find({ ...options, perPage, pit: { id: point.id, keepAlive: '2m' }, ...searchAfter && { searchAfter } })
        const { saved_objects: objects } = result
        searchAfter = objects.at(-1)?.sort
        if (objects.length > 0) yield result
        more = objects.length === perPage && opened !== undefined
      }
    } finally {
      await close()
    }
  }

  return { find: pages, close }
}

/** @param {import('../database/open.js').Database} database @param {{ id: string, keepAlive?: string }} pit */
async function prolong (database, { id, keepAlive }) {
  const now = new Date().toISOString()
  const found = keepAlive === undefined
    ? await database.query('SELECT id FROM points_in_time WHERE id = $1 AND expires_at >= $2', [id, now])
    : await database.query('UPDATE points_in_time SET expires_at = $3 WHERE id = $1 AND expires_at >= $2 RETURNING id', [id, now, expiry(keepAlive)])
  if (found.length === 0) throw new SavedObjectsError(404, 'The point in time is closed, has expired, or never was')
}

/** @param {string} keepAlive such as `30s`, `5m` or `1h`, up to a day */
function expiry (keepAlive) {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(keepAlive) ?? []
  const milliseconds = Number(count) * DURATION_UNITS[/** @type {'s' | 'm' | 'h'} */ (unit)]
  if (!(milliseconds > 0 && milliseconds <= MAX_KEEP_ALIVE)) throw badRequest('keepAlive: expected a duration such as "5m", up to 24h')
  return new Date(Date.now() + milliseconds).toISOString()
}

/** @param {number} value @param {number} least @param {number} most @param {string} name */
function within (value, least, most, name) {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw badRequest(`find: ${name} is out of bounds`)
  return value
}

/** @param {Record<string, unknown>} attributes @param {string[]} [fields] */
function picked (attributes, fields) {
  return fields === undefined ? attributes : Object.fromEntries(Object.entries(attributes).filter(([name]) => fields.includes(name)))
}
