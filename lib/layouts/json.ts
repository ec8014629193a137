// The `json` layout: an ECS object per line. Every event is serialized here, once: the hot
// path of this project. The fields that events usually have are written by hand and what
// recurs is remembered; anything else is left to value.ts.
import type { AuditRecord, AuditUser, Layout, ScopeFacts } from '../contracts.js'
import { createEventJson, createHttpJson, createUrlJson, headersJson, kibanaJson } from './json-fields.js'
import { remembered } from './memory.js'
import { isQuotable, joined, quote } from './quote.js'
import { objectJson, valueJson } from './value.js'

/** Makes a `json` layout. */
export function createJsonLayout (): Layout {
  const sharedJson = createSharedJson()
  const eventJson = createEventJson()
  const urlJson = createUrlJson()
  const httpJson = createHttpJson()

  return function jsonLine (record, facts) {
    const { message, kibana, http, url, error, labels, user, client, trace } = record
    const quoted = isQuotable(message) ? '"' + message + '","event":' : quote(message) + ',"event":'
    let line = '{"@timestamp":"' + record['@timestamp'] + '","message":' + quoted + eventJson(record.event)
    if (kibana !== undefined) line += ',"kibana":' + kibanaJson(kibana, facts.kibana)
    if (http !== undefined && http !== facts.http) line += ',"http":' + httpJson(http, facts.http)
    if (url !== undefined) line += ',"url":' + urlJson(url)
    if (error !== undefined) line += ',"error":' + objectJson(error, 0)
    if (labels !== undefined) line += ',"labels":' + objectJson(labels, 0)
    if (user !== facts.user) line += ',"user":' + objectJson(user!, 0)
    if (client !== facts.client) line += ',"client":' + objectJson(client!, 0)
    if (trace !== facts.trace) line += ',"trace":' + objectJson(trace!, 0)
    if (facts.http !== undefined && http === facts.http) line += ',"http":{"request":{' + headersJson(facts.http) + '}}'
    return line + furtherJson(record) + sharedJson(record, facts)
  }
}

/** The fields that the trail gives every record. */
const USUAL_FIELDS: readonly string[] = ['@timestamp', 'message', 'event', 'kibana', 'http', 'url', 'error', 'labels', 'user', 'client', 'trace', 'ecs', 'log', 'process']

/** The caller's own fields, beyond those that have their place in every record. */
function furtherJson (record: AuditRecord): string {
  // Counted first: comparing names costs more than the rest of the line, and a list of them as much as a string.
  let fields = 0
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  for (const _ in record) fields++
  return fields === USUAL_FIELDS.length ? '' : furtherFieldsJson(record)
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
    json = (user === undefined ? '' : remembered(user, userJson)) + (client === undefined ? '' : remembered(client, clientJson)) +
      (trace === undefined ? '' : isQuotable(trace.id) ? ',"trace":{"id":"' + trace.id + '"}' : ',"trace":{"id":' + quote(trace.id) + '}') + processJson
    lastFacts = facts
    isJoined = false
    return json
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
