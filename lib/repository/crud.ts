// A ready table of operations for a repository of one kind of object, by the names that such
// repositories usually give their methods. Called by the application:
// `request.audit.repository(invoices, { operations: crudOperations({ type: 'invoice' }) })`.
import type { NameOf, ObjectReference, Operation, Operations } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { SAVED_OBJECT_ACTIONS } from '../events/saved-object.js'
import { createChanges, isRecord, manyIn } from './crud-changes.js'
import { idText, isObject, objectReference } from './object-reference.js'
import { shown, unknownKeys } from './operations.js'

/** What a method does to the objects. */
export type CrudOperation = 'create' | 'get' | 'find' | 'update' | 'delete'

/** Where something is in an object: the name of a property, or a function that finds it. */
export type PropertyOf = string | ((object: Readonly<Record<string, unknown>>) => unknown)

export interface CrudOptions {
  /** What the objects are: `kibana.saved_object.type`, and what a message calls them. */
  readonly type: string
  /** What the actions begin with: `invoice` makes `invoice_create`. @default the type in snake case */
  readonly action?: string
  /** Where an object's id is. @default 'id' */
  readonly id?: PropertyOf
  /** Where an object's name is. @default what `saved_objects.name_attributes` says, else 'name', else 'title' */
  readonly name?: PropertyOf
  /**
   * Further methods, methods that mean something else here, and with `false` methods that are
   * not recorded: `{ archive: 'update', all: 'find', list: false }`.
   */
  readonly methods?: Readonly<Record<string, CrudOperation | false>>
  /** The objects in what a read returns, where it is neither an object nor a list of objects nor has one of `items`, `data`, `rows`, `results`, `records`, `docs`. */
  readonly items?: (result: unknown) => readonly unknown[]
}

/** The names that are known without being told. Methods that only count objects, or tell whether there are any, are not recorded. */
export const CRUD_METHODS: Readonly<Record<string, CrudOperation>> = {
  create: 'create',
  createOne: 'create',
  createMany: 'create',
  add: 'create',
  insert: 'create',
  insertOne: 'create',
  insertMany: 'create',
  get: 'get',
  getById: 'get',
  getOne: 'get',
  findById: 'get',
  findOne: 'get',
  findUnique: 'get',
  findFirst: 'get',
  read: 'get',
  find: 'find',
  findAll: 'find',
  findBy: 'find',
  findMany: 'find',
  getAll: 'find',
  getMany: 'find',
  list: 'find',
  search: 'find',
  update: 'update',
  updateById: 'update',
  updateOne: 'update',
  updateMany: 'update',
  patch: 'update',
  replace: 'update',
  replaceOne: 'update',
  save: 'update',
  upsert: 'update',
  delete: 'delete',
  deleteById: 'delete',
  deleteOne: 'delete',
  deleteMany: 'delete',
  destroy: 'delete',
  remove: 'delete',
  removeById: 'delete'
}

/** Those that leave nothing of what was there before. */
const REPLACING = ['replace', 'replaceOne']

const LISTS = ['items', 'data', 'rows', 'results', 'records', 'docs']

/**
 * A table for the usual methods of a repository of one kind of object. Writes take their
 * objects from the first argument: an id, an object, a list of either, or
 * `{ where: { id }, data }`; reads from what they return.
 *
 * @example
 * crudOperations({ type: 'invoice', id: 'number', methods: { archive: 'update' } })
 * // invoices.archive('2024-7') → invoice_update: 'User is updating invoice [id=2024-7]'
 *
 * @throws {AUDIT_ERR_OPTION} an option is not usable
 */
