// What can be done to one saved object: who sees it, and create, update, remove and increment
// with optimistic concurrency. Called by the repository and by sharing.js.
import { randomUUID } from 'node:crypto'
import { badRequest, conflict, notFound } from './errors.js'
import { createRows, fromRow, isStorable, newVersion, referenceKey } from './rows.js'
import { EVERY_SPACE, namespaceTypeOf } from './types.js'

/** @typedef {import('./rows.js').SavedObject} SavedObject */
/** @typedef {import('./rows.js').Stored} Stored */
/** @typedef {{ id?: string, overwrite?: boolean, version?: string, references?: import('./rows.js').Reference[], originId?: string, initialNamespaces?: string[] }} CreateOptions */
/** @typedef {{ version?: string, references?: import('./rows.js').Reference[] }} UpdateOptions */

/** How often a change without a version is tried again when somebody else was faster. */
const ATTEMPTS = 5

/**
 * @param {import('../database/open.js').Database} database
 * @param {{ space: string, user?: string }} view
 */
export function createObjects (database, { space, user }) {
  const rows = createRows(database)

  /** The one object that has this key, whoever may see it. @param {string} type @param {string} id */
  async function holder (type, id, within = space) {
    const namespaceType = namespaceTypeOf(type)
    if (namespaceType === undefined) throw badRequest(`Unsupported saved object type: '${type}'`)
    return isStorable(id) ? rows.load(namespaceType === 'single' ? within : EVERY_SPACE, type, id) : undefined
  }

  /** @param {Stored} stored @param {string} within */
  function isVisible ({ object: { namespaces } }, within) {
    return namespaces === undefined || namespaces.includes(within) || namespaces.includes(EVERY_SPACE)
  }

  /** The object, when it can be seen from the space. @param {string} type @param {string} id */
  async function lookUp (type, id, within = space) {
    const stored = await holder(type, id, within)
    return stored !== undefined && isVisible(stored, within) ? stored : undefined
  }

  /** @param {string} type @param {string} id */
  async function visible (type, id) {
    const stored = await lookUp(type, id)
    if (stored === undefined) throw notFound(type, id)
    return stored
  }

  /**
   * Replaces an object by what `change` makes of it. Without a version to start from, it is
   * tried again on what somebody else has written meanwhile.
   *
   * @param {string} type @param {string} id @param {string | undefined} version
   * @param {(object: SavedObject) => Partial<SavedObject>} change
   */
  async function revise (type, id, version, change) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await visible(type, id)
      if (version !== undefined && stored.object.version !== version) break
      const object = { ...stored.object, ...change(stored.object), ...stamp('updated') }
      if (await rows.replace({ scope: stored.scope, object }, stored.object.version)) return object
    }
    throw conflict(type, id)
  }

  /** @param {'created' | 'updated'} event @returns {{ version: string, updated_at: string }} */
  function stamp (event) {
    const now = new Date().toISOString()
    const by = user !== undefined
    return {
      version: newVersion(),
      ...event === 'created' && { created_at: now, ...by && { created_by: user } },
      updated_at: now,
      ...by && { updated_by: user }
    }
  }

  /** @param {string} type @param {Record<string, unknown>} attributes @param {CreateOptions} options @returns {Promise<SavedObject>} */
  async function create (type, attributes, { id = randomUUID(), overwrite = false, version, references = [], originId, initialNamespaces }) {
    const namespaces = namespacesOf(type, initialNamespaces ?? [space])
    if (!isStorable(id)) throw badRequest('An id is 1 to 512 characters of text')
    const scope = namespaceTypeOf(type) === 'single' ? namespaces?.[0] ?? space : EVERY_SPACE
    const made = /** @type {SavedObject} */ ({ type, id, ...namespaces && { namespaces }, attributes, references, ...originId && { originId }, ...stamp('created') })
    if (await rows.insert({ scope, object: made })) return made
    const there = overwrite ? await rows.load(scope, type, id) : undefined
    if (there === undefined || !isVisible(there, space) || (version !== undefined && version !== there.object.version)) throw conflict(type, id)
    const object = { ...made, ...there.object.namespaces && { namespaces: there.object.namespaces } }
    if (!await rows.replace({ scope, object }, there.object.version)) throw conflict(type, id)
    return object
  }

  return {
    holder,
    isVisible,
    lookUp,
    visible,
    revise,
    create,
    drop: rows.remove,

    /** Attributes that are not named stay. @param {string} type @param {string} id @param {Record<string, unknown>} attributes @param {UpdateOptions} options */
    async update (type, id, attributes, { version, references }) {
      return revise(type, id, version, (object) => ({ attributes: { ...object.attributes, ...attributes }, ...references && { references } }))
    },

    /** @param {string} type @param {string} id @param {{ force?: boolean }} options */
    async remove (type, id, { force = false }) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const stored = await visible(type, id)
        const { namespaces = [] } = stored.object
        if (!force && (namespaces.length > 1 || (namespaces.includes(EVERY_SPACE)))) {
          throw badRequest('Unable to delete saved object that exists in multiple namespaces, use the `force` option to delete it anyway')
        }
        if (await rows.remove(stored)) return
      }
      throw conflict(type, id)
    },

    /** @param {string} type @param {string} id @param {(string | { fieldName: string, incrementBy?: number })[]} counters @param {{ initialize?: boolean, upsertAttributes?: Record<string, unknown> }} options */
    async increment (type, id, counters, { initialize = false, upsertAttributes = {} }) {
      const steps = counters.map((counter) => typeof counter === 'string' ? { fieldName: counter, incrementBy: 1 } : { incrementBy: 1, ...counter })
      if (await lookUp(type, id) === undefined) {
        const first = steps.map(({ fieldName, incrementBy }) => [fieldName, initialize ? 0 : incrementBy])
        try {
          return await create(type, { ...upsertAttributes, ...Object.fromEntries(first) }, { id })
        } catch (error) {
          // Somebody else has created it since it was looked for: count on top of that.
          if (await lookUp(type, id) === undefined) throw error
        }
      }
      return revise(type, id, undefined, ({ attributes }) => {
        const counted = { ...attributes }
        for (const { fieldName, incrementBy } of steps) {
          const before = Object.hasOwn(counted, fieldName) ? counted[fieldName] : 0
          if (typeof before !== 'number') throw badRequest(`"${fieldName}" is not a number`)
          counted[fieldName] = before + (initialize ? 0 : incrementBy)
        }
        return { attributes: counted }
      })
    },

    /** @param {string} type @param {string} id @param {string} within */
    async removeReferencesTo (type, id, within) {
      const key = referenceKey({ type, id })
      const found = await database.query(
        `SELECT * FROM saved_objects WHERE EXISTS (SELECT 1 FROM ${database.each('reference_keys')} WHERE each.value = $1)`, [key])
      const referring = found.map(fromRow).filter((stored) => isVisible(stored, within))
      for (const { object } of referring) {
        await revise(object.type, object.id, undefined, ({ references }) => ({ references: references.filter((reference) => referenceKey(reference) !== key) }))
      }
      return referring.length
    }
  }
}

/** @param {string} type @param {string[]} wanted @returns {string[] | undefined} */
function namespacesOf (type, wanted) {
  const namespaceType = namespaceTypeOf(type)
  if (namespaceType === undefined) throw badRequest(`Unsupported saved object type: '${type}'`)
  if (namespaceType === 'agnostic') return undefined
  if (wanted.length === 0) throw badRequest('"initialNamespaces" names no space')
  if (namespaceType === 'single' && (wanted.length > 1 || wanted[0] === EVERY_SPACE)) {
    throw badRequest(`"initialNamespaces" of a ${type} is exactly one space`)
  }
  return [...new Set(wanted)]
}
