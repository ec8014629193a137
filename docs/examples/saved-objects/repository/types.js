// The types of saved objects that the example keeps, and where their objects live. Called by
// the repository, which refuses every other type.

/**
 * `multiple`: lives in one space or several, and can be shared. `single`: belongs to exactly
 * one space, and its ids are that space's own. `agnostic`: stands outside of all spaces.
 *
 * @typedef {'multiple' | 'single' | 'agnostic'} NamespaceType
 */

/** @type {ReadonlyMap<string, NamespaceType>} */
const TYPES = new Map([
  ['dashboard', 'multiple'],
  ['visualization', 'multiple'],
  ['index-pattern', 'multiple'],
  ['tag', 'multiple'],
  ['config', 'single'],
  ['telemetry', 'agnostic'],
  ['legacy-url-alias', 'agnostic']
])

/**
 * @param {string} type
 * @returns {NamespaceType | undefined} undefined: there is no such type
 */
export function namespaceTypeOf (type) {
  return TYPES.get(type)
}

/** The scope, as part of an object's key, of objects whose ids are unique over all spaces. */
export const EVERY_SPACE = '*'
