// The examples of docs/examples/correlation, against a server that records the headers it is sent
// and holds its answers back until all requests are under way. Needs dist/, as the examples do.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import { listen, readEvents, type WrittenEvent } from '../support/audited-app.js'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples/correlation')
const REQUESTS = 20

interface Recorded { readonly url: string, readonly body: string, readonly headers: IncomingHttpHeaders }

/** Answers as Elasticsearch does. The first calls wait for each other, and are answered from the last to the first. */
async function startService (t: Test): Promise<{ address: string, recorded: Recorded[], overlapped: () => number }> {
  const recorded: Recorded[] = []
  const waiting: (() => void)[] = []
  let overlapped = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { url = '' } = request
      recorded.push({ url, body: Buffer.concat(chunks).toString(), headers: request.headers })
      const id = url.split('/').at(-1)!.split('?')[0]!
      const items = [{ index: { status: 201 } }, { index: { status: 201 } }]
      const answer = (): void => {
        response.writeHead(200, { 'content-type': 'application/vnd.elasticsearch+json;compatible-with=9', 'x-elastic-product': 'Elasticsearch' })
        response.end(JSON.stringify({ _id: id, found: true, _source: { id }, errors: false, items }))
      }
      if (overlapped > 0) {
        answer()
        return
      }
      waiting.unshift(answer)
      if (waiting.length < REQUESTS) return
      overlapped = waiting.length
      for (const goOn of waiting) goOn()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, recorded, overlapped: () => overlapped }
}

/** Starts an example, asks it for many notes at once, and gives what the service and the log have of it. */
async function runExample (t: Test, name: string) {
  const service = await startService(t)
  const { createApp } = await import(join(EXAMPLES, `${name}.js`)) as { createApp: (config: object, address: string) => Promise<FastifyInstance> }
  const file = join(t.testdir(), 'audit.log')
  const app = await createApp({ enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: file, layout: { type: 'json' } } }, service.address)
  t.teardown(() => app.close())
  const address = `http://127.0.0.1:${await listen(app)}`
  // Every second request belongs to a trace of its client's.
  const statuses = await Promise.all(Array.from({ length: REQUESTS }, async (_, number) => {
    const headers = number % 2 === 0 ? { traceparent: `00-${traceIdOf(number)}-00f067aa0ba902b7-01` } : undefined
    const answer = await fetch(`${address}/notes/n${number}${number < REQUESTS / 2 ? '' : '/copy'}`, { method: number < REQUESTS / 2 ? 'GET' : 'POST', headers })
    return answer.status
  }))
  t.same(statuses, Array(REQUESTS).fill(200))
  t.equal(service.overlapped(), REQUESTS, 'all requests were under way at once')
  await app.audit.flush()
  return { ...service, file, events: readEvents(t, file) }
}

const traceIdOf = (number: number): string => String(number + 1).padStart(32, '0')

/** Holds the calls of each request against its events. */
function assertJoined (t: Test, events: readonly WrittenEvent[], recorded: readonly Recorded[], callsOf: (id: string) => { readonly calls: number, readonly traceparents: number }): void {
  const traces = new Set<string>()
  for (let number = 0; number < REQUESTS; number++) {
    const id = `n${number}`
    const own = events.filter(({ url, kibana }) => (url as { path?: string } | undefined)?.path?.split('/').includes(id) === true || (kibana as { saved_object?: { id?: string } } | undefined)?.saved_object?.id === id)
    const ids = new Set(own.map(({ trace }) => (trace as { id: string }).id))
    const [trace] = ids
    traces.add(trace!)
    t.equal(ids.size, 1, `${id}: all events have one trace`)
    if (number % 2 === 0) t.equal(trace, traceIdOf(number), 'which is the client\'s')
    const calls = recorded.filter(({ url, body }) => url.split(/[/?]/).includes(id) || body.includes(`"${id}"`))
    const { calls: expected, traceparents } = callsOf(id)
    t.equal(calls.length, expected, `${id}: ${expected} calls`)
    t.same(new Set(calls.map(({ headers }) => headers['x-opaque-id'])), ids, 'all say which request they belong to')
    const sent = calls.flatMap(({ headers: { traceparent } }) => traceparent === undefined ? [] : [String(traceparent)])
    t.equal(sent.length, traceparents)
    for (const traceparent of sent) t.match(traceparent, new RegExp(`^00-${trace}-(?!0{16})[0-9a-f]{16}-${number % 2 === 0 ? '01' : '00'}$`))
  }
  t.equal(traces.size, REQUESTS, 'no two requests share a trace')
}

test('@elastic/elasticsearch: each call says for which request it is made, however many run at once', async t => {
  const { events, recorded } = await runExample(t, 'elasticsearch')
  assertJoined(t, events, recorded, id => ({ calls: 2, traceparents: Number(id.slice(1)) < REQUESTS / 2 ? 1 : 2 }))
})

test('undici: each call says for which request it is made, however many run at once', async t => {
  const { events, recorded } = await runExample(t, 'undici')
  assertJoined(t, events, recorded, id => Number(id.slice(1)) < REQUESTS / 2 ? { calls: 1, traceparents: 1 } : { calls: 2, traceparents: 2 })
  const copied = recorded.find(({ url }) => url.startsWith('/copies/'))
  t.equal(copied?.headers['content-type'], 'application/json', 'headers of the call are kept')
})
