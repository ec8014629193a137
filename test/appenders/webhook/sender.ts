import type { ServerResponse } from 'node:http'
import { test } from 'tap'
import { Agent } from 'undici'
import { createFormat } from '../../../lib/appenders/webhook/formats.js'
import { createWebhookSender, type WebhookSenderParts } from '../../../lib/appenders/webhook/sender.js'
import type { ShippedEvent } from '../../../lib/appenders/shipping/sender.js'
import { startReceiver } from '../../support/http-receiver.js'

const eventOf = (id: string): ShippedEvent => ({ id, time: 0, line: `{"event":{"id":"${id}"}}` })
const EVENTS = ['a', 'b', 'c'].map(eventOf)
const never = new AbortController().signal

function senderTo (url: string, more: Partial<WebhookSenderParts> = {}, timeout = 60_000) {
  return createWebhookSender({
    url: new URL(url),
    method: 'POST',
    headers: { 'x-from': 'test' },
    sendsMany: false,
    format: createFormat('JSON', false),
    sign: () => ({}),
    secrets: [],
    dispatcher: new Agent({ headersTimeout: timeout, bodyTimeout: timeout }),
    now: () => Date.UTC(2026, 0, 1),
    ...more
  })
}

const with_ = (status: number, headers = {}, body = '') => (_: unknown, response: ServerResponse): void => { response.writeHead(status, headers).end(body) }

test('each event in a request of its own, with its id, in order', async t => {
  const receiver = await startReceiver()
  const sender = senderTo(`${receiver.url}/in?x=1`)
  receiver.answer = ({ body }, response) => { response.writeHead(body.includes('"b"') ? 202 : 204).end() }
  t.same(await sender.send(EVENTS, never), ['delivered', 'delivered', 'delivered'])
  t.match(receiver.requests, ['a', 'b', 'c'].map(id => ({ method: 'POST', url: '/in?x=1', body: eventOf(id).line, headers: { 'idempotency-key': id, 'x-from': 'test', 'content-type': 'application/json' } })))
  await sender.close()
  await receiver.close()
})

test('many in one request, whose key is the same for the same events', async t => {
  const receiver = await startReceiver()
  const sender = senderTo(receiver.url, { sendsMany: true })
  await sender.send(EVENTS, never)
  await sender.send(EVENTS, never)
  await sender.send(EVENTS.slice(1), never)
  const keys = receiver.requests.map(({ headers }) => headers['idempotency-key'])
  t.match(keys[0], /^[0-9a-f]{32}$/)
  t.equal(keys[1], keys[0])
  t.not(keys[2], keys[0])
  t.equal(JSON.parse(receiver.requests[0]!.body).length, 3)
  await sender.close()
  await receiver.close()
})

test('parameters stand behind those that the URL has', async t => {
  const receiver = await startReceiver()
  const format = createFormat('URL_PARAMETER_GET', false)
  for (const url of [`${receiver.url}/in`, `${receiver.url}/in?key=1`]) {
    const sender = senderTo(url, { method: 'GET', format })
    t.same(await sender.send([eventOf('a')], never), ['delivered'])
    await sender.close()
  }
  t.match(receiver.requests, [{ method: 'GET', url: '/in?event.id=a', body: '' }, { url: '/in?key=1&event.id=a' }])
  await receiver.close()
})

test('what is signed is what is sent: the id, the time, and the body, or the parameters where there is none', async t => {
  const receiver = await startReceiver()
  const signed: (readonly [string, number, string])[] = []
  const sign: WebhookSenderParts['sign'] = (id, now, content) => {
    signed.push([id, now, content])
    return { 'webhook-signature': `of ${content.length}` }
  }
  for (const [method, format] of [['POST', 'JSON'], ['GET', 'URL_PARAMETER_GET']] as const) {
    const sender = senderTo(`${receiver.url}/in`, { method, sign, format: createFormat(format, false) })
    await sender.send([eventOf('a')], never)
    await sender.close()
  }
  t.same(signed, [['a', Date.UTC(2026, 0, 1), receiver.requests[0]!.body], ['a', Date.UTC(2026, 0, 1), 'event.id=a']])
  t.match(receiver.requests, [{ headers: { 'webhook-signature': `of ${eventOf('a').line.length}` } }, { url: '/in?event.id=a', headers: { 'webhook-signature': 'of 10' } }])
  await receiver.close()
})

