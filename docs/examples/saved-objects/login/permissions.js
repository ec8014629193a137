// What roles and spaces allow. Called by routes/context.js, which hands the result to
// `request.audit.repository` as its `authorize` option: what is thrown here refuses the
// operation, is recorded as a failure for each object, and answers the request with a 403.
import { forbidden } from '../repository/errors.js'
import { EVERY_SPACE, namespaceTypeOf } from '../repository/types.js'

/** @typedef {import('./users.js').User} User */
/** @typedef {{ method: string, objects: readonly { type: string }[], args: readonly unknown[] }} Call */

const READS = new Set(['get', 'bulkGet', 'resolve', 'bulkResolve', 'find', 'checkConflicts', 'openPointInTimeForType',
  'closePointInTime', 'createPointInTimeFinder', 'collectMultiNamespaceReferences'])

/** @param {User | null} user @param {string} space */
export function mayEnter (user, space) {
  return user !== null && (user.spaces.includes('*') || user.spaces.includes(space))
}

/**
 * @param {User | null} user
 * @param {string} space the space of the request
 * @returns {(call: Call) => void}
 */
export function authorizeFor (user, space) {
  return function authorize ({ method, objects, args }) {
    const types = [...new Set(objects.map(({ type }) => type))].join(',')
    const isRead = READS.has(method)
    // What stands outside of all spaces is changed for all of them.
    const isOutside = !isRead && objects.some(({ type }) => namespaceTypeOf(type) === 'agnostic')
    const spaces = [space, ...spacesNamed(method, args), ...isOutside ? [EVERY_SPACE] : []]
    const mayDo = isRead || user?.roles.includes('editor') === true
    if (mayDo && spaces.every((named) => mayEnter(user, named))) return
    throw forbidden(`Unable to ${method} ${types}`.trimEnd())
  }
}

/** The spaces, beside the request's own, that a call reaches into. @param {string} method @param {readonly unknown[]} args @returns {string[]} */
function spacesNamed (method, args) {
  /** @param {unknown} value @param {string} key */
  const listOf = (value, key) => /** @type {Record<string, string[] | undefined>} */ (value ?? {})[key] ?? []
  switch (method) {
    case 'create': return listOf(args[2], 'initialNamespaces')
    case 'bulkCreate': return /** @type {object[]} */ (args[0]).flatMap((object) => listOf(object, 'initialNamespaces'))
    case 'find': case 'createPointInTimeFinder': return listOf(args[0], 'namespaces')
    case 'openPointInTimeForType': return listOf(args[1], 'namespaces')
    case 'updateObjectsSpaces': return /** @type {string[][]} */ (args.slice(1, 3)).flat()
    default: return []
  }
}
