// The request headers that the settings list, without secrets. Compiled once; called by details.ts.
import type { IncomingHttpHeaders } from 'node:http'
import { plainText } from '../layouts/plain.js'
import { REDACTED, type Redaction } from './redact.js'

/** Makes a reader of the headers in the list; it gives `undefined` when the request has none of them. */
export function createHeaderReader (names: readonly string[], redaction: Redaction): (headers: IncomingHttpHeaders) => Record<string, string> | undefined {
  const listed = names.map(name => name.toLowerCase()).map(name => ({ name, isSecret: redaction.isSecret(name), isUrl: name === 'referer' }))

  return function headersOf (headers) {
    let found: Record<string, string> | undefined
    for (const { name, isSecret, isUrl } of listed) {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined
      if (value === undefined) continue
      const text = String(value)
      found ??= {}
      found[name] = isSecret ? REDACTED : plainText(isUrl ? redaction.url(text) : redaction.text(text))
    }
    return found
  }
}
