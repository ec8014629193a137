// One writer for each log file: a lock file beside it says who that is. Taken by kept-file.ts
// before the file is opened. A lock that its holder's death has left behind is taken over.
import { readFileSync, unlinkSync } from 'node:fs'
import { link, lstat, readFile, readlink, realpath, rename, unlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { OperationalLog } from '../contracts.js'
import { AUDIT_ERR_FILE_IN_USE } from '../errors.js'
import { describeMyself, isRunning, parseHolder, type LockHolder } from './lock-holder.js'

/** How long a lock is watched whose holder cannot be asked. He touches it once a second. */
const WATCHED = 2500
/** How long to wait for somebody who is just taking over the same dead lock. */
const TURN = 20

export interface FileLock {
  /** Shows to other machines that the holder is alive, and looks whether the lock is still there. To be called once a second. */
  touch (): Promise<void>
  release (): Promise<void>
}

/**
 * Takes the lock of a log file; gives it back at the latest when the process exits.
 *
 * @param setting where the file was set, for the error
 * @throws {AUDIT_ERR_FILE_IN_USE} (as a rejection) somebody else has it
 */
export async function takeLock (path: string, setting: string, log: OperationalLog): Promise<FileLock> {
  const lockPath = `${await realPath(path)}.lock`
  let token = await acquireForFile()
  let isTold = false
  let isReleased = false
  let touching: Promise<void> | null = null

  async function acquireForFile (): Promise<string> {
    const outcome = await acquire(lockPath)
    if (typeof outcome === 'string') return outcome
    throw new AUDIT_ERR_FILE_IN_USE(`${setting}: expected a file that nobody else writes to, got "${path}", which ${nameOf(outcome.holder)} writes to (see "${lockPath}"): ` +
      'stop the other, or put %pid into the name, so that each process has a file of its own')
  }

  async function holdOn (): Promise<void> {
    try {
      if ((await readLock(lockPath))?.token === token) {
        const now = new Date()
        await utimes(lockPath, now, now)
        return
      }
      if (!isTold) log.warn({ path: lockPath }, 'The lock of the audit log has been removed or replaced by somebody else')
      isTold = true
      token = await acquireForFile()
    } catch {
      // There may be somebody else who writes now: it has been told. Events are not to be lost over it.
    }
  }

  function releaseNow (): void {
    try {
      if (parseHolder(readFileSync(lockPath, 'utf8'))?.token === token) unlinkSync(lockPath)
    } catch {}
  }

  process.on('exit', releaseNow)
  return {
    async touch () {
      if (isReleased) return
      touching ??= holdOn().finally(() => { touching = null })
      await touching
    },
    async release () {
      isReleased = true
      // Who is just taking it again would have it for ever.
      await touching
      process.off('exit', releaseNow)
      releaseNow()
    }
  }
}

/** Makes a lock file; returns its token, or who holds it. */
async function acquire (path: string): Promise<string | FoundLock> {
  const me = describeMyself()
  // Under a private name first, so that the lock is never there without its content.
  const mine = join(dirname(path), `.${me.token}.lock`)
  try {
    await writeFile(mine, JSON.stringify(me), { flag: 'wx', mode: 0o600 })
    for (;;) {
      if (await succeeds(link(mine, path), 'EEXIST')) return me.token
      const found = await readLock(path)
      if (found === undefined) continue
      if (await isAlive(path, found)) return found
      if (await takeOver(path, found.token, mine)) return me.token
    }
  } finally {
    await removeQuietly(mine)
  }
}

/**
 * Replaces the lock of a dead holder. Only who holds the lock of that very lock may do it, so that
 * no starter can take the new lock of another for the dead one that he has seen.
 */
async function takeOver (path: string, token: string, mine: string): Promise<boolean> {
  const claim = `${path}.${token}`
  if (typeof await acquire(claim) !== 'string') {
    await wait(TURN)
    return false
  }
  try {
    if ((await readLock(path))?.token !== token) return false
    await rename(mine, path)
    return true
  } finally {
    await removeQuietly(claim)
  }
}

interface FoundLock {
  readonly token: string
  /** Undefined for a file that we have not written, or that a loss of power has emptied. */
  readonly holder: LockHolder | undefined
}

async function readLock (path: string): Promise<FoundLock | undefined> {
  try {
    const { ino } = await lstat(path)
    const holder = parseHolder(await readFile(path, 'utf8'))
    return { token: holder?.token ?? `${ino}`, holder }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function nameOf (holder: LockHolder | undefined): string {
  if (holder === undefined) return 'somebody else'
  return holder.pid === process.pid && isRunning(holder) === true ? 'another application of this process' : `process ${holder.pid} on ${holder.host}`
}

async function isAlive (path: string, { holder, token }: FoundLock): Promise<boolean> {
  const running = holder && isRunning(holder)
  if (running !== undefined) return running
  const before = await timeOf(path)
  await wait(WATCHED)
  return await timeOf(path) !== before && (await readLock(path))?.token === token
}

/** The path of the file itself, where it or its folder is a symbolic link. */
async function realPath (path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const target = await readlink(path).catch(() => undefined)
  return target === undefined ? join(await realpath(dirname(path)), basename(path)) : realPath(resolve(dirname(path), target))
}

async function succeeds (done: Promise<void>, failing: string): Promise<boolean> {
  try {
    await done
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === failing) return false
    throw error
  }
}

const timeOf = async (path: string): Promise<number | undefined> => (await lstat(path).catch(() => undefined))?.mtimeMs
const removeQuietly = async (path: string): Promise<void> => { await unlink(path).catch(() => {}) }
