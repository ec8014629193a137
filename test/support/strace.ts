// Runs a Node program under strace, which makes system calls on some files fail, take their time
// or kill the process, and proves afterwards that they did.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** Why tests that inject faults cannot run here, or false. */
export const withoutStrace: string | false = spawnSync('strace', ['-V']).error === undefined ? false : 'strace is not installed on this machine'

export interface Traced {
  readonly child: ChildProcess
  /** How many system calls have been tampered with by now. */
  injected (): number
  /** Ends a program that ends when it is let go, and waits until it has: a server puts a file that goes with its folder there again. */
  end (): Promise<void>
}

export interface TraceOptions {
  /** What strace is told, such as `write:error=ENOSPC:when=5+`. */
  readonly inject: readonly string[]
  /** Only calls on these files are touched. */
  readonly files: readonly string[]
  /** Calls that are traced and left alone. */
  readonly watch?: readonly string[]
  /** Where strace writes what it has seen, with the path of each file. */
  readonly trace: string
}

/** Starts a program of Node under strace. */
export function spawnTraced (program: readonly string[], { inject, files, watch = [], trace }: TraceOptions): Traced {
  const calls = [...inject.map(one => one.slice(0, one.indexOf(':'))), ...watch].join(',')
  const child = spawn('strace', [
    '-f', '--seccomp-bpf', '-qq', '-y', '-E', 'NODE_OPTIONS', '-o', trace, ...files.flatMap(file => ['-P', file]), '-e', `trace=${calls}`, ...inject.flatMap(one => ['-e', `inject=${one}`]), process.execPath, ...program
  ], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // strace counts the calls of each thread for itself: with one thread, "the fifth" is the fifth.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' }
  })
  const ended = once(child, 'exit')
  return {
    child,
    async end () {
      if (child.connected) child.disconnect()
      await ended
    },
    injected: () => readFileSync(trace, 'utf8').split('\n').filter(line => /\((INJECTED|DELAYED)\)/.test(line)).length
  }
}
