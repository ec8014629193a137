// A child process that makes lines of records: `node serialize-child.js`. Each `run` message
// is answered with the CPU time of the json layout and of JSON.stringify for the same
// records. Every measurement has new records, so that nobody profits from having seen them.
import { httpRequestEvent } from '../../dist/events/http-request.js'
import { savedObjectEvent } from '../../dist/events/saved-object.js'
import { createRecurring } from '../../dist/http/recurring.js'
import { createJsonLayout } from '../../dist/layouts/json.js'
import { enrich } from '../../dist/trail/enrich.js'
import { createEventIds } from '../../dist/trail/event-id.js'
import { CONSTANT_FIELDS } from './ordinary-event.js'
import { shuffled } from './statistics.js'

// Few records at a time, as in a server: many that live at once would measure the garbage collector.
const RECORDS_AT_ONCE = 200
const TURNS = 20
const layout = createJsonLayout()
const nextId = createEventIds()
let serial = 0

/** An http_request: one event per request, so that each has facts of its own. */
function requestRecord (facts = factsOf(serial + 1)) {
  serial++
  const url = asReceived({ scheme: 'http', domain: 'audit.example.com', port: 5601, path: `/api/saved_objects/dashboard/${serial}`, query: 'fields=title&page=1' })
  return recordOf(httpRequestEvent({ method: 'GET', url }), facts)
}

const bulkFacts = factsOf(0)

const users = Array.from({ length: 20 }, (_, number) => factsOf(number))
const knownUsers = createRecurring()

/** The same of one of twenty users who come again and again, as the requests of an application have them. */
function knownRecord () {
  const { user, kibana, client, http } = users[serial % users.length]
  const facts = Object.freeze({
    user: knownUsers.userOf(user),
    kibana: knownUsers.kibanaOf(kibana.space_id, kibana.session_id),
    trace: factsOf(serial).trace,
    client: knownUsers.clientOf(client.ip),
    http: knownUsers.forwardedFor(http.request.headers['x-forwarded-for'])
  })
  return requestRecord(facts)
}

/** One of many events of one request: they share their facts. */
function bulkRecord () {
  const object = asReceived({ type: 'dashboard', id: `${++serial}-4bf92f35` })
  return recordOf(savedObjectEvent({ action: 'saved_object_update', object }), bulkFacts)
}

function recordOf (event, facts) {
  return { record: enrich(event, facts, new Date(1.7e12 + serial).toISOString(), CONSTANT_FIELDS, nextId(1.7e12 + serial)), facts }
}

function factsOf (number) {
  return Object.freeze(asReceived({
    user: { id: `u-${number}`, name: `user-${number}`, roles: ['viewer', 'editor'] },
    kibana: { space_id: 'marketing', session_id: `session-${number}-5f2b7c1e` },
    trace: { id: `4bf92f3577b34da6a3ce929d${String(number).padStart(8, '0')}` },
    client: { ip: '127.0.0.1' },
    http: { request: { headers: { 'x-forwarded-for': '203.0.113.7, 10.0.0.1' } } }
  }))
}

/** Strings that are glued together are put together only when somebody reads them; what comes from a network is whole. */
function asReceived (object) {
  return JSON.parse(JSON.stringify(object))
}

const subjects = {
  layout: ({ record, facts }) => layout(record, facts),
  stringify: ({ record }) => JSON.stringify(record) + '\n',
  again: ({ record }) => JSON.stringify(record) + '\n'
}

/** Microseconds of CPU for all records. Reading the last character makes the engine finish what it may have put off. */
function measure (makeLine, make) {
  const records = Array.from({ length: RECORDS_AT_ONCE }, () => make())
  let checked = 0
  const before = process.cpuUsage()
  for (const record of records) {
    const line = makeLine(record)
    checked += line.charCodeAt(line.length - 1)
  }
  const { user, system } = process.cpuUsage(before)
  if (checked !== RECORDS_AT_ONCE * 10) throw new Error('a line does not end with a line feed')
  return user + system
}

/** Microseconds per record, by subject. */
function compare (make) {
  const spent = Object.fromEntries(Object.keys(subjects).map((subject) => [subject, 0]))
  for (let turn = 0; turn < TURNS; turn++) {
    for (const subject of shuffled(Object.keys(subjects))) spent[subject] += measure(subjects[subject], make) / (TURNS * RECORDS_AT_ONCE)
  }
  return spent
}

function sameFields () {
  for (const { record, facts } of [requestRecord(), knownRecord(), bulkRecord()]) {
    const line = JSON.parse(layout(record, facts))
    const sorted = (value) => JSON.stringify(value, (_, inner) => inner?.constructor === Object ? Object.fromEntries(Object.entries(inner).sort()) : inner)
    if (sorted(line) !== sorted(JSON.parse(JSON.stringify(record)))) throw new Error(`not the same record: ${JSON.stringify(line)}`)
  }
}

process.on('message', (message) => {
  if (message === 'close') process.exit(0)
  process.send({ request: compare(requestRecord), known: compare(knownRecord), bulk: compare(bulkRecord) })
})
sameFields()
process.send('ready')
