// How texts are cut when they are too long, and the mark that says so: plain.ts cuts each text to
// what an index takes, limit.ts cuts the longest ones of an event that is too large.
import { quote } from './quote.js'

/** The most that `labels.audit_truncated` says. */
const MAX_MARK_LENGTH = 1000

/** A text that was cut, or a field that was left out: its path, and how many bytes it had. */
export interface Cut {
  readonly path: string
  readonly bytes: number
}

/** The labels with `audit_truncated`, which names the largest first; what was marked before stays. */
export function withCutMark<L extends Readonly<Record<string, unknown>>> (labels: L | undefined, cuts: readonly Cut[]): L & { readonly audit_truncated: string } {
  const before = labels?.audit_truncated
  const named = [...cuts].sort((one, other) => other.bytes - one.bytes).slice(0, 20).map(({ path, bytes }) => `${path.slice(0, 100)} (${bytes} bytes)`)
  const more = cuts.length > named.length ? [`and ${cuts.length - named.length} more`] : []
  const mark = [...typeof before === 'string' ? [before] : [], ...named, ...more].join(', ').slice(0, MAX_MARK_LENGTH).toWellFormed()
  return { ...labels as L, audit_truncated: mark }
}

/** The bytes that a text takes in a JSON line. */
export const bytesInLine = (text: string): number => Buffer.byteLength(quote(text)) - 2

/** The beginning of a text, so much of it as takes at most that many bytes in a line. */
export function cutTo (text: string, bytes: number): string {
  // No character takes less than a byte, and those of the beginning may take more than the average.
  let beginning = wholeCharacters(text, bytes)
  for (let taken = bytesInLine(beginning); taken > bytes; taken = bytesInLine(beginning)) beginning = wholeCharacters(beginning, Math.floor(beginning.length * bytes / taken))
  return beginning
}

/** No half of a surrogate pair at the end. */
function wholeCharacters (text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff && length < text.length ? length - 1 : length)
}

/**
 * To how many bytes texts have to be cut so that all of them together take at most `budget`:
 * the longest first, so that short ones stay whole.
 *
 * @param sizes the bytes of each
 */
export function levelFor (sizes: readonly number[], budget: number): number {
  let left = budget
  const ascending = [...sizes].sort((one, other) => one - other)
  for (const [index, size] of ascending.entries()) {
    const share = left / (ascending.length - index)
    if (size > share) return Math.max(0, Math.floor(share))
    left -= size
  }
  return Infinity
}
