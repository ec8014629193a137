// Node as any user runs it. The test runner puts its own instruments into every process that a
// test starts: they listen to signals, too, and cost each start more than a second.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'

/** What `env` is told to run a command without these instruments. */
export const PLAIN = ['-u', 'NODE_OPTIONS'] as const

export interface PlainOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** After so many milliseconds it is killed, if it is still there. @default a minute */
  readonly timeout?: number
}

/** Starts a Node program without the test runner's instruments. */
export function spawnPlain (program: readonly string[], stdio: StdioOptions, { cwd, env, timeout = 60_000 }: PlainOptions = {}): ChildProcess {
  return spawn('env', [...PLAIN, process.execPath, ...program], { stdio, cwd, env, timeout, killSignal: 'SIGKILL' })
}
