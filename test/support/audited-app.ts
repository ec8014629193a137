// A Fastify application with auditing into a real file of the test's folder, and a reader of
// that file which holds every event against ECS.
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'
import audit, { type AuditOptions } from '../../lib/index.js'
import { ecsFaults } from './ecs.js'

export interface WrittenEvent {
  readonly message: string
  readonly event: { readonly id: string, readonly action: string, readonly outcome?: string, readonly category: string[], readonly type?: string[] }
  // What a test looks into, it names; a line of the log may hold any field.
  readonly [field: string]: unknown
}

/** The events of a log, each held against ECS; fails on a line that is not one JSON object. */
export function readEvents (t: Test, file: string): WrittenEvent[] {
  const text = readFileSync(file, 'utf8')
  if (text === '') return []
  if (!text.endsWith('\n')) t.fail('the last line is whole')
  return text.slice(0, -1).split('\n').map(line => {
    const record = JSON.parse(line)
    const faults = ecsFaults(record)
    if (faults.length > 0) t.fail('the record is ECS', { faults, record })
    return record
  })
}

/** True for an event that the log does not say about its own start and end. */
export const isOfARun = ({ event }: { readonly event: { readonly action: string } }): boolean => !['audit_started', 'audit_stopped'].includes(event.action)

export interface AuditedApp {
  readonly app: FastifyInstance
  readonly file: string
  /** What has been written by now, after a flush. */
  events (): Promise<WrittenEvent[]>
}

export interface AuditedAppOptions extends Partial<Omit<AuditOptions, 'config'>> {
  readonly section?: Record<string, unknown>
  readonly server?: FastifyServerOptions
  /** Called before the plugin is registered. */
  readonly before?: (app: FastifyInstance) => void | Promise<void>
}

/** Registers the plugin on a new application that writes to `audit.log` in the test's folder. */
export async function auditedApp (t: Test, { section, server, before, ...options }: AuditedAppOptions = {}): Promise<AuditedApp> {
  const app = Fastify({ forceCloseConnections: true, ...server })
  // Asked for before the folder: else that would be removed under the application, which makes it anew.
  t.teardown(() => app.close())
  const file = join(t.testdir(), 'audit.log')
  await before?.(app)
  await app.register(audit, { config: { enabled: true, lifecycle_events: false, ...section?.appenders === undefined && { appender: { type: 'file', fileName: file, layout: { type: 'json' } } }, ...section } as AuditOptions['config'], ...options })
  return {
    app,
    file,
    async events () {
      await app.audit.flush()
      return readEvents(t, file)
    }
  }
}

/** Listens on loopback and gives the port. */
export async function listen (app: FastifyInstance, host = '127.0.0.1'): Promise<number> {
  await app.listen({ host, port: 0 })
  return (app.server.address() as AddressInfo).port
}

/** Sends bytes over a real socket and gives what came back when the other side closed, or after `until` was seen. */
export function sendRaw (port: number, text: string, { then }: { then?: (socket: Socket) => void } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', chunk => { answer += chunk.toString('latin1') })
    socket.on('close', () => resolve(answer))
    socket.on('error', error => { if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') resolve(answer); else reject(error) })
    socket.write(text)
    then?.(socket)
  })
}

/** Waits until `condition` holds, at most five seconds. */
export async function eventually<T> (condition: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const value = await condition()
    if (value || Date.now() > deadline) return value
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
