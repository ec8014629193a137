// The fields of a record that nearly all events have, as JSON: `event`, `kibana`, `http` and
// `url`, written out by name, with a memory for what recurs. Used by the json layout, each
// layout with a memory of its own.
import type { AuditRecord, KibanaFields, SavedObjectReference } from '../contracts.js'
import { isQuotable, joined, NOT_PLAIN } from './quote.js'
import { hasOnly, isPlainObject, objectJson, valueJson } from './value.js'

type EventFields = AuditRecord['event']
type HttpFields = NonNullable<AuditRecord['http']>
type UrlFields = NonNullable<AuditRecord['url']>

/** `http.*`: the method, and the headers that are recorded. */
export function httpJson (http: HttpFields): string {
  const { request } = http
  if (request === undefined || !isPlainObject(http) || !hasOnly('request', http) || !isPlainObject(request)) return objectJson(http, 0)
  for (const field in request) {
    if (field !== 'method' && field !== 'headers') return objectJson(http, 0)
  }
  const { method, headers } = request
  if (!isQuotable(method)) return objectJson(http, 0)
  if (headers === undefined) return '{"request":{"method":"' + method + '"}}'
  const forwardedFor = headers['x-forwarded-for']
  const headersJson = isPlainObject(headers) && hasOnly('x-forwarded-for', headers) && isQuotable(forwardedFor) ? '{"x-forwarded-for":"' + forwardedFor + '"}' : valueJson(headers, 2)
  return '{"request":{"method":"' + method + '","headers":' + headersJson + '}}'
}

/** Actions are few; an application that makes them up (ids in actions) starts the memory anew now and then. */
const MAX_ACTIONS = 256

/** `event.*`, remembered by action as long as its lists are the frozen ones of a factory. */
export function createEventJson (): (event: EventFields) => string {
  const memory = new Map<string, { event: EventFields, json: string }>()
  return function eventJson (event) {
    const { action, category, type, outcome } = event
    const last = memory.get(action)
    if (last !== undefined && last.event.outcome === outcome && last.event.category === category && last.event.type === type && hasOnlyUsualFields(event)) return last.json
    if (typeof action !== 'string' || !isPlainObject(event)) throw NOT_PLAIN
    const json = joined(objectJson({ ...event, category: asList(category), type: asList(type) }, 0))
    if (isFrozen(category) && isFrozen(type) && hasOnlyUsualFields(event)) {
      if (memory.size >= MAX_ACTIONS) memory.clear()
      memory.set(action, { event: { ...event }, json })
    }
    return json
  }
}

function hasOnlyUsualFields (event: EventFields): boolean {
  for (const field in event) {
    if (field !== 'action' && field !== 'category' && field !== 'type' && field !== 'outcome') return false
  }
  return true
}

const isFrozen = (list: EventFields['category'] | EventFields['type']): boolean => list === undefined || Object.isFrozen(list)

/** `event.category` and `event.type` are arrays in ECS; callers may give the one value. */
const asList = (values: unknown): unknown => typeof values === 'string' ? [values] : values

/** `kibana.*`; space and session are those of the last event more often than not. */
export function createKibanaJson (): (kibana: KibanaFields) => string {
  let lastSpace: unknown
  let lastSession: unknown
  let scope = '{'
  let isJoined = false
  return function kibanaJson (kibana) {
    if (!isPlainObject(kibana)) throw NOT_PLAIN
    for (const field in kibana) {
      if (field !== 'space_id' && field !== 'session_id' && field !== 'saved_object') return objectJson(kibana, 0)
    }
    const { space_id: space, session_id: session, saved_object: object } = kibana
    // What is no text may be another text the next time.
    if (typeof space === 'object' || typeof session === 'object') return objectJson(kibana, 0)
    if (space !== lastSpace || session !== lastSession) {
      scope = scopeJson(space, session)
      lastSpace = space
      lastSession = session
      isJoined = false
    } else if (!isJoined) {
      // For the second of many events it pays.
      scope = joined(scope)
      isJoined = true
    }
    if (object === undefined) return scope + '}'
    return scope + (scope === '{' ? '"saved_object":' : ',"saved_object":') + savedObjectJson(object) + '}'
  }
}

/** The opening of `kibana.*`, up to what comes after space and session. */
function scopeJson (space: unknown, session: unknown): string {
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
    if (path === undefined) return objectJson(url, 0)
    if (domain !== last.domain || port !== last.port || scheme !== last.scheme) {
      const known = objectJson({ domain, port, scheme }, 0)
      origin = joined((known === '{}' ? '{' : known.slice(0, -1) + ',') + '"path":')
      last = { domain, port, scheme }
    }
    return origin + valueJson(path, 1) + (query === undefined ? '}' : ',"query":' + valueJson(query, 1) + '}')
  }
}
