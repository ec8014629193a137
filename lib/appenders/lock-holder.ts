// Who holds a lock file, and whether he is still alive. Used by file-lock.ts.
import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** What stands in a lock file. */
export interface LockHolder {
  /** Tells this lock from every other, also of the same process. */
  readonly token: string
  readonly pid: number
  /** When the process was started, as the operating system counts: pids are given out again. Absent where it does not tell. */
  readonly started?: string
  /** Within which pids have a meaning; containers have one each. */
  readonly pidNamespace?: string
  readonly host: string
}

/** This process, as the holder of a new lock. */
export function describeMyself (): LockHolder {
  return { token: randomUUID(), pid: process.pid, started: processState(process.pid)?.started, pidNamespace: pidNamespace(), host: hostname() }
}

/** Reads what stands in a lock file; undefined for anything else. */
export function parseHolder (text: string): LockHolder | undefined {
  try {
    const { token, pid, started, pidNamespace, host } = JSON.parse(text) as LockHolder
    if (!/^[\w-]{1,40}$/.test(token) || !Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return undefined
    return { token, pid, started, pidNamespace, host }
  } catch {
    return undefined
  }
}

/** Whether the holder's process is running; undefined when that cannot be asked from here. */
export function isRunning ({ host, pid, started, pidNamespace: namespace }: LockHolder): boolean | undefined {
  if (host !== hostname() || namespace !== pidNamespace()) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Else it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const state = processState(pid)
  if (state === undefined) return true
  return !state.hasEnded && (started === undefined || started === state.started)
}

// Fields 3 and 22 of proc_pid_stat(5), counted from behind the name, which may hold anything. A
// process that has ended stays there until its parent asks.
function processState (pid: number): { readonly hasEnded: boolean, readonly started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { hasEnded: fields[0] === 'Z' || fields[0] === 'X', started: fields[19]! }
  } catch {
    return undefined
  }
}

function pidNamespace (): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}
