// A string as it stands in a JSON line. Called for every string of every event: the hot path.

/**
 * The longest string that a line holds, in UTF-16 units. Elasticsearch refuses a whole
 * document for one keyword above 32,766 bytes, so that is where text is cut.
 */
export const MAX_STRING_LENGTH = 32_766

/** The most bytes that a UTF-16 unit can take in UTF-8. */
export const MAX_BYTES_PER_UNIT = 3

// Beside what JSON demands (quotes, backslash, C0), these are escaped because a terminal or a
// viewer might obey them: DEL and C1, line and paragraph separators, bidirectional overrides.
// Surrogates are looked at more closely because a lone one is not text.
const NEEDS_CARE = /["\\\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/
const OBEYED = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** Thrown by a layout at what it cannot write as it is. The trail then hands it a plain copy of the event. */
export const NOT_PLAIN = Symbol('not plain')

/**
 * A JSON string literal that parses to exactly `text` and holds no control character.
 *
 * @throws {NOT_PLAIN} `text` is not a string, is longer than `MAX_STRING_LENGTH`, or holds a lone surrogate
 */
export function quote (text: string): string {
  if (typeof text !== 'string' || text.length > MAX_STRING_LENGTH) throw NOT_PLAIN
  return NEEDS_CARE.test(joined(text)) ? quoteWithCare(text) : '"' + text + '"'
}

/** True for text that stands between quotes as it is: several such strings can go into a line at once. */
export function isQuotable (text: unknown): boolean {
  return typeof text === 'string' && text.length <= MAX_STRING_LENGTH && !NEEDS_CARE.test(joined(text))
}

/**
 * The same text. V8 joins strings lazily, as trees; looking at a character makes one string of
 * a tree. For text that is going to be part of many lines, each of which would walk the tree again,
 * and for text that is about to be searched: a search of a tree takes a detour through the engine.
 */
export function joined (text: string): string {
  text.charCodeAt(text.length - 1)
  return text
}

function quoteWithCare (text: string): string {
  if (!text.isWellFormed()) throw NOT_PLAIN
  return JSON.stringify(text).replace(OBEYED, character => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'))
}
