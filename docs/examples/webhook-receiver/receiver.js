// Takes events that the webhook appender sends: only from who knows the secret, only within five
// minutes, and each once, however often it is sent.
import { createHmac, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'

/** How far the clocks of both sides may be apart, and how old a request may be. Seconds. */
const TOLERANCE = 5 * 60

/**
 * @param secret what the appender has in signature.secret
 * @param store has the events: `store.add(id, event)` resolves when it keeps them, and keeps each id once
 */
export function createReceiver ({ secret, store, now = Date.now, logger = false }) {
  const app = Fastify({ logger, bodyLimit: 10 * 1024 * 1024 })

  // The signature is that of the bytes, so they are kept as they come.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => { done(null, body) })

  app.post('/audit', async (request, reply) => {
    if (!isSigned(request.headers, request.body)) return await reply.code(401).send({ error: 'expected a signature' })
    const sent = JSON.parse(request.body)
    // One event, or a list of them (per_request: many).
    for (const event of [sent].flat()) await store.add(event.event.id, event)
    // Only now: whoever is not told that an event is kept sends it again.
    return await reply.code(204).send()
  })

  /** As the Standard Webhooks have it. */
  function isSigned (headers, body) {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers
    if (!(Math.abs(now() / 1000 - Number(timestamp)) < TOLERANCE)) return false
    const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
    return signatures.split(' ').some(signature => {
      const [version, value = ''] = signature.split(',')
      const given = Buffer.from(value, 'base64')
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
    })
  }

  return app
}
