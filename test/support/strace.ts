// Runs a Node program under strace, which makes system calls on one file fail, take their time
// or kill the process, and proves afterwards that they did.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Why tests that inject faults cannot run here, or false. */
export const withoutStrace: string | false = spawnSync('strace', ['-V']).error === undefined ? false : 'strace is not installed on this machine'

export interface Traced {
  readonly child: ChildProcess
  /** How many system calls have been tampered with by now. */
  injected (): number
}

/**
 * @param inject what strace is told, such as `write:error=ENOSPC:when=5+`
 * @param file only calls on this file are touched
 */
export function spawnTraced (program: readonly string[], { inject, file, trace }: { readonly inject: readonly string[], readonly file: string, readonly trace: string }): Traced {
  const calls = inject.map(one => one.slice(0, one.indexOf(':'))).join(',')
  const child = spawn('strace', [
    '-f', '--seccomp-bpf', '-qq', '-o', trace, '-P', file, '-e', `trace=${calls}`, ...inject.flatMap(one => ['-e', `inject=${one}`]), process.execPath, ...program
  ], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // strace counts the calls of each thread for itself: with one thread, "the fifth" is the fifth.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' }
  })
  return {
    child,
    injected: () => readFileSync(trace, 'utf8').split('\n').filter(line => /\((INJECTED|DELAYED)\)/.test(line)).length
  }
}
