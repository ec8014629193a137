import { test } from 'tap'
import type { AuditEvent } from '../../lib/contracts.js'
import { createEventJson, createHttpJson, createKibanaJson, createUrlJson } from '../../lib/layouts/json-fields.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { enrich } from '../../lib/trail/enrich.js'

const process = { ecs: { version: '9.4.0' }, log: { level: 'INFO', logger: 'fastify-audit' }, process: { pid: 42 } }
const time = '2026-11-22T10:00:00.000Z'
const id = '019e0a1c-2d00-7000-8000-0123456789ab'

/** A field and its value, as they stand in a line. */
const parsed = (name: string, json: string): Record<string, unknown> => JSON.parse(`{${json.slice(1)}}`)[name]

test('each writer says what JSON.stringify says, however often and in whatever order', async t => {
  const event = createEventJson()
  const url = createUrlJson()
  const http = createHttpJson()
  const kibana = createKibanaJson()
  const eventOf = (fields: Parameters<typeof event>[0]): string => `,"event":{"id":"${fields.id}${event(fields)}`
  const category = Object.freeze(['web'] as const)
  const object = { type: 'a', id: '1' }
  for (let round = 0; round < 3; round++) {
    for (const fields of [{ id, action: 'a', category }, { id: id.replace('0', '1'), action: 'a', category, outcome: 'failure' as const }, { id, action: 'b', reason: 'r' }]) t.same(parsed('event', eventOf(fields)), fields)
    for (const fields of [{}, { space_id: 's' }, { session_id: 'x' }, { space_id: 's', session_id: 'x' }, { saved_object: object }, { space_id: '"', saved_object: { ...object, name: '\n' } }, { space_id: 's', add_to_spaces: ['a'] }, { saved_object: { type: 'only' } }]) t.same(parsed('kibana', kibana(fields, undefined)), fields)
    for (const fields of [{ path: '/' }, { domain: 'd', path: '/"', port: 1, scheme: 'http', query: 'q' }, { domain: 'd', path: '/2', port: 1, scheme: 'http' }, { domain: 'e', fragment: 'f' }, {}]) t.same(parsed('url', url(fields)), fields)
    for (const fields of [{}, { request: { method: 'get' } }, { request: { method: 'get', headers: { 'x-forwarded-for': '"' } } }, { request: { method: '\n' } }, { request: { method: 'get' }, response: { status_code: 404 } }, { request: { bytes: 1 } }]) t.same(parsed('http', http(fields, undefined)), fields)
  }
})

test('what is remembered is what was frozen: a list that a caller changes is read again', async t => {
  const layout = createJsonLayout()
  const category: ['web' | 'database'] = ['web']
  const event: AuditEvent = { message: 'm', event: { action: 'mine', category } }
  const line = (): { event: object } => JSON.parse(layout(enrich(event, {}, time, process, id), {}))
  t.same(line().event, { id, action: 'mine', category: ['web'] })
  category[0] = 'database'
  t.same(line().event, { id, action: 'mine', category: ['database'] })
  const frozen = Object.freeze(['web'] as const)
  for (const [fields, written] of [[{ action: 'f', category: frozen }, { action: 'f', category: ['web'] }], [{ action: 'f', category: frozen, reason: 'r' }, { action: 'f', category: ['web'], reason: 'r' }], [{ action: 'f', category: frozen, outcome: 'success' }, { action: 'f', category: ['web'], outcome: 'success' }], [{ action: 'f', category: frozen }, { action: 'f', category: ['web'] }]] as const) {
    t.same((JSON.parse(layout(enrich({ message: 'm', event: fields }, {}, time, process, id), {})) as { event: object }).event, { id, ...written })
  }
})

test('a text that is another one each time that it is read breaks no line', async t => {
  const layout = createJsonLayout()
  const forged = '"}}\n{"forged":true,"a":"'
  /** An object whose field is plain so many times that it is read, and then no more. */
  const changing = (object: Record<string, unknown>, field: string, plain: number): object => {
    let reads = 0
    return Object.defineProperty({ ...object }, field, { enumerable: true, get: () => reads++ < plain ? 'plain' : forged })
  }
  const kibana = { space_id: 's', session_id: 'x' }
  const wholes: Record<string, Record<string, unknown>> = {
    saved_object: { type: 'a', id: '1', name: 'n' }, kibana, url: { domain: 'd', path: '/', query: 'q' }, request: { method: 'get' }, user: { id: '1', name: 'n' }, client: { ip: '::1' }, trace: { id: 't' }, labels: { a: 'b' }, error: { code: 'C', message: 'm' }, mine: { a: 'b' }
  }
  const events = Object.entries(wholes).flatMap(([name, whole]) => Object.keys(whole).flatMap(field => [1, 2, 3].map(plain => {
    const made = changing(whole, field, plain)
    return name === 'saved_object' ? { kibana: { saved_object: made } } : name === 'request' ? { http: { request: made } } : { [name]: made }
  })))
  for (const facts of [{ kibana }, {}]) {
    for (const more of events) {
      const line = layout(enrich({ message: 'm', event: { action: 'a' }, ...more } as never, facts, time, process, id), facts)
      t.equal(line.indexOf('\n'), line.length - 1, line)
      t.doesNotThrow(() => { JSON.parse(line) }, line)
    }
  }
})

test('a space that is no text is read again for each event', async t => {
  const layout = createJsonLayout()
  const space = { a: 1 }
  const written = (): unknown => JSON.parse(layout(enrich({ message: 'm', event: { action: 'a' }, kibana: { space_id: space as never } }, {}, time, process, id), {})).kibana
  t.same(written(), { space_id: { a: 1 } })
  space.a = 2
  t.same(written(), { space_id: { a: 2 } })
})

test('actions without end do not fill the memory', async t => {
  const layout = createJsonLayout()
  const category = Object.freeze(['web'] as const)
  for (let i = 0; i < 2000; i++) {
    const record = enrich({ message: 'm', event: { action: `made_up_${i}`, category } }, {}, time, process, id)
    if (JSON.parse(layout(record, {})).event.action !== `made_up_${i}`) t.fail(`action ${i} is another's`)
  }
  t.pass('each is written as it was said')
})

test('what an application changes between two events is written as it is then', async t => {
  const url = createUrlJson()
  const domain = { name: 'one' }
  const fields = { domain, path: '/' } as never
  t.same(parsed('url', url(fields)).domain, { name: 'one' })
  domain.name = 'two'
  t.same(parsed('url', url(fields)).domain, { name: 'two' })
  const event = createEventJson()
  const outcome = { said: 'one' }
  const category = Object.freeze([{ said: 'one' }])
  const said = { id, action: 'a', outcome, category } as never
  t.match(parsed('event', `,"event":{"id":"1${event(said)}`), { outcome: { said: 'one' }, category: [{ said: 'one' }] })
  outcome.said = category[0]!.said = 'two'
  t.match(parsed('event', `,"event":{"id":"1${event(said)}`), { outcome: { said: 'two' }, category: [{ said: 'two' }] })
})

test('what was refused once is refused again, and is nobody else\'s opening', async t => {
  const kibana = createKibanaJson()
  const about = (known: { space_id: string, session_id: string }): string => kibana({ ...known, saved_object: { type: 'a', id: '1' } }, known)
  about({ space_id: 'sales', session_id: 's' })
  const torn = { space_id: '\ud800', session_id: 's' }
  t.throws(() => about(torn))
  t.throws(() => about(torn))
})