export function crudOperations (options: CrudOptions): Operations {
  checkOptions(options)
  const { type, action = snakeCase(type), id = 'id', name, items } = options

  const idOf = (object: unknown): unknown => {
    if (!isRecord(object)) return object
    const parts = [object, object.where, object.data].filter((part) => isObject(part))
    return parts.map((part) => lookUp(part, id)).find((found) => found !== undefined && found !== null)
  }
  // An object that has an id is one object, whatever lists and data are in it.
  const isOne = (object: Record<PropertyKey, unknown>): boolean => {
    try {
      return idText(lookUp(object, id)) !== undefined
    } catch {
      return false
    }
  }
  const nameIn = (object: unknown, nameOf: NameOf): string | undefined => {
    if (!isRecord(object)) return undefined
    const attributes = isObject(object.data) && !isOne(object) ? object.data : object
    const found = name === undefined ? nameOf(type, attributes) : lookUp(attributes, name)
    return typeof found === 'string' ? found : undefined
  }
  const requested = ([first, second]: readonly unknown[], nameOf: NameOf): ObjectReference[] => {
    if (first === undefined || first === null) return []
    const many = manyIn(first, isOne)
    if (Array.isArray(many)) return many.map((object: unknown) => objectReference(type, idOf(object), nameIn(object, nameOf)))
    return [objectReference(type, idOf(first), nameIn(isRecord(first) ? first : second, nameOf))]
  }
  const itemsOf = (result: unknown): readonly unknown[] => items?.(result) ?? itemsIn(result, isOne)
  const returned = (result: unknown, args: readonly unknown[], nameOf: NameOf): ObjectReference[] =>
    itemsOf(result).map((object) => objectReference(type, idOf(object) ?? onlyId(args[0]), nameIn(object, nameOf)))
  const all = Object.entries({ ...CRUD_METHODS, ...options.methods })
  const getters = all.flatMap(([method, kind]) => kind === 'get' ? [method] : [])
  // By the first method that gets one object, with what the write was called with. What comes
  // back is believed where it has the id that was asked for.
  const current: Operation['current'] = async (repository, [one, ...more], [first], nameOf) => {
    const getter = getters.find((method) => typeof repository[method] === 'function')
    if (getter === undefined || one === undefined || more.length > 0) return undefined
    const asked = !isRecord(first) ? first : isObject(first.where) ? { where: first.where } : idOf(first)
    const found = itemsOf(await repository[getter]!(asked)).map((object) => ({ ...objectReference(type, idOf(object), nameIn(object, nameOf)), attributes: object }))
    return found.length === 0 || found.some((object) => object.id === one.id) ? found : undefined
  }
  const changes = createChanges(isOne)

  const kinds: Record<CrudOperation, Operation> = {
    create: { ...SAVED_OBJECT_ACTIONS.saved_object_create, action: `${action}_create`, noun: type, requested, changes: changes.creation },
    get: { ...SAVED_OBJECT_ACTIONS.saved_object_get, action: `${action}_get`, noun: type, requested, returned },
    // What is looked for is no object yet.
    find: { ...SAVED_OBJECT_ACTIONS.saved_object_find, action: `${action}_find`, noun: type, touches: () => [objectReference(type)], returned: (result, _args, nameOf) => returned(result, [], nameOf) },
    update: { ...SAVED_OBJECT_ACTIONS.saved_object_update, action: `${action}_update`, noun: type, requested, current, changes: changes.update },
    delete: { ...SAVED_OBJECT_ACTIONS.saved_object_delete, action: `${action}_delete`, noun: type, requested, current, changes: changes.deletion }
  }
  const replacing: Operation = { ...kinds.update, changes: changes.replacement }
  return Object.fromEntries(all.flatMap(([method, kind]) => kind === false ? [] : [[method, kind === 'update' && REPLACING.includes(method) ? replacing : kinds[kind]]]))
}

function itemsIn (result: unknown, isOne: (object: Record<PropertyKey, unknown>) => boolean): readonly unknown[] {
  if (result === undefined || result === null) return []
  if (Array.isArray(result)) return result
  if (!isObject(result)) throw new TypeError(`expected an object or a list of objects, got ${typeof result}`)
  // A set or a generator: recorded as one object, it would hide what is in it.
  if (Symbol.iterator in result) throw new TypeError('expected an object or a list of objects, got an iterable')
  const list = LISTS.map((property) => result[property]).find((value) => Array.isArray(value))
  return list === undefined || isOne(result) ? [result] : list as unknown[]
}

function lookUp (object: Record<PropertyKey, unknown>, property: PropertyOf): unknown {
  return typeof property === 'function' ? property(object) : object[property]
}

// What an object is asked for by, when it came back without its id.
function onlyId (first: unknown): string | undefined {
  return isRecord(first) || Array.isArray(first) ? undefined : idText(first)
}

function snakeCase (type: string): string {
  return type.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/[^A-Za-z\d]+/g, '_').toLowerCase()
}

function checkOptions (options: CrudOptions): void {
  if (!isObject(options)) throw new AUDIT_ERR_OPTION(`crudOperations: expected an object with the type of the objects, got ${shown(options)}`)
  const [unknown] = unknownKeys('crudOperations', options, ['type', 'action', 'id', 'name', 'methods', 'items'])
  if (unknown !== undefined) throw new AUDIT_ERR_OPTION(unknown)
  const { type, methods = {}, id, name, items } = options
  if (items !== undefined && typeof items !== 'function') throw new AUDIT_ERR_OPTION(`crudOperations.items: expected a function, got ${shown(items)}`)
  for (const [key, value] of Object.entries({ id, name })) {
    if (!['undefined', 'string', 'function'].includes(typeof value)) throw new AUDIT_ERR_OPTION(`crudOperations.${key}: expected a property or a function, got ${shown(value)}`)
  }
  if (!isObject(methods)) throw new AUDIT_ERR_OPTION(`crudOperations.methods: expected a table of method names, got ${shown(methods)}`)
  if (typeof type !== 'string' || type.trim() === '') throw new AUDIT_ERR_OPTION(`crudOperations.type: expected the type of the objects such as "invoice", got ${shown(type)}`)
  for (const [method, kind] of Object.entries(methods)) {
    if (kind !== false && !['create', 'get', 'find', 'update', 'delete'].includes(kind)) {
      throw new AUDIT_ERR_OPTION(`crudOperations.methods.${method}: expected "create", "get", "find", "update", "delete" or false, got ${shown(kind)}`)
    }
  }
}
