// A receiver of syslog over TCP or TLS that keeps the messages, each by the length before it.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { Test } from 'tap'

export interface SyslogReceiver {
  readonly port: number
  /** The messages so far, without the lengths before them. */
  readonly messages: string[]
  /** How many connections have been opened so far. */
  readonly connections: number
}

export interface ReceiverOptions {
  readonly tls?: TlsOptions
  /** What is done with a connection in the place of reading it. */
  readonly instead?: (socket: Socket) => void
}

/** Runs until the end of the test. */
export async function startSyslogReceiver (t: Test, { tls, instead }: ReceiverOptions = {}): Promise<SyslogReceiver> {
  const sockets = new Set<Socket>()
  const messages: string[] = []
  let connections = 0

  function connected (socket: Socket): void {
    connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => { sockets.delete(socket) })
    if (instead !== undefined) return instead(socket)
    let bytes = Buffer.alloc(0)
    socket.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk])
      for (let space = bytes.indexOf(' '); space > 0; space = bytes.indexOf(' ')) {
        const end = space + 1 + Number(bytes.toString('latin1', 0, space))
        if (bytes.length < end) break
        messages.push(bytes.toString('utf8', space + 1, end))
        bytes = bytes.subarray(end)
      }
    })
  }

  const server = tls === undefined ? createServer(connected) : createTlsServer(tls, connected)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>(resolve => { server.close(() => resolve()) })
  })
  return { port: (server.address() as AddressInfo).port, messages, get connections () { return connections } }
}
