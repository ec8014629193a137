// A real HTTP server of a test that does what it is told to with each request.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HttpReceiver {
  readonly url: string
  readonly requests: ReceivedRequest[]
  /** Answers a request; else it is 200. */
  answer: ((request: ReceivedRequest, response: ServerResponse, message: IncomingMessage) => void) | null
  /** Closes it with all its connections. To be called before the test ends. */
  close (): Promise<void>
}

/** @param tls for a server that speaks it */
export async function startReceiver (tls?: ServerOptions): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = []
  const receiver = { requests, answer: null } as unknown as { -readonly [K in keyof HttpReceiver]: HttpReceiver[K] }
  async function receive (message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = message
    let body = ''
    for await (const chunk of message.setEncoding('utf8')) body += chunk
    const request = { method, url, headers, body }
    requests.push(request)
    if (receiver.answer !== null) receiver.answer(request, response, message)
    else response.end()
  }
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls) as unknown as Server
  server.on('request', (message: IncomingMessage, response: ServerResponse) => { receive(message, response).catch(() => {}) })
  await once(server.listen(0, 'localhost'), 'listening')
  receiver.url = `${tls === undefined ? 'http' : 'https'}://localhost:${(server.address() as AddressInfo).port}`
  receiver.close = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return receiver
}
