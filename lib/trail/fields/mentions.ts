// A value that is taken out of a record, or hashed, may stand in a sentence of it too: `User
// [jane] has logged in`. Called by compile.ts with the values and what takes their places.
import { plainText } from '../../layouts/plain.js'
import { MAX_DEPTH } from '../../layouts/value.js'

/** What stands in a sentence for a value that has been taken out. */
export const REMOVED = 'redacted'

/**
 * The text with each value replaced where it stands by itself: not as a part of a longer word
 * of Latin letters, digits and underscores. Cut to what a field may hold.
 */
export function replaceMentions (text: string, mentions: ReadonlyMap<string, string>): string {
  const found = [...mentions.keys()].filter(value => value !== '' && text.includes(value))
  if (found.length === 0) return text
  // The longest first: of "jane" and "jane@example.org" the first is a part of the second.
  const alternatives = found.sort((one, other) => other.length - one.length).map(aloneAs).join('|')
  return plainText(text.replace(new RegExp(alternatives, 'g'), value => mentions.get(value) ?? REMOVED))
}

function aloneAs (value: string): string {
  const literal = value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return (/^\w/.test(value) ? '(?<!\\w)' : '') + literal + (/\w$/.test(value) ? '(?!\\w)' : '')
}

/** Tells every text within a value. */
export function eachText (value: unknown, tell: (text: string) => void, depth = 0): void {
  if (typeof value === 'string') tell(value)
  // Deeper than that nothing is written either.
  else if (typeof value === 'object' && value !== null && depth <= MAX_DEPTH) for (const item of Object.values(value)) eachText(item, tell, depth + 1)
}
