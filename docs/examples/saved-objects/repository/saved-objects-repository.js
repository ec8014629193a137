// The saved-objects repository over SQL: the interface of Kibana's saved-objects client, seen
// from one space and on behalf of one user. Made once per request by routes/context.js, which
// wraps it with `request.audit.repository`; it knows nothing of the audit log itself.
import { randomUUID } from 'node:crypto'
import { bulk } from './bulk.js'
import { badRequest, conflict, forbidden, notFound, SavedObjectsError } from './errors.js'
import { closePointInTime, createFinder, find, openPointInTime } from './finding.js'
import { createObjects } from './objects.js'
import { collectReferences, updateSpaces } from './sharing.js'
import { namespaceTypeOf } from './types.js'

/** @typedef {import('./rows.js').SavedObject} SavedObject */
/** @typedef {{ type: string, id: string }} ObjectKey */
/** @typedef {import('./objects.js').CreateOptions} CreateOptions */
/** @typedef {import('./objects.js').UpdateOptions} UpdateOptions */
/** @typedef {import('./find-query.js').FindOptions} FindOptions */

const ALIAS = 'legacy-url-alias'

export class SavedObjectsRepository {
  #database
  #space
  #maySee
  #objects

  /**
   * @param {import('../database/open.js').Database} database
   * @param {object} view
   * @param {string} view.space the space that objects are created and looked for in
   * @param {string} [view.user] the id of the user, kept with what is written
   * @param {(space: string) => boolean} [view.maySee] the spaces that single items of a bulk call may name. Default: all
   */
  constructor (database, { space, user, maySee = () => true }) {
    this.#database = database
    this.#space = space
    this.#maySee = maySee
    this.#objects = createObjects(database, { space, user })
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} attributes
   * @param {CreateOptions} [options]
   */
  async create (type, attributes, options = {}) {
    return this.#objects.create(type, attributes, options)
  }

