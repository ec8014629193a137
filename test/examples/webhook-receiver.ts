// The example of docs/examples/webhook-receiver, with the appender on the other side.
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { test } from 'tap'
import { auditedApp, eventually, listen } from '../support/audited-app.js'

const RECEIVER = join(import.meta.dirname, '../../docs/examples/webhook-receiver/receiver.js')
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

interface Store { add (id: string, event: object): Promise<void> }

const { createReceiver } = await import(RECEIVER) as { createReceiver (options: { secret: string, store: Store, now?: () => number }): FastifyInstance }

function createStore () {
  const events = new Map<string, { readonly event: { readonly action: string } }>()
  let attempts = 0
  return {
    events,
    async add (id: string, event: object) {
      attempts++
      events.set(id, event as never)
    },
    get attempts () { return attempts }
  }
}

test('what the appender sends is known by its signature, and kept once', async t => {
  for (const perRequest of ['one', 'many'] as const) {
    const store = createStore()
    const receiver = createReceiver({ secret: SECRET, store })
    let lost = 0
    receiver.addHook('onSend', async (_request, reply) => { if (lost++ === 0) reply.raw.destroy() })
    const port = await listen(receiver)
    const { app } = await auditedApp(t, {
      section: {
        appender: {
          type: 'webhook', url: `http://127.0.0.1:${port}/audit`, per_request: perRequest, signature: { secret: SECRET }, backoff: { init: '10ms' }, batch: { timeout: '50ms' }, spool: { path: join(t.testdirName, 'spool') }
        }
      }
    })
    for (let i = 0; i < 10; i++) app.audit.withoutRequest.log({ message: 'm', event: { id: `id-${i}`, action: 'numbered' } })
    await app.audit.flush()
    await eventually(() => app.audit.status().appenders.default?.shipping?.backlog === 0)
    t.equal(store.events.size, 10, perRequest)
    t.ok(store.attempts > 10, `${store.attempts}: an answer was lost, and its events were sent again`)
    t.match([...store.events.values()], Array(10).fill({ event: { action: 'numbered' } }))
    await app.close()
    await receiver.close()
  }
})

test('nobody else is believed', async t => {
  const store = createStore()
  const receiver = createReceiver({ secret: SECRET, store, now: () => 1_000_000_000 })
  const body = '{"event":{"id":"forged"}}'
  const sign = (timestamp: number, secret = SECRET) => `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`id.${timestamp}.${body}`).digest('base64')}`
  const post = async (headers: Record<string, string>, payload = body): Promise<number> =>
    (await receiver.inject({ method: 'POST', url: '/audit', headers: { 'content-type': 'application/json', 'webhook-id': 'id', ...headers }, payload })).statusCode
  t.equal(await post({}), 401, 'without a signature')
  t.equal(await post({ 'webhook-timestamp': '1000000', 'webhook-signature': sign(1_000_000, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA') }), 401, 'with another secret')
  t.equal(await post({ 'webhook-timestamp': '1000000', 'webhook-signature': sign(1_000_000) }, '{"event":{"id":"other"}}'), 401, 'for another body')
  t.equal(await post({ 'webhook-timestamp': '999600', 'webhook-signature': sign(999_600) }), 401, 'an old request')
  t.equal(await post({ 'webhook-timestamp': 'soon', 'webhook-signature': sign(1_000_000) }), 401)
  t.equal(await post({ 'webhook-timestamp': '1000000', 'webhook-signature': 'v1,short v2' }), 401)
  t.equal(store.events.size, 0)
  t.equal(await post({ 'webhook-timestamp': '1000000', 'webhook-signature': `v1,other ${sign(1_000_000)}` }), 204, 'one of several signatures is enough')
  await receiver.close()
})
