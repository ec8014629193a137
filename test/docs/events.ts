// docs/events.md is held against the factories: every row of its table, every sample.
import { readFileSync } from 'node:fs'
import { test } from 'tap'
import type { AuditEvent } from '../../lib/contracts.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { enrich } from '../../lib/trail/enrich.js'
import { ECS_VERSION, LOGGER_NAME } from '../../lib/trail/trail.js'
import { assertEcs } from '../support/ecs.js'
import { EVENT_SAMPLES } from '../support/event-samples.js'

const docs = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')

const facts = {
  user: { id: 'u_42', name: 'jane', roles: ['editor'] },
  kibana: { space_id: 'default', session_id: 's_9' },
  client: { ip: '192.0.2.7' },
  trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736' },
  http: { request: { headers: { 'x-forwarded-for': '192.0.2.7' } } }
}

/** The line that the trail writes of an event said during jane's request. */
function lineOf (event: AuditEvent): string {
  const process = { ecs: { version: ECS_VERSION }, log: { level: 'INFO', logger: LOGGER_NAME }, process: { pid: 4711 } }
  return createJsonLayout()(enrich(event, facts, '2026-01-31T12:00:00.000Z', process, '019c13ec-9e00-7a3f-8000-5b1c0de4a9f2'), facts).trimEnd()
}

test('the table has a row for every event, with its category, its type and its messages', async (t) => {
  const rows = [...docs.matchAll(/^\| `(\w+)` \| (\w+) \| (\S+) \| .+? \| (.+) \|$/gm)]
  t.same(rows.map(([, action]) => action), EVENT_SAMPLES.map(({ action }) => action))
  for (const [index, { action, sample, messages }] of EVENT_SAMPLES.entries()) {
    const [, , category, type, written] = rows[index] ?? []
    t.same([category], sample.event.category, action)
    t.same(type === '–' ? undefined : [type], sample.event.type, action)
    t.same(written?.split('<br>').map(message => message.replaceAll('`', '')), messages, action)
  }
})

test('every event has a sample, and the sample is what its factory makes', async (t) => {
  const samples = new Map([...docs.matchAll(/^### `(\w+)`\n[^#]*?```json\n(\{.*\})\n```$/gm)].map(([, action, json]) => [action, json]))
  t.same([...samples.keys()], EVENT_SAMPLES.map(({ action }) => action))
  for (const { action, sample } of EVENT_SAMPLES) t.equal(samples.get(action), JSON.stringify(sample), action)
})

test('the whole line is the one that the trail writes', async (t) => {
  const [, line] = /^## A whole line\n[^#]*?```json\n(\{.*\})\n```$/m.exec(docs) ?? []
  const update = EVENT_SAMPLES.find(({ action }) => action === 'saved_object_update')
  t.equal(line, lineOf(update?.sample as AuditEvent))
})

test('the line of every event is ECS', async (t) => {
  for (const { sample } of EVENT_SAMPLES) assertEcs(t, JSON.parse(lineOf(sample)))
})

test('an event that belongs to no space is written without the request\'s', async (t) => {
  for (const { action, sample } of EVENT_SAMPLES) {
    const hasNoSpace = ['user_login', 'access_agreement_acknowledged'].includes(action)
    t.equal(JSON.parse(lineOf(sample)).kibana.space_id, hasNoSpace ? undefined : 'default', action)
  }
})
