// A saved-objects client that keeps its objects in memory: the interface and the results of
// Kibana's, small. Tests of the repository wrapper and of the plugin audit it.
import { randomUUID } from 'node:crypto'

export interface SavedObject {
  readonly type: string
  readonly id: string
  readonly attributes: Record<string, unknown>
  readonly namespaces: readonly string[]
}

export interface ObjectKey { readonly type: string, readonly id: string }
export interface NewObject { readonly type: string, readonly id?: string, readonly attributes: Record<string, unknown> }
export interface ItemError { readonly statusCode: number, readonly error: string, readonly message: string }
export interface FindOptions { readonly type: string | readonly string[], readonly perPage?: number, readonly page?: number, readonly pit?: { readonly id: string } }
export interface FindResult { saved_objects: SavedObject[], total: number, page: number, per_page: number }
export interface FindClient {
  openPointInTimeForType (type: string | readonly string[]): Promise<{ id: string }>
  find (options: FindOptions): Promise<FindResult>
  closePointInTime (id: string): Promise<{ succeeded: boolean }>
}

export class SavedObjectsError extends Error {
  readonly output: { readonly statusCode: number }

  constructor (statusCode: number, message: string) {
    super(message)
    this.name = statusCode === 403 ? 'Forbidden' : statusCode === 404 ? 'NotFound' : 'Conflict'
    this.output = { statusCode }
  }
}

/** Objects whose type starts with `secret` are forbidden. */
export class SavedObjectsClient {
  readonly #objects = new Map<string, SavedObject>()
  readonly #points = new Set<string>()

  get size (): number {
    return this.#objects.size
  }

  async create (type: string, attributes: Record<string, unknown>, options: { id?: string } = {}): Promise<SavedObject> {
    this.#permit(type)
    return this.#put({ type, id: options.id ?? randomUUID(), attributes, namespaces: ['default'] })
  }

