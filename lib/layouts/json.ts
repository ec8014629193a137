// The `json` layout: an ECS object per line. Every event is serialized here, once: the hot
// path of this project. The fields that events usually have are written by hand and what
// recurs is remembered; anything else is left to value.ts.
import type { AuditRecord, KibanaFields, Layout, ScopeFacts } from '../contracts.js'
import { NOT_PLAIN, quote } from './quote.js'
import { isPlainObject, objectJson, valueJson } from './value.js'

/** Makes a `json` layout. */
export function createJsonLayout (): Layout {
  const sharedJson = createSharedJson()
  const eventJson = createEventJson()
  const urlJson = createUrlJson()

  return function jsonLine (record, facts) {
    let line = '{"@timestamp":"' + record['@timestamp'] + '","message":' + quote(record.message) + ',"event":' + eventJson(record.event)
    for (const field in record) {
      const value = record[field]
      if (value === undefined) continue
      switch (field) {
        case '@timestamp': case 'message': case 'event': case 'ecs': case 'log': case 'process': continue
        case 'kibana': line += ',"kibana":' + kibanaJson(value as KibanaFields); continue
        case 'url': line += ',"url":' + urlJson(value as UrlFields); continue
        case 'user': if (value === facts.user) continue; break
        case 'client': if (value === facts.client) continue; break
        case 'trace': if (value === facts.trace) continue; break
      }
      line += ',' + quote(field) + ':' + valueJson(value, 0)
    }
    return line + sharedJson(record, facts)
  }
}

/** The end of a line: what all events of a process have in common, and all events that are said with the same facts. */
function createSharedJson (): Layout {
  let process: object | null = null
  let processJson = ''
  let lastFacts: ScopeFacts | null = null
  let json = ''
  return function sharedJson (record, facts) {
    // Facts are frozen and made by us, so what they say can be remembered by their identity.
    if (facts === lastFacts && record.process === process) return json
    if (record.process !== process) {
      processJson = ',"ecs":' + objectJson(record.ecs, 0) + ',"log":' + objectJson(record.log, 0) + ',"process":' + objectJson(record.process, 0) + '}\n'
      process = record.process
    }
    json = (facts.user === undefined ? '' : ',"user":' + objectJson(facts.user, 0)) +
      (facts.client === undefined ? '' : ',"client":' + objectJson(facts.client, 0)) +
      (facts.trace === undefined ? '' : ',"trace":{"id":' + quote(facts.trace.id) + '}') + processJson
    lastFacts = facts
    return json
  }
}

type EventFields = AuditRecord['event']
type UrlFields = NonNullable<AuditRecord['url']>

/** Actions are few; an application that makes them up (ids in actions) starts the memory anew now and then. */
const MAX_ACTIONS = 256

/** `event.*`, remembered by action as long as its lists are the frozen ones of a factory. */
function createEventJson (): (event: EventFields) => string {
  const memory = new Map<string, { event: EventFields, json: string }>()
  return function eventJson (event) {
    const last = memory.get(event.action)
    if (last !== undefined && last.event.outcome === event.outcome && last.event.category === event.category &&
      last.event.type === event.type && hasOnlyUsualFields(event)) return last.json
    if (typeof event.action !== 'string') throw NOT_PLAIN
    const json = objectJson({ ...event, category: asList(event.category), type: asList(event.type) }, 0)
    if (isFrozen(event.category) && isFrozen(event.type) && hasOnlyUsualFields(event)) {
      if (memory.size >= MAX_ACTIONS) memory.clear()
      memory.set(event.action, { event: { ...event }, json })
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

function kibanaJson (kibana: KibanaFields): string {
  if (!isPlainObject(kibana)) throw NOT_PLAIN
  let json = ''
  for (const field in kibana) {
    const value = kibana[field]
    if (value === undefined) continue
    json += json === '' ? '{' : ','
    if (field === 'space_id' || field === 'session_id') json += '"' + field + '":' + valueJson(value, 1)
    else if (field === 'saved_object' && value !== null && typeof value === 'object') json += '"saved_object":' + savedObjectJson(value)
    else json += quote(field) + ':' + valueJson(value, 1)
  }
  return json === '' ? '{}' : json + '}'
}

function savedObjectJson (object: { type?: string, id?: string, name?: string }): string {
  if (!isPlainObject(object)) throw NOT_PLAIN
  for (const field in object) {
    if (field !== 'type' && field !== 'id' && field !== 'name') return objectJson(object, 1)
  }
  const { type, id, name } = object
  if (type === undefined || id === undefined) return objectJson(object, 1)
  return '{"type":' + valueJson(type, 2) + ',"id":' + valueJson(id, 2) + (name === undefined ? '}' : ',"name":' + valueJson(name, 2) + '}')
}

/** `url.*`; what stands before the path is the same for all requests to one host. */
function createUrlJson (): (url: UrlFields) => string {
  let last: { domain?: string, port?: number, scheme?: string } = {}
  let origin = '{'
  return function urlJson (url) {
    if (!isPlainObject(url)) throw NOT_PLAIN
    const { domain, port, scheme, path, query } = url
    for (const field in url) {
      if (field !== 'domain' && field !== 'port' && field !== 'scheme' && field !== 'path' && field !== 'query') return objectJson(url, 0)
    }
    if (path === undefined) return objectJson(url, 0)
    if (domain !== last.domain || port !== last.port || scheme !== last.scheme) {
      const known = objectJson({ domain, port, scheme }, 0)
      origin = known === '{}' ? '{' : known.slice(0, -1) + ','
      last = { domain, port, scheme }
    }
    return origin + '"path":' + valueJson(path, 1) + (query === undefined ? '}' : ',"query":' + valueJson(query, 1) + '}')
  }
}
