// Hides what looks like a secret before it can come into the log: in URLs, and in the text of
// headers and bodies. Compiled once; used by target.ts, on the path of every request, where a
// query without a suspicious word costs one regular expression, and by details.ts.

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/** Finds secrets by the names of parameters, and hides their values. */
export interface Redaction {
  /** True for the name of a secret: in any case, percent-encoded or not, with a prefix or within brackets. */
  isSecret (name: string): boolean
  /** A query without its secrets; everything else as it came, byte by byte. */
  query (query: string): string
  /** The same for a URL: nobody's name and password before its host, no secret behind `?`, `;` or `#`. */
  url (url: string): string
  /** The text itself, or `[redacted]` when a secret stands somewhere in it by its name, as in a form, JSON or XML. */
  text (text: string): string
}

// Letters and digits only, in lower case. `author` is nobody's secret; `authorization` is.
const SECRET = /pass(?:word|wd|phrase|code|$)|^(?:pw|pin|otp|code|sig)$|pwd|secret|token|keys?$|auth(?!or(?!i))|cookie|session|sid$|credential|signature|jwt|bearer/
/** What has to be looked at closely, because it may hold a name of the above. */
const SUSPICIOUS = /pass|pw|pin|otp|code|sig|secret|token|key|auth|cookie|session|sid|credential|jwt|bearer|[%+]/i
/** So often a name may have been encoded. */
const MAX_DECODED = 5

/**
 * @param further names that are secrets beside those that look like one: compared whole, whatever
 *   their case and punctuation
 */
export function createRedaction (further: readonly string[]): Redaction {
  const names = new Set(further.map(plainName))
  const isSuspicious = names.size === 0 ? (text: string) => SUSPICIOUS.test(text) : () => true

  function isSecret (name: string): boolean {
    const plain = plainName(decoded(name))
    return SECRET.test(plain) || names.has(plain)
  }

  /** Names within a value: that of a URL with a query of its own, or of JSON. */
  function holdsSecret (value: string): boolean {
    const plain = decoded(value)
    // In XML there is no telling where a value begins: any word counts.
    if (plain.trimStart().startsWith('<')) return plain.split(/[^\w-]/).some(isSecret)
    const pieces = plain.split(/[=:]/)
    return pieces.slice(0, -1).some(piece => isSecret(piece.split(/[?&;#{},"'\s/]/).findLast(word => word !== '') ?? ''))
  }

  function parameter (text: string): string {
    const equals = text.indexOf('=')
    if (equals === -1) return holdsSecret(text) ? REDACTED : text
    return isSecret(text.slice(0, equals)) || holdsSecret(text.slice(equals + 1)) ? text.slice(0, equals + 1) + REDACTED : text
  }

  // Some servers part parameters at `;`, others take it for a part of the value: what follows
  // a secret is hidden with it, up to the next `&`.
  function between (text: string): string {
    const kept: string[] = []
    for (const part of text.split(';')) {
      const shown = parameter(part)
      kept.push(shown)
      if (shown !== part) break
    }
    return kept.join(';')
  }

  const hide = (query: string): string => isSuspicious(query) ? query.split('&').map(between).join('&') : query

  return {
    isSecret,
    query: hide,
    url (url) {
      const anonymous = url.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, '$1//')
      const end = anonymous.search(/[?;#]/)
      return end === -1 ? anonymous : anonymous.slice(0, end + 1) + hide(anonymous.slice(end + 1))
    },
    text: text => isSuspicious(text) && holdsSecret(text) ? REDACTED : text
  }
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Percent-decoded as far as it can be, as often as it was encoded; what is malformed stays. */
function decoded (text: string): string {
  for (let times = 0; times < MAX_DECODED && text.includes('%'); times++) {
    const once = text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    if (once === text) break
    text = once
  }
  // Node hands over the bytes of a target one by one.
  return Buffer.from(text, 'latin1').toString('utf8')
}
