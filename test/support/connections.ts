// Connections of tests that bring no HTTP, or no TLS, and the events about them.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import type { Test } from 'tap'
import { type AuditedApp, eventually, type WrittenEvent } from './audited-app.js'
import { selfSigned } from './self-signed.js'

export type ConnectionEvent = WrittenEvent & { readonly client?: { readonly ip?: string, readonly port?: number }, readonly error?: { readonly code?: string } }

/** All events once there are so many, `action code` of each. */
export async function recorded ({ app, events }: AuditedApp, count: number): Promise<{ events: ConnectionEvent[], short: string[] }> {
  await eventually(async () => (await events()).length >= count)
  await app.close()
  const all = await events() as ConnectionEvent[]
  return { events: all, short: all.map(({ event, error }) => `${event.action} ${error?.code ?? event.outcome}`) }
}

/** Sends bytes and tells from which port, and what came back. */
export async function send (port: number, bytes: string | Buffer, host = '127.0.0.1'): Promise<{ from: number, answer: string }> {
  const socket = connect(port, host)
  let answer = ''
  socket.on('data', chunk => { answer += chunk.toString('latin1') }).on('error', () => {})
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  const from = socket.localPort!
  socket.end(bytes)
  await closed
  return { from, answer }
}

function folderOf (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'fastify-audit-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

/** A pair of a key and a certificate that nobody has signed but itself; another one each time. */
export const certificate = (t: Test): { key: Buffer, cert: Buffer } => selfSigned({ testdirName: folderOf(t) })

/** The files of a certificate that an authority has signed which nobody knows. */
export function certificateOfAnAuthority (t: Test): { key: string, cert: string } {
  const folder = folderOf(t)
  selfSigned({ testdirName: folder }, 'unknown authority')
  const [ca, caKey, key, request, cert] = ['cert.pem', 'key.pem', 'client-key.pem', 'client.csr', 'client.pem'].map(name => join(folder, name)) as [string, string, string, string, string]
  execFileSync('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', request, '-subj', '/CN=client'], { stdio: 'ignore' })
  execFileSync('openssl', ['x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-set_serial', '1', '-days', '2', '-out', cert], { stdio: 'ignore' })
  return { key, cert }
}

/** Opens a TLS connection, sends, and tells from which port. */
export async function sendTls (port: number, text: string, options: tls.ConnectionOptions = {}): Promise<number> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...options })
  let from = 0
  socket.on('error', () => {}).on('connect', () => { from = socket.localPort! })
  socket.on('secureConnect', () => { if (text === '') socket.end(); else socket.write(text) }).resume()
  await new Promise(resolve => { socket.on('close', resolve) })
  return from
}
