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
    const chunks: Buffer[] = []
    let missing = 1
    socket.on('data', chunk => {
      chunks.push(chunk)
      missing -= chunk.length
      if (missing > 0) return
      bytes = Buffer.concat([bytes, ...chunks.splice(0)])
      missing = 1
      let at = 0
      for (let space = bytes.indexOf(' '); space > at; space = bytes.indexOf(' ', at)) {
        const end = space + 1 + Number(bytes.toString('latin1', at, space))
        missing = end - bytes.length
        if (missing > 0) break
        messages.push(bytes.toString('utf8', space + 1, end))
        at = end
        missing = 1
      }
      bytes = bytes.subarray(at)
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
