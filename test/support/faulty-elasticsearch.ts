// A server that speaks what the elasticsearch appender asks for, and every answer that a real node
// gives only when something is wrong with it: half a bulk, 429, 413, connections that are cut before
// or after the events are in. For tests; real nodes are in test/services.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** What goes wrong with a bulk. */
export type BulkFault =
  /** The answer, instead of taking anything. */
  | { readonly status: number, readonly headers?: Readonly<Record<string, string>>, readonly body?: object | string }
  /** The connection is cut: before anything is taken, or when all is and the answer is on its way. */
  | { readonly cut: 'before' | 'after' }
  /** Some events are not taken: the status of the n-th, and why. */
  | { readonly item: (index: number) => number | undefined, readonly type?: string, readonly reason?: string, readonly headers?: Readonly<Record<string, string>> }

export interface AskedFor {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface FaultyElasticsearch {
  readonly url: string
  /** All requests, in order. */
  readonly asked: readonly AskedFor[]
  /** What is in the store, in the order in which it came. */
  readonly documents: readonly { readonly index: string, readonly id: string, readonly source: Record<string, unknown> }[]
  /** Templates, policies and lifecycles, by their path. */
  readonly installed: ReadonlyMap<string, Record<string, unknown>>
  /** How many bulks have met each kind of fault. */
  readonly met: { status: number, cut: number, item: number }
  /** The next bulks meet these, one each. */
  fail (...faults: readonly BulkFault[]): void
  /** What the n-th bulk meets beside that, until it is set to null. */
  misbehave: ((bulk: number) => BulkFault | undefined) | null
  /** Every other request than a bulk is answered so, until it is set to null. */
  refuse: { readonly status: number } | null
  /** Cuts all connections, and listens no longer. */
  stop (): Promise<void>
}

/** What a store says of itself. */
export const VERSIONS = {
  opensearch: { number: '2.19.1', distribution: 'opensearch' },
  elasticsearch: { number: '9.1.0', build_flavor: 'default' },
  olderElasticsearch: { number: '8.11.0', build_flavor: 'default' }
} as const

export interface FaultyOptions {
  readonly version?: object
  /** The only header that it lets in. */
  readonly authorization?: string
  /** Where an earlier one listened. */
  readonly port?: number
  readonly tls?: ServerOptions
}

/** Starts one. */
export async function startFaultyElasticsearch (t: Test, { version = VERSIONS.elasticsearch, authorization, port = 0, tls }: FaultyOptions = {}): Promise<FaultyElasticsearch> {
  const asked: AskedFor[] = []
  const documents: { index: string, id: string, source: Record<string, unknown> }[] = []
  const ids = new Set<string>()
  const installed = new Map<string, Record<string, unknown>>()
  const faults: BulkFault[] = []
  const met = { status: 0, cut: 0, item: 0 }
  let bulks = 0

  function listener (request: IncomingMessage, response: ServerResponse): void {
    text(request).then(body => {
      const path = request.url!
      asked.push({ method: request.method!, path, headers: request.headers, body })
      // Its official client talks to nothing else.
      if (!('distribution' in version)) response.setHeader('x-elastic-product', 'Elasticsearch')
      if (authorization !== undefined && request.headers.authorization !== authorization) return answer(response, 401, errorBody(401, 'security_exception', 'unable to authenticate user [audit] for REST request'))
      if (path.includes('_bulk')) return bulk(path, body, response)
      if (store.refuse !== null) return answer(response, store.refuse.status, errorBody(store.refuse.status, 'security_exception', 'action is unauthorized'))
      other(request.method!, path.split('?')[0]!, body, response)
    }, () => {})
  }
  const server = (tls === undefined ? createServer(listener) : createTlsServer(tls, listener)).listen(port, '127.0.0.1')
  await once(server, 'listening')
  async function stop (): Promise<void> {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  t.teardown(stop)
  const store: FaultyElasticsearch = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    documents,
    installed,
    met,
    refuse: null,
    misbehave: null,
    stop,
    fail (...more) { faults.push(...more) }
  }
  return store

  function bulk (path: string, body: string, response: ServerResponse): void {
    const fault = faults.shift() ?? store.misbehave?.(bulks++)
    if (fault !== undefined && 'status' in fault) {
      met.status++
      return answer(response, fault.status, fault.body ?? errorBody(fault.status, 'es_rejected_execution_exception', 'rejected execution of a bulk'), fault.headers)
    }
    if (fault !== undefined && 'cut' in fault) {
      met.cut++
      if (fault.cut === 'after') take(path, body)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 })
      response.write('{"errors":false,"items":[', () => { response.destroy() })
      return
    }
    if (fault !== undefined) met.item++
    answer(response, 200, take(path, body, fault), fault?.headers)
  }

  function take (path: string, body: string, fault?: Extract<BulkFault, { item: unknown }>): object {
    const target = /^\/([^/]+)\/_bulk/.exec(path)?.[1]
    const lines = body.split('\n').slice(0, -1)
    const items = Array.from({ length: lines.length / 2 }, (_, number) => {
      const { create } = JSON.parse(lines[2 * number]!) as { create: { _id: string, _index?: string } }
      const index = create._index ?? target!
      const key = `${index} ${create._id}`
      const status = fault?.item(number) ?? contentStatus(lines[2 * number + 1]!)
      if (status >= 300) return { create: { status, error: { type: fault?.type ?? 'document_parsing_exception', reason: fault?.reason ?? '[1:1] failed to parse field [labels] of type [object]. Preview of field\'s value: \'secret\'' } } }
      if (ids.has(key)) return { create: { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'document already exists' } } }
      ids.add(key)
      documents.push({ index, id: create._id, source: JSON.parse(lines[2 * number + 1]!) as Record<string, unknown> })
      return { create: { status: 201 } }
    })
    return { errors: items.some(({ create }) => create.status >= 300), items }
  }

  function other (method: string, path: string, body: string, response: ServerResponse): void {
    if (path === '/') return answer(response, 200, { version })
    if (method === 'PUT' && path.endsWith('/_lifecycle') && documents.length === 0) return answer(response, 404, errorBody(404, 'index_not_found_exception', 'no such index'))
    if (method === 'PUT') {
      installed.set(path, JSON.parse(body) as Record<string, unknown>)
      return answer(response, 200, { acknowledged: true })
    }
    const found = installed.get(path)
    if (found === undefined) return answer(response, 404, errorBody(404, 'resource_not_found_exception', `${path} not found`))
    answer(response, 200, path.startsWith('/_index_template/') ? { index_templates: [{ name: path.split('/')[2], index_template: found }] } : { _seq_no: 7, _primary_term: 1, ...found })
  }
}

/** As a mapping does: labels are an object. */
function contentStatus (line: string): number {
  const { labels = {} } = JSON.parse(line) as { labels?: unknown }
  return typeof labels === 'object' ? 201 : 400
}

function errorBody (status: number, type: string, reason: string): object {
  return { error: { root_cause: [{ type, reason }], type, reason }, status }
}

function answer (response: ServerResponse, status: number, body: object | string, headers: Readonly<Record<string, string>> = {}): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}
