// The example application as a process of its own, and a browser in small to use it with.
import { once } from 'node:events'
import { join } from 'node:path'
import type { Test } from 'tap'
import { spawnPlain } from './plain-node.js'

/** The folder of the example. */
export const EXAMPLE = join(import.meta.dirname, '../../docs/examples/saved-objects')

type Json = Record<string, unknown>

/** What a request was answered. */
export interface Answer { status: number, headers: Headers, text: string, body: Json }
export interface Client {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  cookie (): string
  moveTo (address: string): void
}

/** A browser in small: keeps its cookie. */
export function createClient (address: string): Client {
  let cookie = ''
  async function call (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(address + path, {
      method,
      headers: { ...cookie !== '' && { cookie }, ...body !== undefined && { 'content-type': 'application/json' }, ...headers },
      ...body !== undefined && { body: JSON.stringify(body) }
    })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) cookie = set.split(';')[0]!
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) as Json : {} }
  }
  return Object.assign(call, { cookie: () => cookie, moveTo: (other: string) => { address = other } })
}

export interface Running { address: string, printed: string, kill (signal: NodeJS.Signals): void, stop (signal?: NodeJS.Signals): Promise<number | null> }

/** Starts the example in a folder, on any free port, and waits for what it prints. */
export async function start (t: Test, cwd: string, env: Record<string, string>, example = EXAMPLE): Promise<Running> {
  const { DATABASE_URL, HOST, ...inherited } = process.env
  const child = spawnPlain([join(example, 'server.js')], ['ignore', 'pipe', 'pipe'], { cwd, env: { ...inherited, PORT: '0', ...env }, timeout: 240_000 })
  const ended = once(child, 'close') as Promise<[number | null]>
  let printed = ''
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { said += text })
  const kill = (signal: NodeJS.Signals): void => { child.kill(signal) }
  async function stop (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode === null) kill(signal)
    return (await ended)[0]
  }
  t.teardown(async () => { await stop() })
  const ready = new Promise<void>((resolve) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes('Ctrl+C')) resolve()
    })
  })
  await Promise.race([ready, ended])
  const address = /http:\/\/[\d.]+:\d+/.exec(printed)?.[0]
  if (address === undefined) throw new Error(`The example did not start: ${said}${printed}`)
  return { address, printed, kill, stop }
}
