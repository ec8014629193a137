// The SQL of find(): conditions, order and page, with every value bound and never spelled
// out. Called by finding.js, which runs it over the objects or over a point in time.
import { EVERY_SPACE } from './types.js'
import { badRequest } from './errors.js'
import { referenceKey } from './rows.js'
import { FIELD_MARK, splitWords } from './words.js'

/**
 * @typedef {object} FindOptions
 * @property {string | string[]} type
 * @property {string} [search] words, each perhaps with `*` at its end
 * @property {string[]} [searchFields] top-level attributes. Default: all
 * @property {'AND' | 'OR'} [defaultSearchOperator] Default: OR
 * @property {{ type: string, id: string } | { type: string, id: string }[]} [hasReference]
 * @property {'AND' | 'OR'} [hasReferenceOperator] Default: OR
 * @property {string} [sortField] a top-level attribute, or type, id, created_at, updated_at. Default: updated_at
 * @property {'asc' | 'desc'} [sortOrder] Default: desc for updated_at, else asc
 * @property {number} [page] from 1
 * @property {number} [perPage] Default: 20
 * @property {string[]} [fields] the attributes to return. Default: all
 * @property {string[]} [namespaces] the spaces to look in; `*` is every space. Default: the client's own
 * @property {{ id: string, keepAlive?: string }} [pit] a point in time, in place of what is stored now
 * @property {number[]} [searchAfter] the `sort` of the last object seen; only with a point in time
 */

const ROOT_FIELDS = new Set(['type', 'id', 'created_at', 'updated_at'])
const ATTRIBUTE_NAME = /^[A-Za-z_][\w.-]{0,127}$/
const OPTIONS = new Set(['type', 'search', 'searchFields', 'defaultSearchOperator', 'hasReference', 'hasReferenceOperator',
  'sortField', 'sortOrder', 'page', 'perPage', 'fields', 'namespaces', 'pit', 'searchAfter'])

/** Refuses what cannot be done rather than returning too much. @param {FindOptions} options */
export function assertFindOptions (options) {
  for (const option of Object.keys(options)) {
    if (!OPTIONS.has(option)) throw badRequest(`find: the option "${option}" is not supported by this repository`)
  }
  if (options.searchAfter !== undefined && options.pit === undefined) throw badRequest('find: searchAfter needs a point in time')
  if (options.sortField !== undefined && !ATTRIBUTE_NAME.test(options.sortField)) throw badRequest('find: sortField is not the name of an attribute')
}

/**
 * Returns the conditions after WHERE, the order after ORDER BY, and what is bound in them.
 *
 * @param {import('../database/open.js').Database} database
 * @param {FindOptions} options
 * @param {readonly string[]} types
 * @param {readonly string[]} spaces
 */
export function findQuery (database, options, types, spaces) {
  /** @type {import('../database/open.js').Value[]} */
  const parameters = []
  /** @param {import('../database/open.js').Value} value */
  const bind = (value) => `$${parameters.push(value)}`
  /** @param {string} column @param {string} condition */
  const any = (column, condition) => `EXISTS (SELECT 1 FROM ${database.each(column)} WHERE ${condition})`

  const conditions = [`type IN (${types.map(bind).join(', ')})`]
  if (!spaces.includes(EVERY_SPACE)) {
    const within = [...spaces, EVERY_SPACE].map(bind).join(', ')
    conditions.push(`(spaces = ${bind('[]')} OR ${any('spaces', `each.value IN (${within})`)})`)
  }
  const references = [options.hasReference ?? []].flat()
    .map((reference) => any('reference_keys', `each.value = ${bind(referenceKey(reference))}`))
  if (references.length > 0) conditions.push(joined(references, options.hasReferenceOperator))
  const words = searchedWords(options.search)
    .map(({ word, prefix }) => any('words', joined(wordConditions(bind, word, prefix, options.searchFields), 'OR')))
  if (words.length > 0) conditions.push(joined(words, options.defaultSearchOperator))

  const where = conditions.join(' AND ')
  const matched = [...parameters]
  const field = options.sortField ?? 'updated_at'
  const order = (options.sortOrder ?? (field === 'updated_at' ? 'desc' : 'asc')) === 'desc' ? 'DESC' : 'ASC'
  const sorted = ROOT_FIELDS.has(field) ? field : database.sortable('attributes', bind(field))
  return { where, matched, order: `${sorted} ${order} NULLS LAST, type, id, scope`, parameters }
}

/** @param {string[]} conditions @param {'AND' | 'OR'} [operator] */
function joined (conditions, operator = 'OR') {
  return `(${conditions.join(` ${operator === 'AND' ? 'AND' : 'OR'} `)})`
}

/** @param {string} [search] */
function searchedWords (search = '') {
  return search.split(/\s+/).flatMap((part) => {
    const words = splitWords(part)
    return words.map((word, index) => ({ word, prefix: part.endsWith('*') && index === words.length - 1 }))
  })
}

/**
 * @param {(value: string) => string} bind
 * @param {string} word
 * @param {boolean} prefix whether longer words match too
 * @param {string[]} [fields]
 */
function wordConditions (bind, word, prefix, fields) {
  /** @param {string} start */
  const startsWith = (start) => {
    const bound = bind(start)
    return `substr(each.value, 1, length(${bound})) = ${bound}`
  }
  const start = prefix ? word : word + FIELD_MARK
  if (fields === undefined || fields.length === 0 || fields.includes('*')) return [startsWith(start)]
  return fields.map((field) => {
    if (!prefix) return `each.value = ${bind(word + FIELD_MARK + field)}`
    const end = bind(FIELD_MARK + field)
    return `(${startsWith(start)} AND substr(each.value, length(each.value) - length(${end}) + 1) = ${end})`
  })
}
