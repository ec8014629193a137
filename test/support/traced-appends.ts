// Runs an appender in a process whose system calls are watched and, where a test asks for it, fail
// or kill it. What the trace holds proves that they did.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AppenderConfig } from '../../lib/appenders/create.js'
import type { Durability, LogNotice } from '../../lib/contracts.js'
import { PLAIN } from './plain-node.js'

const PROGRAM = join(import.meta.dirname, '../fixtures/appends.js')

export interface AppendsOptions {
  readonly appender: AppenderConfig
  readonly durability?: Durability
  readonly batches: readonly (readonly string[])[]
  /** How large a file may become, in bytes. */
  readonly limit?: number
}

export interface Appends {
  /** The numbers of the batches that were acknowledged. */
  readonly acknowledged: readonly number[]
  readonly signal: NodeJS.Signals | null
  /** Undefined for a process that has been killed. */
  readonly report: { readonly rejections: readonly object[], readonly notices: readonly LogNotice[], readonly told: readonly string[] } | undefined
  /** The system calls, one for each line, in order. */
  readonly trace: readonly string[]
}

/**
 * @param calls names of system calls, and with a colon what is to be done to them: `write:error=EIO:when=2`
 * @param paths only calls on these are watched
 */
export async function appendTraced (options: AppendsOptions, { calls, paths, trace }: { readonly calls: readonly string[], readonly paths: readonly string[], readonly trace: string }): Promise<Appends> {
  const names = calls.map(call => call.split(':', 1)[0])
  return run('strace', [
    // With --seccomp-bpf, signals are not injected.
    '-f', '-y', ...calls.some(call => call.includes(':signal=')) ? [] : ['--seccomp-bpf'], '-qq', '-o', trace, ...paths.flatMap(path => ['-P', path]), '-e', `trace=${names.join(',')}`,
    ...calls.filter(call => call.includes(':')).flatMap(call => ['-e', `inject=${call}`]), ...programOf(options)
  ], trace)
}

/** The same, undisturbed. */
export async function append (options: AppendsOptions): Promise<Appends> {
  const [command, ...rest] = programOf(options)
  return run(command!, rest)
}

function programOf ({ limit, ...options }: AppendsOptions): string[] {
  return [...limit === undefined ? [] : ['prlimit', `--fsize=${limit}`], process.execPath, PROGRAM, JSON.stringify(options)]
}

async function run (command: string, args: readonly string[], trace?: string): Promise<Appends> {
  // strace counts the calls of each thread for itself: with one thread, "the fifth" is the fifth.
  const child = spawn('env', [...PLAIN, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', chunk => { text += chunk })
  const [, signal] = await once(child, 'close') as [number | null, NodeJS.Signals | null]
  const lines = text.split('\n').filter(Boolean)
  const last = lines.at(-1)
  return {
    acknowledged: lines.filter(line => line.startsWith('acknowledged')).map(line => Number(line.slice('acknowledged '.length))),
    signal,
    report: last?.startsWith('{') ? JSON.parse(last) : undefined,
    trace: trace !== undefined && existsSync(trace) ? readFileSync(trace, 'utf8').split('\n').filter(Boolean) : []
  }
}

/** The texts of all files of a log, oldest first. */
export function logOf (folder: string): string[] {
  const rolled = readdirSync(folder).map(name => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])).filter(Boolean).sort((a, b) => b - a)
  return [...rolled.map(number => `audit-${number}.log`), 'audit.log'].filter(name => existsSync(join(folder, name))).map(name => readFileSync(join(folder, name), 'utf8'))
}
