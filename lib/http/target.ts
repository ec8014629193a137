// What a request asks for, as ECS `url.*`. The request target is taken as it came, not
// decoded: what is in the log is what was on the wire, but for secrets (redact.ts).
import type { AuditEvent } from '../contracts.js'
import type { Redaction } from './redact.js'

type UrlFields = NonNullable<AuditEvent['url']> & { readonly path: string }

const HOST = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/

/** Makes a reader of request targets; it remembers the last host, which seldom changes. */
export function createTargetReader (redaction: Redaction): (target: string, host: string, scheme: string | undefined) => UrlFields {
  let lastHost: string | null = null
  let domain: string | undefined
  let port: number | undefined

  return function urlOf (target, host, scheme) {
    // Absolute-form, as proxies send it (RFC 9112, section 3.2.2).
    const absolute = target.startsWith('/') ? null : /^(https?):\/\/([^/?#]*)(.*)$/is.exec(target)
    if (absolute !== null) return urlOf(absolute[3]!.startsWith('/') ? absolute[3]! : '/' + absolute[3]!, absolute[2]!.slice(absolute[2]!.lastIndexOf('@') + 1), absolute[1]!.toLowerCase())
    if (host !== lastHost) {
      const [, name, number] = HOST.exec(host) ?? [undefined, host, undefined]
      domain = name === '' ? undefined : name
      port = number === undefined || Number(number) > 65_535 ? undefined : Number(number)
      lastHost = host
    }
    const question = target.indexOf('?')
    const path = withoutSecrets(question === -1 ? target : target.slice(0, question))
    const query = question === -1 ? '' : target.slice(question + 1)
    // Always the same fields: what reads them is faster for objects of one shape.
    return { domain, path, port, query: query === '' ? undefined : redaction.query(query), scheme }
  }

  /** A path may have parameters too: `/cart;jsessionid=1`, and all of the query where `useSemicolonDelimiter` is on. */
  function withoutSecrets (path: string): string {
    const semicolon = path.indexOf(';')
    return semicolon === -1 ? path : path.slice(0, semicolon + 1) + redaction.query(path.slice(semicolon + 1))
  }
}