  async bulkCreate (objects: readonly NewObject[]): Promise<{ saved_objects: (SavedObject | (ObjectKey & { error: ItemError }))[] }> {
    return {
      saved_objects: objects.map(({ type, id = randomUUID(), attributes }) =>
        this.#whyNot({ type, id }, false) ?? this.#put({ type, id, attributes, namespaces: ['default'] }))
    }
  }

  async get (type: string, id: string): Promise<SavedObject> {
    this.#permit(type)
    return this.#find(type, id)
  }

  async bulkGet (objects: readonly ObjectKey[]): Promise<{ saved_objects: unknown[] }> {
    return { saved_objects: objects.map((key) => this.#whyNot(key) ?? this.#find(key.type, key.id)) }
  }

  async resolve (type: string, id: string): Promise<{ saved_object: SavedObject, outcome: string }> {
    this.#permit(type)
    const isAlias = !this.#objects.has(key({ type, id })) && id.startsWith('old-')
    return { saved_object: this.#find(type, isAlias ? id.slice(4) : id), outcome: isAlias ? 'aliasMatch' : 'exactMatch' }
  }

  async bulkResolve (objects: readonly ObjectKey[]): Promise<{ resolved_objects: { saved_object: unknown, outcome: string }[] }> {
    return { resolved_objects: objects.map((object) => ({ saved_object: this.#whyNot(object) ?? this.#find(object.type, object.id), outcome: 'exactMatch' })) }
  }

  async find ({ type, perPage = 20, page = 1 }: FindOptions): Promise<FindResult> {
    const types = [type].flat()
    const found = [...this.#objects.values()].filter((object) => types.includes(object.type))
    types.forEach((wanted) => { this.#permit(wanted) })
    return { saved_objects: found.slice((page - 1) * perPage, page * perPage), total: found.length, page, per_page: perPage }
  }

  async update (type: string, id: string, attributes: Record<string, unknown>): Promise<SavedObject> {
    this.#permit(type)
    const { namespaces, ...object } = this.#find(type, id)
    return this.#put({ ...object, namespaces, attributes: { ...object.attributes, ...attributes } })
  }

  async bulkUpdate (objects: readonly (ObjectKey & { attributes: Record<string, unknown> })[]): Promise<{ saved_objects: unknown[] }> {
    return { saved_objects: await Promise.all(objects.map(async (object) => this.#whyNot(object) ?? await this.update(object.type, object.id, object.attributes))) }
  }

  async incrementCounter (type: string, id: string, fields: readonly string[]): Promise<SavedObject> {
    const { attributes } = this.#find(type, id)
    return await this.update(type, id, Object.fromEntries(fields.map((field) => [field, Number(attributes[field] ?? 0) + 1])))
  }

  async delete (type: string, id: string): Promise<object> {
    this.#permit(type)
    this.#objects.delete(key(this.#find(type, id)))
    return {}
  }

  async bulkDelete (objects: readonly ObjectKey[]): Promise<{ statuses: (ObjectKey & { success: boolean, error?: ItemError })[] }> {
    return {
      statuses: objects.map(({ type, id }) => {
        const refused = this.#whyNot({ type, id })
        if (refused === undefined) this.#objects.delete(key({ type, id }))
        return { type, id, success: refused === undefined, ...refused !== undefined && { error: refused.error } }
      })
    }
  }

  async checkConflicts (objects: readonly ObjectKey[]): Promise<{ errors: unknown[] }> {
    return { errors: objects.filter((object) => this.#objects.has(key(object))) }
  }

  async openPointInTimeForType (type: string | readonly string[]): Promise<{ id: string }> {
    for (const wanted of [type].flat()) this.#permit(wanted)
    const id = randomUUID()
    this.#points.add(id)
    return { id }
  }

  async closePointInTime (id: string): Promise<{ succeeded: boolean }> {
    return { succeeded: this.#points.delete(id) }
  }

  createPointInTimeFinder (options: FindOptions, dependencies: { client?: FindClient } = {}): Finder {
    return new Finder(dependencies.client ?? this, options)
  }

  async collectMultiNamespaceReferences (objects: readonly ObjectKey[]): Promise<{ objects: (ObjectKey & { spaces: readonly string[] })[] }> {
    for (const { type } of objects) this.#permit(type)
    return { objects: objects.map(({ type, id }) => ({ type, id, spaces: this.#objects.get(key({ type, id }))?.namespaces ?? [] })) }
  }

  async updateObjectsSpaces (objects: readonly ObjectKey[], toAdd: readonly string[], toRemove: readonly string[]): Promise<{ objects: unknown[] }> {
    return {
      objects: objects.map((object) => {
        const refused = this.#whyNot(object)
        if (refused !== undefined) return { ...refused, spaces: [] }
        const { namespaces, ...rest } = this.#find(object.type, object.id)
        const spaces = [...new Set([...namespaces, ...toAdd])].filter((space) => !toRemove.includes(space))
        return { ...object, spaces: this.#put({ ...rest, namespaces: spaces }).namespaces }
      })
    }
  }

  async removeReferencesTo (type: string, id: string): Promise<{ updated: number }> {
    this.#permit(type)
    const isTo = (reference: unknown): boolean => (reference as ObjectKey).type === type && (reference as ObjectKey).id === id
    let updated = 0
    for (const object of this.#objects.values()) {
      const references = (object.attributes.references ?? []) as unknown[]
      if (!references.some(isTo)) continue
      updated++
      this.#put({ ...object, attributes: { ...object.attributes, references: references.filter((reference) => !isTo(reference)) } })
    }
    return { updated }
  }

  #permit (type: string): void {
    if (type.startsWith('secret')) throw new SavedObjectsError(403, `Unable to touch ${type}`)
  }

  #find (type: string, id: string): SavedObject {
    const object = this.#objects.get(key({ type, id }))
    if (object === undefined) throw new SavedObjectsError(404, `Saved object [${type}/${id}] not found`)
    return object
  }

  #put (object: SavedObject): SavedObject {
    this.#objects.set(key(object), object)
    return object
  }

  #whyNot ({ type, id }: ObjectKey, mustExist = true): (ObjectKey & { error: ItemError }) | undefined {
    if (type.startsWith('secret')) return { type, id, error: { statusCode: 403, error: 'Forbidden', message: `Unable to touch ${type}` } }
    if (mustExist && !this.#objects.has(key({ type, id }))) return { type, id, error: { statusCode: 404, error: 'Not Found', message: 'not found' } }
    return undefined
  }
}

/** Pages through objects in a point in time, by way of the client that it is given. */
export class Finder {
  readonly #client: FindClient
  readonly #options: FindOptions
  #point: string | undefined

  constructor (client: FindClient, options: FindOptions) {
    this.#client = client
    this.#options = options
  }

  async * find (): AsyncGenerator<FindResult> {
    this.#point = (await this.#client.openPointInTimeForType(this.#options.type)).id
    const { perPage = 1000 } = this.#options
    for (let page = 1; ; page++) {
      const found = await this.#client.find({ ...this.#options, perPage, page, pit: { id: this.#point } })
      yield found
      if (found.saved_objects.length < perPage) break
    }
    await this.close()
  }

  async close (): Promise<void> {
    if (this.#point !== undefined) await this.#client.closePointInTime(this.#point)
    this.#point = undefined
  }
}

function key ({ type, id }: ObjectKey): string {
  return JSON.stringify([type, id])
}
