// Objects in several spaces: putting them into spaces and taking them out, and following
// references to see what should come along. Called by the repository.
import { badRequest, conflict, SavedObjectsError } from './errors.js'
import { referenceKey } from './rows.js'
import { EVERY_SPACE, namespaceTypeOf } from './types.js'

/** @typedef {ReturnType<typeof import('./objects.js').createObjects>} Objects */
/** @typedef {import('./rows.js').SavedObject} SavedObject */
/** @typedef {{ type: string, id: string }} ObjectKey */

/** How far references are followed; what is beyond is not reported. */
const MAX_COLLECTED = 1000

/**
 * Puts objects into spaces and takes them out of others; one that is left in no space is
 * deleted. Each object has an outcome of its own.
 *
 * @param {import('../database/open.js').Database} database
 * @param {Objects} objects
 * @param {readonly ObjectKey[]} keys
 * @param {{ add: readonly string[], remove: readonly string[] }} spaces
 */
export async function updateSpaces (database, objects, keys, { add, remove }) {
  if (add.length === 0 && remove.length === 0) throw badRequest('spacesToAdd and/or spacesToRemove must be a non-empty array of strings')
  const both = add.find((space) => remove.includes(space))
  if (both !== undefined) throw badRequest(`The space "${both}" cannot be both added and removed`)
  const known = new Set((await database.query('SELECT id FROM spaces')).map(({ id }) => id))
  const unknown = add.find((space) => space !== EVERY_SPACE && !known.has(space))
  if (unknown !== undefined) throw badRequest(`There is no space "${unknown}"`)

  const results = []
  for (const { type, id } of keys) {
    try {
      if (namespaceTypeOf(type) !== 'multiple') throw badRequest(`Objects of type '${type}' cannot be shared`)
      results.push({ type, id, spaces: await move(objects, type, id, add, remove) })
    } catch (error) {
      if (!(error instanceof SavedObjectsError)) throw error
      results.push({ type, id, spaces: [], error: error.toItem() })
    }
  }
  return { objects: results }
}

/** @param {Objects} objects @param {string} type @param {string} id @param {readonly string[]} add @param {readonly string[]} remove @returns {Promise<string[]>} */
async function move (objects, type, id, add, remove) {
  /** @param {SavedObject} object */
  const moved = ({ namespaces = [] }) => [...new Set([...namespaces.filter((space) => !remove.includes(space)), ...add])]
  const stored = await objects.visible(type, id)
  if (moved(stored.object).length === 0 && await objects.drop(stored)) return []
  const { namespaces } = await objects.revise(type, id, undefined, (object) => {
    const left = moved(object)
    if (left.length === 0) throw conflict(type, id)
    return { namespaces: left }
  })
  return namespaces ?? []
}

/**
 * The objects, and all that they refer to directly or through others, with the spaces that
 * each is in and where it is referred to from.
 *
 * @param {Objects} objects
 * @param {readonly ObjectKey[]} keys
 */
export async function collectReferences (objects, keys) {
  /** @type {Map<string, { type: string, id: string, spaces: string[], inboundReferences: { type: string, id: string, name: string }[], isMissing?: boolean }>} */
  const collected = new Map()
  /** @type {{ key: ObjectKey, from?: { type: string, id: string, name: string } }[]} */
  const waiting = keys.map((key) => ({ key }))
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { key: { type, id }, from } = next
    if (namespaceTypeOf(type) !== 'multiple') continue
    const known = collected.get(referenceKey(next.key))
    if (known !== undefined) {
      if (from !== undefined) known.inboundReferences.push(from)
      continue
    }
    if (collected.size >= MAX_COLLECTED) break
    const stored = await objects.lookUp(type, id)
    collected.set(referenceKey(next.key), {
      type,
      id,
      spaces: stored?.object.namespaces ?? [],
      inboundReferences: from === undefined ? [] : [from],
      ...stored === undefined && { isMissing: true }
    })
    for (const reference of stored?.object.references ?? []) {
      waiting.push({ key: { type: reference.type, id: reference.id }, from: { type, id, name: reference.name } })
    }
  }
  return { objects: [...collected.values()] }
}
