// The README's application, settings and line, held to what really comes out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify, { type FastifyRequest } from 'fastify'
import { test } from 'tap'
import audit from '../../lib/index.js'
import { isOfARun, readEvents } from '../support/audited-app.js'

const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [application, byHand] = [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)
const [yml] = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)
const [line] = [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)

/** Every path of an object's fields, in their order. */
const pathsOf = (value: unknown, path = ''): string[] => typeof value !== 'object' || value === null || Array.isArray(value)
  ? [path]
  : Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, `${path}.${key}`))

test('the README is short enough to be read', async t => {
  t.ok(text.split('\n').length < 200)
  for (const [, target] of text.matchAll(/\]\((docs\/[^)]+)\)/g)) t.doesNotThrow(() => readFileSync(join(import.meta.dirname, '../..', target!)), `${target} is there`)
})

test('its application with its settings writes its line', async t => {
  const directory = t.testdir({ 'audit.yml': yml! })
  const before = process.cwd()
  process.chdir(directory)
  t.teardown(() => process.chdir(before))
  const savedObjects = { async update (type: string, id: string, attributes: object) { return { type, id, attributes } } }
  const app = Fastify({ trustProxy: true })
  t.teardown(() => app.close())
  app.decorateRequest('user', null)
  app.addHook('onRequest', async request => { Object.assign(request, { user: { id: 'u-1', name: 'jdoe', roles: ['editor'] }, session: { sessionId: 's-4711' } }) })
  // The sample as it stands, without its imports and the app that the test has made.
  const body = application!.replace(/^import .*$/gm, '').replace(/^const app = .*$/m, '')
  const run = new Function('app', 'audit', 'savedObjects', `return (async () => {${body}})()`) as (...given: unknown[]) => Promise<void>
  await run(app, audit, savedObjects)
  app.post('/by-hand', async (request: FastifyRequest) => {
    await (new Function('request', `return (async () => {${byHand}})()`) as (given: unknown) => Promise<void>)(request)
    return 'ok'
  })
  const headers = { 'x-forwarded-for': '203.0.113.9', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
  t.equal((await app.inject({ method: 'PUT', url: '/dashboards/7', headers, payload: { a: 1 } })).statusCode, 200)
  t.equal((await app.inject({ method: 'POST', url: '/by-hand' })).body, 'ok')
  const events = readEvents(t, join(directory, 'logs', 'audit.log')).filter(isOfARun)
  t.same(events.map(({ event }) => event.action), ['http_request', 'saved_object_update', 'http_request', 'archive_lock'])
  const shown = JSON.parse(line!) as Record<string, unknown>
  const event = { ...events[1]!.event, id: (shown.event as { id: string }).id }
  const written = { ...events[1]!, '@timestamp': shown['@timestamp'], event, process: shown.process } as Record<string, unknown>
  // The client in the README came without a proxy.
  t.match(written.http, { request: { headers: { 'x-forwarded-for': '203.0.113.9' } } })
  delete written.http
  t.same(written, shown)
  t.same(pathsOf(written), pathsOf(shown), 'in the order in which it is shown')
})
