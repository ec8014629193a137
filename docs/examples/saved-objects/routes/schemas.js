// What the routes of saved-objects.js accept. Anything else is answered with a 400 before the
// repository is asked.

const type = { type: 'string', pattern: '^[a-z][a-z-]{0,63}$' }
const id = { type: 'string', minLength: 1, maxLength: 512 }
const attributes = { type: 'object' }
const version = { type: 'string', maxLength: 64 }
const space = { type: 'string', pattern: '^(\\*|[\\w-]{1,128})$' }
const spaces = { type: 'array', items: space, maxItems: 100 }
const types = { type: 'array', items: type, minItems: 1, maxItems: 100 }
const names = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 128 }, maxItems: 100 }
const operator = { enum: ['AND', 'OR'] }
const flag = { type: 'boolean' }

const record = (properties, required = []) => ({ type: 'object', additionalProperties: false, required, properties })
const list = (properties, required) => ({ type: 'array', minItems: 1, maxItems: 10_000, items: record(properties, required) })

const referenceList = { ...list({ type, id, name: { type: 'string', minLength: 1, maxLength: 512 } }, ['type', 'id', 'name']), minItems: 0 }
const keys = list({ type, id }, ['type', 'id'])
const params = record({ space, type, id })
const overwrite = record({ overwrite: flag })
const force = record({ force: flag })
const created = { attributes, references: referenceList, version, originId: id, initialNamespaces: { ...spaces, minItems: 1 } }

export const one = { params }
export const create = { params, querystring: overwrite, body: record(created, ['attributes']) }
export const update = { params, body: record({ attributes, references: referenceList, version }, ['attributes']) }
export const remove = { params, querystring: force }
export const increment = {
  params,
  body: record({ counters: list({ fieldName: { type: 'string', minLength: 1, maxLength: 128 }, incrementBy: { type: 'integer' } }, ['fieldName']) }, ['counters'])
}
export const find = {
  querystring: record({
    type: types,
    page: { type: 'integer', minimum: 1 },
    per_page: { type: 'integer', minimum: 0, maximum: 10_000 },
    search: { type: 'string', maxLength: 1024 },
    search_fields: names,
    default_search_operator: operator,
    sort_field: { type: 'string', maxLength: 128 },
    sort_order: { enum: ['asc', 'desc'] },
    has_reference: { type: 'string', pattern: '^[a-z][a-z-]{0,63}:.{1,512}$' },
    fields: names,
    namespaces: spaces
  }, ['type'])
}
export const bulkKeys = { body: keys }
export const bulkGet = { body: list({ type, id, namespaces: { ...spaces, minItems: 1 } }, ['type', 'id']) }
export const bulkCreate = { querystring: overwrite, body: list({ type, id, ...created }, ['type', 'attributes']) }
export const bulkUpdate = { body: list({ type, id, attributes, references: referenceList, version }, ['type', 'id', 'attributes']) }
export const bulkDelete = { querystring: force, body: keys }
export const exported = { body: record({ type: types }, ['type']) }
export const share = { body: record({ objects: keys, spacesToAdd: spaces, spacesToRemove: spaces }, ['objects', 'spacesToAdd', 'spacesToRemove']) }
export const references = { body: record({ objects: keys }, ['objects']) }
