// What a request asks for, as ECS `url.*`. The request target is taken as it came, not
// decoded: what is in the log is what was on the wire.
import type { AuditEvent } from '../contracts.js'

type UrlFields = NonNullable<AuditEvent['url']> & { readonly path: string }

const HOST = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/

/** Makes a reader of request targets; it remembers the last host, which seldom changes. */
export function createTargetReader (): (target: string, host: string, scheme: string | undefined) => UrlFields {
  let lastHost: string | null = null
  let domain: string | undefined
  let port: number | undefined

  return function urlOf (target, host, scheme) {
    // Absolute-form, as proxies send it (RFC 9112, section 3.2.2).
    const absolute = target.startsWith('/') ? null : /^(https?):\/\/([^/?#]*)(.*)$/is.exec(target)
    if (absolute !== null) return urlOf(absolute[3]!.startsWith('/') ? absolute[3]! : '/' + absolute[3]!, absolute[2]!, absolute[1]!.toLowerCase())
    if (host !== lastHost) {
      const [, name, number] = HOST.exec(host) ?? [undefined, host, undefined]
      domain = name === '' ? undefined : name
      port = number === undefined || Number(number) > 65_535 ? undefined : Number(number)
      lastHost = host
    }
    const question = target.indexOf('?')
    // Always the same fields: what reads them is faster for objects of one shape.
    return question === -1
      ? { domain, path: target, port, query: undefined, scheme }
      : { domain, path: target.slice(0, question), port, query: target.slice(question + 1) || undefined, scheme }
  }
}
