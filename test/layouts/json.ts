import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import type { AuditEvent, ScopeFacts } from '../../lib/contracts.js'
import { httpRequestEvent } from '../../lib/events/http-request.js'
import { savedObjectEvent } from '../../lib/events/saved-object.js'
import { createRecurring } from '../../lib/http/recurring.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { NOT_PLAIN } from '../../lib/layouts/quote.js'
import { enrich } from '../../lib/trail/enrich.js'
import { assertEcs } from '../support/ecs.js'

const process = { ecs: { version: '9.4.0' }, log: { level: 'INFO', logger: 'fastify-audit' }, process: { pid: 42 } }
const time = '2026-11-22T10:00:00.000Z'
const id = '019e0a1c-2d00-7000-8000-0123456789ab'
const facts = (over: Partial<ScopeFacts> = {}): ScopeFacts => Object.freeze({
  user: { id: 'u1', name: 'jdoe', roles: ['editor'] },
  kibana: { space_id: 'default', session_id: 's1' },
  trace: { id: '0af7651916cd43dd8448eb211c80319c' },
  client: { ip: '10.0.0.1' },
  ...over
})

/** What a line must say: the record with undefined fields left out and the categories and types as lists. */
function expected (event: AuditEvent, known: ScopeFacts): unknown {
  const record = JSON.parse(JSON.stringify(enrich(event, known, time, process, id)))
  for (const list of ['category', 'type'] as const) if (typeof record.event[list] === 'string') record.event[list] = [record.event[list]]
  return record
}

test('a line says exactly what the record says', async t => {
  const layout = createJsonLayout()
  const one = facts()
  const other = facts({ user: { name: 'other "quoted"\n' }, kibana: undefined, client: undefined })
  const nobody = facts({ user: undefined })
  const object = { type: 'dashboard', id: 'a\n"1"', name: 'Näme' }
  const events: AuditEvent[] = [
    httpRequestEvent({ method: 'GET', url: { domain: 'localhost', path: '/a"b\n', port: 3000, query: 'q=1', scheme: 'http' } }),
    httpRequestEvent({ method: 'GET', url: { domain: 'localhost', path: '/b', port: 3000, scheme: 'http' } }),
    httpRequestEvent({ method: 'GET', url: { path: '/c' }, statusCode: 404, outcome: 'failure' }),
    httpRequestEvent({ method: 'POST', url: { domain: 'other', path: '/d', scheme: 'https' } }),
    savedObjectEvent({ action: 'saved_object_update', outcome: 'unknown', object }),
    savedObjectEvent({ action: 'saved_object_update', outcome: 'failure', object, error: { code: 'Error', message: 'no' } }),
    { message: 'own', event: { action: 'saved_object_update', category: 'database', type: 'change' }, user: { name: 'own' }, trace: { id: 'own' }, client: { ip: '::1' } },
    { message: 'fields', event: { action: 'x', category: ['web'], outcome: 'success', reason: 'r' }, kibana: { space_id: undefined, add_to_spaces: ['a'], saved_object: { type: 't', id: 'i', extra: 1 } as never }, labels: { a: true }, url: { path: '/x', fragment: 'f' } },
    { message: 'empty', event: { action: 'x' }, kibana: {}, url: {}, http: {} }
  ]
  for (const known of [one, one, other, nobody, {}, one]) {
    for (const event of events) {
      const line = layout(enrich(event, known, time, process, id), known)
      t.equal(line.indexOf('\n'), line.length - 1, 'one line feed, at the end')
      t.same(JSON.parse(line), expected(event, known))
    }
  }
  assertEcs(t, JSON.parse(layout(enrich(events[4]!, one, time, process, id), one)))
})

test('a record that is not plain is refused, and the next one is written whole', async t => {
  const layout = createJsonLayout()
  const known = facts()
  const odd: unknown[] = [
    { message: 5, event: { action: 'a' } },
    { message: 'm', event: {} },
    { message: 'm', event: { action: 'a', category: [1n] } },
    { message: 'm', event: { action: 'a' }, kibana: { saved_object: new Date() } },
    { message: 'm', event: { action: 'a' }, kibana: { saved_object: new (class Thing { type = 't'; id = 'i' })() } },
    { message: 'm', event: { action: 'a' }, url: new URL('http://x/') },
    { message: 'm', event: { action: 'a' }, labels: { '\ud800': 1 } }
  ]
  for (const event of odd) {
    let thrown: unknown
    try { layout(enrich(event as AuditEvent, known, time, process, id), known) } catch (error) { thrown = error }
    t.equal(thrown, NOT_PLAIN)
    const good = savedObjectEvent({ action: 'saved_object_get', outcome: 'success', object: { type: 't', id: 'i' } })
    t.same(JSON.parse(layout(enrich(good, known, time, process, id), known)), expected(good, known))
  }
})

