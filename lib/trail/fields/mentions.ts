// A value that is taken out of a record, or hashed, may stand in a sentence of it too: `User
// [jane] has logged in`. Called by compile.ts with the values and what takes their places.
import { plainText } from '../../layouts/plain.js'
import { MAX_STRING_LENGTH } from '../../layouts/quote.js'
import { MAX_DEPTH } from '../../layouts/value.js'

/** What stands in a sentence for a value that has been taken out. */
export const REMOVED = 'redacted'

/**
 * The text with each value replaced where it stands by itself: not as a part of a longer word
 * of Latin letters, digits and underscores. Cut to what a field may hold.
 */
export function replaceMentions (text: string, mentions: ReadonlyMap<string, string>): string {
  const values = [...mentions.keys()].filter(value => value !== '')
  // A text that was cut may end in the middle of a value.
  const cut = text.length < MAX_STRING_LENGTH ? null : cutMention(text, values)
  const body = cut === null ? text : text.slice(0, cut.at)
  const found = values.filter(value => body.includes(value))
  if (cut === null && found.length === 0) return text
  // The longest first: of "jane" and "jane@example.org" the first is a part of the second.
  const alternatives = found.sort((one, other) => other.length - one.length).map(aloneAs).join('|')
  const replaced = found.length === 0 ? body : body.replace(new RegExp(alternatives, 'g'), value => mentions.get(value) ?? REMOVED)
  return plainText(cut === null ? replaced : replaced + (mentions.get(cut.value) ?? REMOVED))
}

/** Where the beginning of a value stands at the end of a text, and of which; the longest. */
function cutMention (text: string, values: readonly string[]): { readonly at: number, readonly value: string } | null {
  // Half of a character has been made one that says so.
  const end = text.endsWith('\ufffd') ? text.slice(0, -1) : text
  const overlaps = values.map(value => ({ at: end.length - overlap(end, value), value }))
  const longest = overlaps.reduce<(typeof overlaps)[number] | null>((one, other) => one === null || other.at < one.at ? other : one, null)
  return longest === null || longest.at === end.length ? null : longest
}

/** How many characters at the end of a text are the beginning of a value (Knuth, Morris and Pratt: in linear time). */
function overlap (text: string, value: string): number {
  const beginning = value.slice(0, text.length)
  // Of each beginning of the value, how much of its end is a beginning of the value.
  const borders = new Int32Array(beginning.length)
  const longer = (matched: number, unit: string): number => {
    while (matched > 0 && (matched === beginning.length || beginning[matched] !== unit)) matched = borders[matched - 1]!
    return beginning[matched] === unit ? matched + 1 : matched
  }
  for (let i = 1; i < beginning.length; i++) borders[i] = longer(borders[i - 1]!, beginning[i]!)
  let matched = 0
  for (let i = text.length - beginning.length; i < text.length; i++) matched = longer(matched, text[i]!)
  return matched
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