  /**
   * @param {({ type: string, attributes: Record<string, unknown> } & CreateOptions)[]} objects
   * @param {{ overwrite?: boolean }} [options]
   */
  async bulkCreate (objects, options = {}) {
    const identified = objects.map((object) => ({ ...object, id: object.id ?? randomUUID() }))
    return bulk(identified, ({ type, attributes, ...own }) => this.#objects.create(type, attributes, { ...options, ...own }))
  }

  /** @param {string} type @param {string} id */
  async get (type, id) {
    return (await this.#objects.visible(type, id)).object
  }

  /** Items may name other spaces to look in. @param {(ObjectKey & { namespaces?: string[], fields?: string[] })[]} objects */
  async bulkGet (objects) {
    return bulk(objects, async ({ type, id, namespaces = [this.#space] }) => {
      if (!namespaces.every(this.#maySee)) throw forbidden(`Unable to bulk_get ${type}`)
      for (const space of namespaces) {
        const stored = await this.#objects.lookUp(type, id, space)
        if (stored !== undefined) return stored.object
      }
      throw notFound(type, id)
    })
  }

  /** Finds an object by its id or by one that it had before, which a `legacy-url-alias` leads from. @param {string} type @param {string} id */
  async resolve (type, id) {
    const exact = await this.#objects.lookUp(type, id)
    const alias = await this.#objects.lookUp(ALIAS, `${this.#space}:${type}:${id}`)
    const targetId = alias?.object.attributes.disabled === true ? undefined : alias?.object.attributes.targetId
    const target = typeof targetId === 'string' ? await this.#objects.lookUp(type, targetId) : undefined
    if (exact !== undefined && target !== undefined) {
      return { saved_object: exact.object, outcome: 'conflict', alias_target_id: target.object.id }
    }
    if (exact !== undefined) return { saved_object: exact.object, outcome: 'exactMatch' }
    if (target !== undefined) return { saved_object: target.object, outcome: 'aliasMatch', alias_target_id: target.object.id }
    throw notFound(type, id)
  }

  /** @param {ObjectKey[]} objects */
  async bulkResolve (objects) {
    const resolved = await Promise.all(objects.map(async ({ type, id }) => {
      try {
        return await this.resolve(type, id)
      } catch (error) {
        if (!(error instanceof SavedObjectsError)) throw error
        return { saved_object: { type, id, error: error.toItem() }, outcome: 'exactMatch' }
      }
    }))
    return { resolved_objects: resolved }
  }

  /** @param {FindOptions} options */
  async find (options) {
    return find(this.#database, options, typesOf(options.type), options.namespaces ?? [this.#space])
  }

  /** @param {string} type @param {string} id @param {Record<string, unknown>} attributes @param {UpdateOptions} [options] */
  async update (type, id, attributes, options = {}) {
    return this.#objects.update(type, id, attributes, options)
  }

  /** @param {(ObjectKey & { attributes: Record<string, unknown> } & UpdateOptions)[]} objects */
  async bulkUpdate (objects) {
    return bulk(objects, ({ type, id, attributes, ...own }) => this.#objects.update(type, id, attributes, own))
  }

  /** @param {string} type @param {string} id @param {{ force?: boolean }} [options] `force`: also where other spaces share it */
  async delete (type, id, options = {}) {
    await this.#objects.remove(type, id, options)
    return {}
  }

  /** @param {ObjectKey[]} objects @param {{ force?: boolean }} [options] */
  async bulkDelete (objects, options = {}) {
    const { saved_objects: items } = await bulk(objects, async ({ type, id }) => {
      await this.#objects.remove(type, id, options)
      return { type, id }
    })
    return { statuses: items.map((item) => ({ ...item, success: !('error' in item) })) }
  }

  /** Which of these could not be created, because another has their key. @param {ObjectKey[]} objects */
  async checkConflicts (objects) {
    const errors = []
    for (const { type, id } of objects) {
      const taken = await this.#objects.holder(type, id)
      if (taken !== undefined) {
        const unreachable = !this.#objects.isVisible(taken, this.#space)
        errors.push({ type, id, error: { ...conflict(type, id).toItem(), ...unreachable && { metadata: { isNotOverwritable: true } } } })
      }
    }
    return { errors }
  }

  /** @param {string | string[]} type @param {{ keepAlive?: string, namespaces?: string[] }} [options] */
  async openPointInTimeForType (type, { keepAlive = '5m', namespaces = [this.#space] } = {}) {
    return openPointInTime(this.#database, typesOf(type), namespaces, keepAlive)
  }

  /** @param {string} id */
  async closePointInTime (id) {
    return closePointInTime(this.#database, id)
  }

  /**
   * @param {Omit<FindOptions, 'pit' | 'searchAfter'>} options
   * @param {{ client?: Pick<SavedObjectsRepository, 'find' | 'openPointInTimeForType' | 'closePointInTime'> }} [dependencies]
   */
  createPointInTimeFinder (options, { client = this } = {}) {
    return createFinder(client, options)
  }

  /** @param {ObjectKey[]} objects */
  async collectMultiNamespaceReferences (objects) {
    return collectReferences(this.#objects, objects)
  }

  /** @param {ObjectKey[]} objects @param {string[]} spacesToAdd @param {string[]} spacesToRemove */
  async updateObjectsSpaces (objects, spacesToAdd, spacesToRemove) {
    return updateSpaces(this.#database, this.#objects, objects, { add: spacesToAdd, remove: spacesToRemove })
  }

  /** Takes the references to an object out of every object of this space. @param {string} type @param {string} id */
  async removeReferencesTo (type, id) {
    await this.#objects.visible(type, id)
    return { updated: await this.#objects.removeReferencesTo(type, id, this.#space) }
  }

  /**
   * Adds to numbers among the attributes, and creates the object where there is none.
   *
   * @param {string} type
   * @param {string} id
   * @param {(string | { fieldName: string, incrementBy?: number })[]} counters
   * @param {{ initialize?: boolean, upsertAttributes?: Record<string, unknown> }} [options]
   */
  async incrementCounter (type, id, counters, options = {}) {
    return this.#objects.increment(type, id, counters, options)
  }
}

/** @param {string | string[]} type */
function typesOf (type) {
  const types = [type ?? []].flat()
  if (types.length === 0) throw badRequest('At least one type is needed')
  const unknown = types.find((name) => namespaceTypeOf(name) === undefined)
  if (unknown !== undefined) throw badRequest(`Unsupported saved object type: '${unknown}'`)
  return types
}