/** The same numbers for the same seed, so that a failure can be had again. */
function createRandom (seed: number): (below: number) => number {
  return (below) => {
    seed = (seed * 1664525 + 1013904223) % 4294967296
    return Math.floor(seed / 4294967296 * below)
  }
}

test('whatever is said, in whatever shape, a line says what JSON.stringify says, or the record is refused', async t => {
  const layout = createJsonLayout()
  const random = createRandom(20261124)
  const pick = <T>(values: readonly T[]): T => values[random(values.length)]!
  const { userOf, kibanaOf, clientOf, forwardedFor } = createRecurring()
  const texts = ['', 'a', 'default', 's1', 'User is requesting [/a] endpoint', '/api/a?b', '"', '\\', '\n', '\u2028\u202e', 'Näme 😀', '\ud800', '\udc00x', 'x'.repeat(40_000), '__proto__', 'get', '0af7651916cd43dd8448eb211c80319c']
  const text = (): string => pick(texts)
  const odd = (): unknown => pick<unknown>([undefined, undefined, undefined, null, 0, 1.5, NaN, true, '', [], ['a', null], {}, { a: { b: ['"'] } }, { toJSON: 'text' }])
  // JSON.parse of Node 24 takes one key that is a single escaped character for another.
  const keys = texts.filter(one => one !== '\\' && one !== '\n' && one !== '"')
  const maybe = (make: () => unknown): unknown => pick([make, make, make, odd, () => undefined])()
  const fields = (makers: Record<string, () => unknown>): Record<string, unknown> => {
    const made = Object.fromEntries(Object.entries(makers).filter(() => random(5) > 0).map(([name, make]) => [name, maybe(make)]))
    return random(6) === 0 ? { ...made, [pick(keys)]: odd() } : made
  }
  const categories = Object.freeze(['web'])
  const event = (): AuditEvent => ({
    ...fields({
      kibana: () => fields({ space_id: text, session_id: text, saved_object: () => fields({ type: text, id: text, name: text }) }),
      http: () => fields({ request: () => fields({ method: text, headers: () => fields({ 'x-forwarded-for': text }) }) }),
      url: () => fields({ domain: text, path: text, port: () => random(65_536), query: text, scheme: text }),
      error: () => fields({ code: text, message: text }),
      user: () => fields({ id: text, name: text, roles: () => [text()] }),
      client: () => fields({ ip: text }),
      trace: () => fields({ id: text })
    }),
    message: text(),
    event: { ...fields({ category: () => pick<unknown>([categories, ['web'], 'web']), type: () => ['access'], outcome: text }), action: pick(['a', 'b', text()]) }
  } as unknown as AuditEvent)
  const knownFacts = (): ScopeFacts => ({
    user: pick([undefined, userOf({ id: text(), name: text(), roles: [text()] }), { name: text() }]),
    kibana: pick([undefined, kibanaOf(text(), text()), kibanaOf(undefined, text()), { space_id: text() }]),
    trace: pick([undefined, { id: text() }]),
    client: pick([undefined, clientOf(text()), { ip: '::1' }]),
    http: pick([undefined, forwardedFor(text()), { request: { headers: { 'x-forwarded-for': text() } } }])
  })
  const outcomes = { written: 0, refused: 0 }
  for (let round = 0; round < 1000; round++) {
    const known = knownFacts()
    for (let times = 0; times < 3; times++) {
      const said = event()
      let line: string
      try {
        line = layout(enrich(said, known, time, process, id), known)
      } catch (thrown) {
        if (thrown !== NOT_PLAIN) throw thrown
        outcomes.refused++
        continue
      }
      outcomes.written++
      if (line.indexOf('\n') !== line.length - 1) t.fail(`one line feed, at the end: ${line}`)
      if (!isDeepStrictEqual(JSON.parse(line), expected(said, known))) t.same(JSON.parse(line), expected(said, known))
    }
  }
  t.ok(outcomes.written > 300 && outcomes.refused > 300, `both happen: ${JSON.stringify(outcomes)}`)
})
