import { createServer, type IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { test, type Test } from 'tap'
import { countReceivedBytes } from '../../lib/http/received-bytes.js'
import { auditedApp, listen, sendRaw } from '../support/audited-app.js'

test('what comes is counted, over HTTP/1 and HTTP/2, also what came before the call', async t => {
  for (const late of [false, true]) {
    let counted = (): number => -1
    const read = async (request: IncomingMessage): Promise<void> => {
      // Over HTTP/2, nothing comes before it is asked for.
      if (late && request.httpVersionMajor === 1) while (request.readableLength === 0) await pause(1)
      counted = countReceivedBytes(request)
      await buffer(request)
    }
    const server = createServer((request, response) => { read(request).then(() => response.end()) })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body: 'ä'.repeat(50_000) })
    t.equal(counted(), 100_000)
    server.close()

    const second = http2.createServer((request, response) => { read(request as unknown as IncomingMessage).then(() => response.end()) })
    await new Promise<void>(resolve => second.listen(0, '127.0.0.1', resolve))
    const client = http2.connect(`http://127.0.0.1:${(second.address() as AddressInfo).port}`)
    const stream = client.request({ ':path': '/', ':method': 'POST' })
    stream.end('x'.repeat(30_000))
    await buffer(stream)
    t.equal(counted(), 30_000)
    client.close()
    second.close()
  }
})

test('text is counted by its bytes', async t => {
  const request = new Readable({ read () {} }) as IncomingMessage
  const counted = countReceivedBytes(request)
  request.push('ä')
  request.push('00ff', 'hex')
  request.push(null)
  t.equal((await buffer(request)).length, 4)
  t.equal(counted(), 4)
})

interface Told { readonly http: { readonly request: { readonly body?: { readonly bytes?: number } } } }

async function withBytes (t: Test, http: object): Promise<{ port: number, bytes (count: number): Promise<unknown[]> }> {
  const { app, events } = await auditedApp(t, { section: { http, queue: { timeout: '2s' } } })
  app.post('/', async () => 'ok')
  app.get('/', async () => 'ok')
  const port = await listen(app)
  return {
    port,
    async bytes (count) {
      for (let i = 0; i < 500 && app.audit.status().accepted < count; i++) await pause(10)
      return (await events() as unknown as Told[]).map(event => event.http.request.body?.bytes)
    }
  }
}

const post = (headers: string, body: string): string => `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/plain\r\n${headers}\r\n\r\n${body}`

test('in the event of the end stands what was received: chunked, less than was said, none', async t => {
  const { port, bytes } = await withBytes(t, { record: 'response' })
  await sendRaw(port, post('Transfer-Encoding: chunked', '3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n'))
  await sendRaw(port, post('Content-Length: 5', 'hello'))
  await sendRaw(port, post('Content-Length: 900', 'four'), { then: socket => { setTimeout(() => socket.destroy(), 100) } })
  await sendRaw(port, post('Content-Length: 0', ''))
  await sendRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.same(await bytes(5), [7, 5, 4, 0, undefined])
})

test('the event of a request that comes in has what its client says, where its body has not come yet', async t => {
  const { port, bytes } = await withBytes(t, { record: 'both' })
  await sendRaw(port, post('Content-Length: 900', 'four'), { then: socket => { setTimeout(() => socket.destroy(), 100) } })
  t.same(await bytes(2), [900, 4])
})

test('what a client says is recorded as far as it can be', async t => {
  const { port, bytes } = await withBytes(t, { record: 'both' })
  await sendRaw(port, post('Content-Length: 999999999999999', ''))
  await sendRaw(port, post('Content-Length: 9999999999999999', ''))
  const [first, , second] = await bytes(4)
  t.same([first, second], [999_999_999_999_999, undefined], 'what is no safe number is nobody\'s')
})
