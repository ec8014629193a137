// What was handed to a login function, so that it can be taken out of the messages of errors:
// libraries repeat what they were given ("no user jane", "invalid token eyJ…"). Called by
// audit-authentication.ts.

const MAX_DEPTH = 4
const MAX_SECRETS = 1000

/** What of a Fastify request holds what its client sent. Nothing else of it is looked at. */
const OF_A_REQUEST = ['headers', 'body', 'query', 'params'] as const

/** Headers that say nothing secret, and whose words would be missed in a message. */
const PUBLIC_HEADERS = /^(?:host|user-agent|accept.*|connection|content-.*|origin|date)$/

/** Every text among the arguments of a login function, the longest first; of headers, also their words and what is base64 in them. */
export function secretsOf (args: readonly unknown[]): readonly string[] {
  const found = new Set<string>()
  for (const argument of args) collect(argument, found, MAX_DEPTH)
  return [...found].sort((a, b) => b.length - a.length)
}

/** The fields of an error without any of the secrets. */
export function withoutSecrets (fields: { readonly code?: string, readonly message?: string }, secrets: readonly string[]): { code?: string, message?: string } {
  const { code, message } = fields
  return {
    ...code !== undefined && { code: redacted(code, secrets) },
    ...message !== undefined && { message: redacted(message, secrets) }
  }
}

function redacted (text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text)
}

function collect (value: unknown, found: Set<string>, depth: number): void {
  if (typeof value === 'string') return collectText(value, found)
  if (typeof value === 'number' || typeof value === 'bigint') return collectText(String(value), found)
  if (typeof value !== 'object' || value === null || depth === 0 || found.size > MAX_SECRETS) return
  try {
    const isRequest = 'headers' in value && 'raw' in value
    if (isRequest) {
      for (const name of OF_A_REQUEST) collect((value as Record<string, unknown>)[name], found, depth - 1)
      return
    }
    for (const [name, one] of Object.entries(value)) if (!PUBLIC_HEADERS.test(name)) collect(one, found, depth - 1)
  } catch {
    // What cannot be read has not been read by the login function either.
  }
}

/** Of `Bearer <token>`, `a=1; b=2` and base64 of `name:password` each part is as secret as the whole. */
function collectText (text: string, found: Set<string>): void {
  const add = (part: string): void => { if (part.length > 2 && found.size <= MAX_SECRETS) found.add(part) }
  add(text)
  for (const word of text.split(/[\s;,=]+/)) {
    add(word)
    if (!/^[\w+/-]{8,}$/.test(word)) continue
    const decoded = Buffer.from(word, 'base64').toString()
    const colon = decoded.indexOf(':')
    if (colon === -1) continue
    add(decoded)
    add(decoded.slice(0, colon))
    add(decoded.slice(colon + 1))
  }
}
