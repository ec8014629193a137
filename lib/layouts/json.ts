// The `json` layout: an ECS object per line. Every event is serialized here, once: the hot
// path of this project. The fields that events usually have are written by hand and what
// recurs is remembered; anything else is left to value.ts.
import type { AuditRecord, AuditUser, KibanaFields, Layout, SavedObjectReference, ScopeFacts } from '../contracts.js'
import { isQuotable, joined, NOT_PLAIN, quote } from './quote.js'
import { isPlainObject, objectJson, valueJson } from './value.js'

/** Makes a `json` layout. */
export function createJsonLayout (): Layout {
  const sharedJson = createSharedJson()
  const eventJson = createEventJson()
  const kibanaJson = createKibanaJson()
  const urlJson = createUrlJson()
  const sharedHttpJson = createSharedHttpJson()

  return function jsonLine (record, facts) {
    const { message, kibana, http, url, error, labels, user, client, trace } = record
    const quoted = isQuotable(message) ? '"' + message + '","event":' : quote(message) + ',"event":'
    let line = '{"@timestamp":"' + record['@timestamp'] + '","message":' + quoted + eventJson(record.event)
    if (kibana !== undefined) line += ',"kibana":' + kibanaJson(kibana)
    if (http !== undefined && http !== facts.http) line += ',"http":' + httpJson(http)
    if (url !== undefined) line += ',"url":' + urlJson(url)
    if (error !== undefined) line += ',"error":' + objectJson(error, 0)
    if (labels !== undefined) line += ',"labels":' + objectJson(labels, 0)
    if (user !== facts.user) line += ',"user":' + objectJson(user!, 0)
    if (client !== facts.client) line += ',"client":' + objectJson(client!, 0)
    if (trace !== facts.trace) line += ',"trace":' + objectJson(trace!, 0)
    if (http !== undefined && http === facts.http) line += sharedHttpJson(http)
    return line + furtherJson(record) + sharedJson(record, facts)
  }
}

/** The fields that the trail gives every record. */
const USUAL_FIELDS: readonly string[] = ['@timestamp', 'message', 'event', 'kibana', 'http', 'url', 'error', 'labels', 'user', 'client', 'trace', 'ecs', 'log', 'process']

/** The caller's own fields, beyond those that have their place in every record. */
function furtherJson (record: AuditRecord): string {
  // Counted first: comparing names costs more than the rest of the line.
  return Object.keys(record).length === USUAL_FIELDS.length ? '' : furtherFieldsJson(record)
}

function furtherFieldsJson (record: AuditRecord): string {
  let json = ''
  for (const field in record) {
    const value = record[field]
    if (value !== undefined && !USUAL_FIELDS.includes(field)) json += ',' + quote(field) + ':' + valueJson(value, 0)
  }
  return json
}

/** What a request tells about itself in all of its events. */
function createSharedHttpJson (): (http: object) => string {
  let last: object | null = null
  let json = ''
  return function sharedHttpJson (http) {
    if (http !== last) {
      json = joined(',"http":' + objectJson(http, 0))
      last = http
    }
    return json
  }
}

/** The end of a line: what all events that are said with the same facts have in common, and all events of a process. */
function createSharedJson (): Layout {
  let process: object | null = null
  let processJson = ''
  let lastFacts: ScopeFacts | null = null
  let json = ''
  let isJoined = false
  return function sharedJson (record, facts) {
    // Facts are made by us and never changed, so what they say can be remembered by their identity.
    if (facts === lastFacts && record.process === process) {
      // For the second of many events it pays; most requests have one.
      if (!isJoined) json = joined(json)
      isJoined = true
      return json
    }
    if (record.process !== process) {
      processJson = joined(',"ecs":' + objectJson(record.ecs, 0) + ',"log":' + objectJson(record.log, 0) + ',"process":' + objectJson(record.process, 0) + '}\n')
      process = record.process
    }
    const { user, client, trace } = facts
    json = (user === undefined ? '' : ',"user":' + userJson(user)) +
      (client === undefined ? '' : client.ip === undefined ? ',"client":' + objectJson(client, 0) : ',"client":{"ip":' + quote(client.ip) + '}') +
      (trace === undefined ? '' : ',"trace":{"id":' + quote(trace.id) + '}') + processJson
    lastFacts = facts
    isJoined = false
    return json
  }
}

/** The user of facts, whose fields are text. */
function userJson (user: AuditUser): string {
  for (const field in user) {
    if (field !== 'id' && field !== 'name' && field !== 'roles') return objectJson(user, 0)
  }
  const { id, name, roles } = user
  if (!isQuotable(id) || !isQuotable(name) || roles === undefined) return objectJson(user, 0)
  return '{"id":"' + id + '","name":"' + name + '","roles":' + valueJson(roles, 1) + '}'
}

function hasOnly (name: string, object: object): boolean {
  for (const field in object) {
    if (field !== name) return false
  }
  return isPlainObject(object)
}

function httpJson (http: HttpFields): string {
  const { request } = http
  if (request === undefined || !hasOnly('request', http) || !isPlainObject(request)) return objectJson(http, 0)
  for (const field in request) {
    if (field !== 'method' && field !== 'headers') return objectJson(http, 0)
  }
  const { method, headers } = request
  if (!isQuotable(method)) return objectJson(http, 0)
  return '{"request":{"method":"' + method + (headers === undefined ? '"}}' : '","headers":' + valueJson(headers, 2) + '}}')
}

type EventFields = AuditRecord['event']
type HttpFields = NonNullable<AuditRecord['http']>
type UrlFields = NonNullable<AuditRecord['url']>

/** Actions are few; an application that makes them up (ids in actions) starts the memory anew now and then. */
const MAX_ACTIONS = 256

/** `event.*`, remembered by action as long as its lists are the frozen ones of a factory. */
function createEventJson (): (event: EventFields) => string {
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
function createKibanaJson (): (kibana: KibanaFields) => string {
  let lastSpace: unknown
  let lastSession: unknown
  let scope = '{'
  return function kibanaJson (kibana) {
    if (!isPlainObject(kibana)) throw NOT_PLAIN
    for (const field in kibana) {
      if (field !== 'space_id' && field !== 'session_id' && field !== 'saved_object') return objectJson(kibana, 0)
    }
    const { space_id: space, session_id: session, saved_object: object } = kibana
    // What is no text may be another text the next time.
    if (typeof space === 'object' || typeof session === 'object') return objectJson(kibana, 0)
    if (space !== lastSpace || session !== lastSession) {
      scope = joined(objectJson({ space_id: space, session_id: session }, 0).slice(0, -1))
      lastSpace = space
      lastSession = session
    }
    if (object === undefined) return scope + '}'
    return scope + (scope === '{' ? '"saved_object":' : ',"saved_object":') + savedObjectJson(object) + '}'
  }
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
function createUrlJson (): (url: UrlFields) => string {
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
