// The fields of a record that nearly all events have, as JSON: `event`, `kibana`, `http` and
// `url`, written out by name, with a memory for what recurs. Used by the json layout, each
// layout with memories of its own.
import type { AuditRecord, KibanaFields, SavedObjectReference, ScopeFacts } from '../contracts.js'
import { remembered } from './memory.js'
import { isQuotable, joined, NOT_PLAIN, quote } from './quote.js'
import { hasOnly, isPlainObject, objectJson, valueJson } from './value.js'

type EventFields = AuditRecord['event']
type HttpFields = NonNullable<AuditRecord['http']>
type KnownHttp = NonNullable<ScopeFacts['http']>
type KnownKibana = NonNullable<ScopeFacts['kibana']>
type UrlFields = NonNullable<AuditRecord['url']>

/** `http.*`: the method, and the headers that are recorded, which are those of the facts in all events but the caller's own. */
export function createHttpJson (): (http: HttpFields, known: ScopeFacts['http']) => string {
  let lastMethod: unknown
  let opening = ''
  return function httpJson (http, known) {
    const { request } = http
    if (request === undefined || !isPlainObject(http) || !hasOnly('request', http) || !isPlainObject(request)) return objectJson(http, 0)
    for (const field in request) {
      if (field !== 'method' && field !== 'headers') return objectJson(http, 0)
    }
    const { method, headers } = request
    if (method !== lastMethod || typeof method !== 'string') {
      if (!isQuotable(method)) return objectJson(http, 0)
      opening = '{"request":{"method":"' + method + '"'
      lastMethod = method
    }
    if (headers === undefined) return opening + '}}'
    return opening + ',' + (known !== undefined && headers === known.request.headers ? headersJson(known) : '"headers":' + valueJson(headers, 2)) + '}}'
  }
}

/** The headers that a request tells in all of its events. */
export function headersJson (http: KnownHttp): string {
  return remembered(http, writeHeaders)
}

const writeHeaders = ({ request }: KnownHttp): string => '"headers":{"x-forwarded-for":' + quote(request.headers['x-forwarded-for']) + '}'

/** Actions are few; an application that makes them up (ids in actions) starts the memory anew now and then. */
const MAX_ACTIONS = 256

/** `event.*`: the id, and what is remembered by action as long as its lists are the frozen ones of a factory. */
export function createEventJson (): (event: EventFields) => string {
  const memory = new Map<string, { event: EventFields, json: string }>()
  return function eventJson (event) {
    const { id, action, category, type, outcome } = event
    // The trail has made it: nothing in it wants to be escaped.
    const opening = '{"id":"' + id + '",'
    const last = memory.get(action)
    if (last !== undefined && last.event.outcome === outcome && last.event.category === category && last.event.type === type && hasOnlyUsualFields(event)) return opening + last.json
    if (typeof action !== 'string' || !isPlainObject(event)) throw NOT_PLAIN
    const json = joined(objectJson({ ...event, id: undefined, category: asList(category), type: asList(type) }, 0).slice(1))
    if (isLasting(category) && isLasting(type) && typeof outcome !== 'object' && hasOnlyUsualFields(event)) {
      if (memory.size >= MAX_ACTIONS) memory.clear()
      memory.set(action, { event: { ...event }, json })
    }
    return opening + json
  }
}

function hasOnlyUsualFields (event: EventFields): boolean {
  for (const field in event) {
    if (field !== 'id' && field !== 'action' && field !== 'category' && field !== 'type' && field !== 'outcome') return false
  }
  return true
}

/** True for a list that will always say what it says now. */
const isLasting = (list: EventFields['category'] | EventFields['type']): boolean =>
  list === undefined || (Array.isArray(list) && Object.isFrozen(list) && list.every(value => typeof value === 'string'))

/** `event.category` and `event.type` are arrays in ECS; callers may give the one value. */
const asList = (values: unknown): unknown => typeof values === 'string' ? [values] : values

/** `kibana.*`; space and session are those of the facts in all events but the caller's own. */
export function kibanaJson (kibana: KibanaFields, known: ScopeFacts['kibana']): string {
  if (kibana === known) return scopeJson(known) + '}'
  if (!isPlainObject(kibana)) throw NOT_PLAIN
  for (const field in kibana) {
    if (field !== 'space_id' && field !== 'session_id' && field !== 'saved_object') return objectJson(kibana, 0)
  }
  const { space_id: space, session_id: session, saved_object: object } = kibana
  const scope = known !== undefined && space === known.space_id && session === known.session_id ? scopeJson(known) : writeScope({ space_id: space, session_id: session })
  if (object === undefined) return scope + '}'
  return scope + (scope === '{' ? '"saved_object":' : ',"saved_object":') + savedObjectJson(object) + '}'
}

/** The opening of `kibana.*`, up to what comes after space and session. */
const scopeJson = (known: KnownKibana): string => remembered(known, writeScope)

function writeScope ({ space_id: space, session_id: session }: KnownKibana): string {
  if (isQuotable(space) && isQuotable(session)) return '{"space_id":"' + space + '","session_id":"' + session + '"'
  return objectJson({ space_id: space, session_id: session }, 0).slice(0, -1)
}

function savedObjectJson (object: SavedObjectReference): string {
  if (!isPlainObject(object)) return valueJson(object, 1)
  for (const field in object) {
    if (field !== 'type' && field !== 'id' && field !== 'name') return objectJson(object, 1)
  }
  const { type, id, name } = object
  if (!isQuotable(type) || !isQuotable(id)) return objectJson(object, 1)
  if (name === undefined) return '{"type":"' + type + '","id":"' + id + '"}'
  return isQuotable(name) ? '{"type":"' + type + '","id":"' + id + '","name":"' + name + '"}' : objectJson(object, 1)
}

/** `url.*`; what stands before the path is the same for all requests to one host. */
export function createUrlJson (): (url: UrlFields) => string {
  let last: { domain?: string, port?: number, scheme?: string } = {}
  let origin = '{"path":'
  return function urlJson (url) {
    if (!isPlainObject(url)) throw NOT_PLAIN
    for (const field in url) {
      if (field !== 'domain' && field !== 'port' && field !== 'scheme' && field !== 'path' && field !== 'query') return objectJson(url, 0)
    }
    const { domain, port, scheme, path, query } = url
    // What is no text may be another text the next time: it is not remembered.
    if (path === undefined || typeof domain === 'object' || typeof port === 'object' || typeof scheme === 'object') return objectJson(url, 0)
    if (domain !== last.domain || port !== last.port || scheme !== last.scheme) {
      const known = objectJson({ domain, port, scheme }, 0)
      origin = joined((known === '{}' ? '{' : known.slice(0, -1) + ',') + '"path":')
      last = { domain, port, scheme }
    }
    if (!isQuotable(path) || (query !== undefined && !isQuotable(query))) return origin + valueJson(path, 1) + (query === undefined ? '}' : ',"query":' + valueJson(query, 1) + '}')
    return query === undefined ? origin + '"' + path + '"}' : origin + '"' + path + '","query":"' + query + '"}'
  }
}
