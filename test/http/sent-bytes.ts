import { createServer } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { ServerResponse } from 'node:http'
import { test } from 'tap'
import { countSentBytes } from '../../lib/http/sent-bytes.js'

function answer (response: ServerResponse): () => number {
  const count = countSentBytes(response)
  response.write('ä')
  response.write('00ff', 'hex')
  response.write(Buffer.from('abc'))
  response.end('z')
  return count
}

test('bytes are counted once, over HTTP/1 and HTTP/2', async t => {
  let count = (): number => -1
  const server = createServer((_request, response) => { count = answer(response) })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const body = await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).arrayBuffer()
  t.same([count(), body.byteLength], [8, 8])

  const second = http2.createServer((_request, response) => { count = answer(response as unknown as ServerResponse) })
  await new Promise<void>(resolve => second.listen(0, '127.0.0.1', resolve))
  const client = http2.connect(`http://127.0.0.1:${(second.address() as AddressInfo).port}`)
  t.teardown(() => { client.close(); second.close() })
  const stream = client.request({ ':path': '/' })
  let received = 0
  for await (const chunk of stream) received += (chunk as Buffer).length
  t.same([count(), received], [8, 8])
})

test('an end without a body counts nothing', async t => {
  const sent: unknown[] = []
  const response = { write (...args: unknown[]) { sent.push(args) }, end (...args: unknown[]) { sent.push(args) } }
  const count = countSentBytes(response as unknown as ServerResponse)
  response.end(null)
  response.end(() => {})
  t.equal(count(), 0)
  t.equal(sent.length, 2)
})