test('what is refused for what it holds is rejected, and those after it are sent', async t => {
  const receiver = await startReceiver()
  const sender = senderTo(receiver.url, { secrets: ['opensesame'] })
  receiver.answer = ({ body }, response) => { with_(body.includes('"b"') ? 422 : 200, {}, `no field for opensesame ${'x'.repeat(1000)}`)(null, response) }
  const verdicts = await sender.send(EVENTS, never)
  t.match(verdicts, ['delivered', { rejected: /^has answered 422 "no field for \[REDACTED\] x+"$/ }, 'delivered'])
  t.ok((verdicts[1] as { rejected: string }).rejected.length < 250)
  receiver.answer = with_(422, {}, `${'x'.repeat(195)}opensesame`)
  t.match(await sender.send([eventOf('a')], never), [{ rejected: /^has answered 422 "x{195}\[REDA"$/ }], 'no half of it either')
  await sender.close()
  await receiver.close()
})

test('of many that are refused it is said that they are too much together', async t => {
  const receiver = await startReceiver()
  const sender = senderTo(receiver.url, { sendsMany: true })
  receiver.answer = with_(413)
  await t.rejects(sender.send(EVENTS, never), { code: 'AUDIT_ERR_SEND', isTooMuch: true, message: /has answered 413$/ })
  t.match(await sender.send([eventOf('a')], never), [{ rejected: 'has answered 413' }])
  await sender.close()
  await receiver.close()
})

test('what may pass is a failure, with what is known and how long to wait', async t => {
  const receiver = await startReceiver()
  const sender = senderTo(receiver.url)
  receiver.answer = ({ body }, response) => { with_(body.includes('"b"') ? 429 : 200, { 'retry-after': '7' })(null, response) }
  await t.rejects(sender.send(EVENTS, never), { code: 'AUDIT_ERR_SEND', retryAfter: 7000, verdicts: ['delivered', 'again', 'again'], message: /^the webhook at http:\/\/localhost:\d+ has answered 429$/ })
  t.equal(receiver.requests.length, 2, 'those after it have not been sent')
  receiver.answer = with_(302, { location: 'http://elsewhere.example/' })
  await t.rejects(sender.send(EVENTS, never), { message: /302/, verdicts: ['again', 'again', 'again'] })
  receiver.answer = (_, response) => { response.destroy() }
  await t.rejects(sender.send(EVENTS, never), { message: /cannot be reached: other side closed/ })
  await receiver.close()
  await t.rejects(sender.send(EVENTS, never), { message: /cannot be reached: .*ECONNREFUSED/ })
  await sender.close()
})

test('no answer in time is a failure; so is the end of the application', async t => {
  const receiver = await startReceiver()
  const sender = senderTo(receiver.url, {}, 1)
  receiver.answer = () => {}
  await t.rejects(sender.send(EVENTS, never), { message: /Headers Timeout/ })
  const patient = senderTo(receiver.url)
  const stopping = new AbortController()
  receiver.answer = () => { stopping.abort() }
  await t.rejects(patient.send(EVENTS, stopping.signal), { code: 'AUDIT_ERR_SEND' })
  for (const one of [sender, patient]) await one.close()
  await receiver.close()
})

test('an event that cannot be formatted is rejected with the reason, and of many it is found out', async t => {
  const receiver = await startReceiver()
  const format: WebhookSenderParts['format'] = events => {
    if (events.some(({ id }) => id === 'b')) throw new Error('b is not for me')
    return { body: 'x' }
  }
  const one = senderTo(receiver.url, { format })
  t.match(await one.send(EVENTS, never), ['delivered', { rejected: 'the event cannot be formatted: b is not for me' }, 'delivered'])
  const many = senderTo(receiver.url, { format, sendsMany: true })
  await t.rejects(many.send(EVENTS, never), { message: /b is not for me/, isTooMuch: true })
  for (const sender of [one, many]) await sender.close()
  await receiver.close()
})
