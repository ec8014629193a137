// The `json` layout: an ECS object per line. Every event is serialized here, once: the hot
// path of this project. The fields that events usually have are written by hand and what
// recurs is remembered; anything else is left to value.ts.
import type { AuditRecord, AuditUser, Layout, ScopeFacts } from '../contracts.js'
import { createEventJson, createHttpJson, createKibanaJson, createUrlJson, headersJson } from './json-fields.js'
import { LastText, remembered } from './memory.js'
import { isQuotable, joined, quote } from './quote.js'
import { objectJson, valueJson } from './value.js'

/** Makes a `json` layout. */
export function createJsonLayout (): Layout {
  const openingOf = createOpening()
  const sharedJson = createSharedJson()
  const eventJson = createEventJson()
  const kibanaJson = createKibanaJson()
  const urlJson = createUrlJson()
  const httpJson = createHttpJson()

  return function jsonLine (record, facts) {
    const { message, kibana, http, url, error, labels, user, client, trace } = record
    const opening = openingOf(record['@timestamp'])
    // The trail has made the id: nothing in it wants to be escaped.
    const id = record.event.id
    let line = (isQuotable(message) ? opening + message + '","event":{"id":"' : opening.slice(0, -1) + quote(message) + ',"event":{"id":"') + id + eventJson(record.event)
    if (kibana !== undefined) line += kibanaJson(kibana, facts.kibana)
    if (http !== undefined && http !== facts.http) line += httpJson(http, facts.http)
    if (url !== undefined) line += urlJson(url)
    if (error !== undefined) line += ',"error":' + objectJson(error, 0)
    if (labels !== undefined) line += ',"labels":' + objectJson(labels, 0)
    if (user !== facts.user) line += ',"user":' + objectJson(user!, 0)
    if (client !== facts.client) line += ',"client":' + objectJson(client!, 0)
    if (trace !== facts.trace) line += ',"trace":' + objectJson(trace!, 0)
    return line + furtherJson(record) + sharedJson(record, facts)
  }
}

/** The beginning of a line, up to its message: under load many events share a millisecond. */
function createOpening (): (timestamp: string) => string {
  let last: string | null = null
  const opening = new LastText()
  return function openingOf (timestamp) {
    if (timestamp === last) return opening.again()
    last = timestamp
    return opening.set('{"@timestamp":"' + timestamp + '","message":"')
  }
}

/** The fields that the trail gives every record. */
const USUAL_FIELDS: readonly string[] = ['@timestamp', 'message', 'event', 'kibana', 'http', 'url', 'error', 'labels', 'user', 'client', 'trace', 'ecs', 'log', 'process']

/** The caller's own fields, beyond those that have their place in every record. */
function furtherJson (record: AuditRecord): string {
  // In the order in which the trail makes them: a name is then compared with one other, not with all.
  let place = 0
  for (const field in record) {
    if (field !== USUAL_FIELDS[place++]) return furtherFieldsJson(record)
  }
  return ''
}

function furtherFieldsJson (record: AuditRecord): string {
  let json = ''
  for (const field in record) {
    const value = record[field]
    if (value !== undefined && !USUAL_FIELDS.includes(field)) json += ',' + quote(field) + ':' + valueJson(value, 0)
  }
  return json
}

/** The end of a line: what all events that are said with the same facts have in common, and all events of a process. */
function createSharedJson (): Layout {
  let process: object | null = null
  let ending = ''
  let endingOfTrace = ''
  let lastFacts: ScopeFacts | null = null
  let lastHttp: AuditRecord['http']
  const shared = new LastText()
  return function sharedJson (record, facts) {
    // An event that says nothing of its own about HTTP shares that as well.
    const http = record.http === facts.http ? facts.http : undefined
    // Facts are made by us and never changed, so what they say can be remembered by their identity.
    if (facts === lastFacts && http === lastHttp && record.process === process) return shared.again()
    if (record.process !== process) {
      ending = joined(',"ecs":' + objectJson(record.ecs, 0) + ',"log":' + objectJson(record.log, 0) + ',"process":' + objectJson(record.process, 0) + '}\n')
      endingOfTrace = joined('"}' + ending)
      process = record.process
    }
    const { user, client, trace } = facts
    const json = (http === undefined ? '' : headersJson(http)) + (user === undefined ? '' : remembered(user, userJson)) + (client === undefined ? '' : remembered(client, clientJson)) +
      (trace === undefined ? ending : isQuotable(trace.id) ? ',"trace":{"id":"' + trace.id + endingOfTrace : ',"trace":{"id":' + quote(trace.id) + '}' + ending)
    // Only now: what has been refused is not to be remembered.
    lastFacts = facts
    lastHttp = http
    return shared.set(json)
  }
}

/** The user of facts, whose fields are text. */
function userJson (user: AuditUser): string {
  for (const field in user) {
    if (field !== 'id' && field !== 'name' && field !== 'roles') return ',"user":' + objectJson(user, 0)
  }
  const { id, name, roles } = user
  if (!isQuotable(id) || !isQuotable(name) || roles === undefined) return ',"user":' + objectJson(user, 0)
  return ',"user":{"id":"' + id + '","name":"' + name + '","roles":' + valueJson(roles, 1) + '}'
}

function clientJson (client: NonNullable<ScopeFacts['client']>): string {
  return client.ip === undefined ? ',"client":' + objectJson(client, 0) : ',"client":{"ip":' + quote(client.ip) + '}'
}
