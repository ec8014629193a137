// Untrusted text as it stands in a line for people. Called by the pattern layout.
import { MAX_STRING_LENGTH, NOT_PLAIN } from './quote.js'

// The backslash, and what `quote` escapes in a JSON line: what breaks a line, what a terminal
// obeys. With the flag `u`, Cs are surrogates without their other half.
const ESCAPED = /[\\\p{Cc}\u2028-\u202e\u2066-\u2069]/gu
const NEEDS_CARE = /[\\\p{Cc}\u2028-\u202e\u2066-\u2069\p{Cs}]/u

/**
 * The text on one line, without anything that a terminal obeys; escapes are JSON's, so no
 * two texts look the same.
 *
 * @throws {NOT_PLAIN} `text` is not a string, is longer than `MAX_STRING_LENGTH`, or holds a lone surrogate
 */
export function lineText (text: string): string {
  if (typeof text !== 'string' || text.length > MAX_STRING_LENGTH) throw NOT_PLAIN
  if (!NEEDS_CARE.test(text)) return text
  if (!text.isWellFormed()) throw NOT_PLAIN
  return text.replace(ESCAPED, escapeSequence)
}

function escapeSequence (character: string): string {
  const json = JSON.stringify(character).slice(1, -1)
  return json === character ? '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0') : json
}
