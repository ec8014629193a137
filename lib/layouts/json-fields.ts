// The fields of a record that nearly all events have, as JSON with the name and the comma before
// it: `,"event":{…}`, `kibana`, `http` and `url`, written out by name, with a memory for what
// recurs. Used by the json layout, each layout with memories of its own. A line costs as much as
// it has pieces: what stands between two things that change is one.
import type { AuditRecord, KibanaFields, ScopeFacts } from '../contracts.js'
import { LastText, remembered } from './memory.js'
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
    if (request === undefined || request === null || !isPlainObject(http) || !hasOnly('request', http)) return anyHttpJson(http)
    const { method, headers } = request
    if (!isPlainObject(request)) return anyHttpJson(http)
    for (const field in request) {
      if (field !== 'method' && field !== 'headers') return anyHttpJson(http)
    }
    if (method !== lastMethod || typeof method !== 'string') {
      if (!isQuotable(method)) return anyHttpJson(http)
      opening = ',"http":{"request":{"method":"' + method + '"'
      lastMethod = method
    }
    if (headers === undefined) return opening + '}}'
    return opening + (known !== undefined && headers === known.request.headers ? remembered(known, writeHeaders) : ',"headers":' + valueJson(headers, 2) + '}}')
  }
}

const anyHttpJson = (http: HttpFields): string => ',"http":' + objectJson(http, 0)

/** `http.*` of an event that says nothing of it: the headers that a request tells in all of its events. */
export function headersJson (http: KnownHttp): string {
  // What is remembered begins with the comma that comes after a method.
  return ',"http":{"request":{' + remembered(http, writeHeaders).slice(1)
}

const writeHeaders = ({ request }: KnownHttp): string => ',"headers":{"x-forwarded-for":' + quote(request.headers['x-forwarded-for']) + '}}}'

/** Actions are few; an application that makes them up (ids in actions) starts the memory anew now and then. */
const MAX_ACTIONS = 256

/** What comes after the id in `event.*`: it is remembered by action as long as its lists are the frozen ones of a factory. */
export function createEventJson (): (event: EventFields) => string {
  const memory = new Map<string, { event: EventFields, json: string }>()
  return function eventJson (event) {
    const { action, category, type, outcome } = event
    const last = memory.get(action)
    if (last !== undefined && last.event.outcome === outcome && last.event.category === category && last.event.type === type && hasOnlyUsualFields(event)) return last.json
    if (typeof action !== 'string' || !isPlainObject(event)) throw NOT_PLAIN
    const json = joined('",' + objectJson({ ...event, id: undefined, category: asList(category), type: asList(type) }, 0).slice(1))
    if (isLasting(category) && isLasting(type) && typeof outcome !== 'object' && hasOnlyUsualFields(event)) {
      if (memory.size >= MAX_ACTIONS) memory.clear()
      memory.set(action, { event: { ...event }, json })
    }
    return json
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

/** `kibana.*`; space and session are those of the facts in all events but the caller's own, and many events in a row are about objects of one type. */
export function createKibanaJson (): (kibana: KibanaFields, known: ScopeFacts['kibana']) => string {
  let lastKnown: ScopeFacts['kibana']
  let lastType: string | undefined
  /** All that stands before the id of an object. */
  const opening = new LastText()

  function openingOf (known: KnownKibana, type: string): string | null {
    if (known === lastKnown && type === lastType) return opening.again()
    if (!isQuotable(type)) return null
    const json = withObject(remembered(known, writeScope)) + '{"type":"' + type + '","id":"'
    lastKnown = known
    lastType = type
    return opening.set(json)
  }

  return function kibanaJson (kibana, known) {
    if (kibana === known) return remembered(known, writeScope) + '}'
    if (kibana === null) throw NOT_PLAIN
    const { space_id: space, session_id: session, saved_object: object } = kibana
    if (!isPlainObject(kibana)) throw NOT_PLAIN
    for (const field in kibana) {
      if (field !== 'space_id' && field !== 'session_id' && field !== 'saved_object') return ',"kibana":' + objectJson(kibana, 0)
    }
    const isKnown = known !== undefined && space === known.space_id && session === known.session_id
    if (isKnown && object !== undefined && object !== null) {
      // Each is read once: one that is computed may be another text the next time.
      const { type, id, name } = object
      const beforeId = hasOnlyUsualText(object, id, name) ? openingOf(known, type) : null
      if (beforeId !== null) return beforeId + id + (name === undefined ? '"}}' : '","name":"' + name + '"}}')
    }
    const scope = isKnown ? remembered(known, writeScope) : writeScope({ space_id: space, session_id: session })
    return object === undefined ? scope + '}' : withObject(scope) + valueJson(object, 1) + '}'
  }
}

/** The opening of `kibana.*`, up to what comes after space and session. */
function writeScope ({ space_id: space, session_id: session }: KnownKibana): string {
  if (isQuotable(space) && isQuotable(session)) return ',"kibana":{"space_id":"' + space + '","session_id":"' + session + '"'
  return ',"kibana":' + objectJson({ space_id: space, session_id: session }, 0).slice(0, -1)
}

const withObject = (scope: string): string => scope + (scope.endsWith('{') ? '"saved_object":' : ',"saved_object":')

/** True for an object that has no other fields, and whose id and name stand in the line as they are. */
function hasOnlyUsualText (object: object, id: unknown, name: unknown): boolean {
  if (!isPlainObject(object)) return false
  for (const field in object) {
    if (field !== 'type' && field !== 'id' && field !== 'name') return false
  }
  return isQuotable(id) && (name === undefined || isQuotable(name))
}

/** `url.*`; what stands before the path is the same for all requests to one host. */
export function createUrlJson (): (url: UrlFields) => string {
  let last: { domain?: string, port?: number, scheme?: string } = {}
  let opening = ',"url":{"path":"'
  return function urlJson (url) {
    if (url === null) throw NOT_PLAIN
    const { domain, port, scheme, path, query } = url
    if (!isPlainObject(url)) throw NOT_PLAIN
    for (const field in url) {
      if (field !== 'domain' && field !== 'port' && field !== 'scheme' && field !== 'path' && field !== 'query') return anyUrlJson(url)
    }
    // What is no text may be another text the next time: it is not remembered.
    if (path === undefined || typeof domain === 'object' || typeof port === 'object' || typeof scheme === 'object') return anyUrlJson(url)
    if (domain !== last.domain || port !== last.port || scheme !== last.scheme) {
      const known = objectJson({ domain, port, scheme }, 0)
      opening = joined(',"url":' + (known === '{}' ? '{' : known.slice(0, -1) + ',') + '"path":"')
      last = { domain, port, scheme }
    }
    if (!isQuotable(path) || (query !== undefined && !isQuotable(query))) return opening.slice(0, -1) + valueJson(path, 1) + (query === undefined ? '}' : ',"query":' + valueJson(query, 1) + '}')
    return query === undefined ? opening + path + '"}' : opening + path + '","query":"' + query + '"}'
  }
}

const anyUrlJson = (url: UrlFields): string => ',"url":' + objectJson(url, 0)
