// Node as any user runs it. The test runner puts its own instruments into every process that a
// test starts, and they listen to signals, too.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'

/** Starts a Node program without the test runner's instruments. Killed after half a minute, or `patience` milliseconds, if it is still there. */
export function spawnPlain (program: readonly string[], stdio: StdioOptions, patience = 30_000): ChildProcess {
  return spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, ...program], { stdio, timeout: patience, killSignal: 'SIGKILL' })
}
