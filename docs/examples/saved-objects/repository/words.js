// How text is searched: the words of an object's attributes, lower-cased here so that both
// databases agree on letters beyond ASCII, each with the attribute that it stands in. Called
// by rows.js when an object is written and by find-query.js when one is looked for.

/** Stands between a word and its field; no word and no field holds it. */
export const FIELD_MARK = '\n'

/** Words of one object; what is beyond cannot be searched, but is kept. */
const MAX_WORDS = 5000

/** @param {string} text */
export function splitWords (text) {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []
}

/**
 * The words of all text in the attributes, once each, as `word`, mark, top-level field.
 *
 * @param {Record<string, unknown>} attributes
 */
export function wordsOf (attributes) {
  /** @type {Set<string>} */
  const words = new Set()
  for (const [field, value] of Object.entries(attributes)) {
    for (const text of textsOf(value)) {
      for (const word of splitWords(text)) {
        if (words.size >= MAX_WORDS) return [...words]
        words.add(word + FIELD_MARK + field)
      }
    }
  }
  return [...words]
}

/** @param {unknown} value @returns {Generator<string>} */
function * textsOf (value) {
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === 'string') yield next
    else if (typeof next === 'number' || typeof next === 'boolean') yield String(next)
    else if (typeof next === 'object' && next !== null) {
      for (const inner of Object.values(next)) waiting.push(inner)
    }
  }
}
