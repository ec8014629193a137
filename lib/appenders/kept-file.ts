// A log file that is kept open whatever happens to it: opened anew by itself when it could not be
// opened, or when somebody else has deleted, renamed or replaced it; guarded against a second
// writer. Made by the `file` and `rolling-file` appenders; driven by kept-file-appender.ts.
import { dirname } from 'node:path'
import type { Surroundings } from '../contracts.js'
import { AUDIT_ERR_APPENDER_OPEN, AUDIT_ERR_FILE_IN_USE } from '../errors.js'
import { hasNoNameNow } from './deleted-file.js'
import { changeOf, type FileChange } from './file-change.js'
import { takeLock, type FileLock } from './file-lock.js'
import { makeFolder, openFile, openFileNow, type OpenFile } from './open-file.js'
import { mayPass } from './passing-faults.js'

/** How often an idle file is looked at. Milliseconds; the lock is touched every other time. */
const INTERVAL = 500

const NO_LOCK: FileLock = { async touch () {}, async release () {} }

export interface KeptFileParts {
  /** Absolute. */
  readonly path: string
  /** The path of each file that is opened, where that is another every time: the lock is that of `path`. @default `path` */
  readonly nextPath?: () => string
  /** Where the path was set, for errors. */
  readonly setting: string
  readonly surroundings: Pick<Surroundings, 'log' | 'durability' | 'mayOpenLater' | 'notice'>
  /** Called with each file before it is written to. What it throws is like a failure to open. */
  readonly opened: (file: OpenFile) => Promise<void>
}

export interface KeptFile {
  readonly path: string
  readonly isDurable: boolean
  /** The file that is open; null while none can be opened. */
  readonly current: OpenFile | null
  /** Runs `run` when all that was asked for before is done, at once where nothing is under way: whatever touches the file goes through here. */
  exclusively<T> (run: () => Promise<T>): Promise<T>
  /**
   * Looks after the file where there is reason to, and opens it where it is not open. A promise only then.
   *
   * @throws {Error} (as a rejection) it cannot be opened
   */
  ready (): OpenFile | Promise<OpenFile>
  /** Has `ready()` look at the path next time. */
  doubt (): void
  /** The open file, or one that is opened before this returns: for a process that is about to end. */
  openNow (): OpenFile | undefined
  /** Has `move` rename the file away, then opens a new one. When that fails, `takeBack` is called, and the open file stays. */
  roll (move: () => Promise<void>, takeBack: () => Promise<void>): Promise<void>
  /** @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) it cannot be opened now; that is tried again with the next append */
  reopen (): Promise<void>
  close (): Promise<void>
}

/**
 * Opens the file, with its folders. With `mayOpenLater`, reasons that may pass are told to the
 * operators and the file is opened later.
 *
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) names the setting, the path and the reason
 * @throws {AUDIT_ERR_FILE_IN_USE} (as a rejection) somebody else writes to it
 */
export async function keepFile ({ path, nextPath = () => path, setting, surroundings, opened }: KeptFileParts): Promise<KeptFile> {
  const { log, notice, mayOpenLater } = surroundings
  const isDurable = surroundings.durability === 'fsync'
  const openOptions = { isDurable, lineTorn: (bytes: number) => notice({ what: 'line_torn', path, bytes }) }
  let current: OpenFile | null = null
  let lock: FileLock | null = null
  let isDoubtful = false
  let change: FileChange | null = null
  let last: Promise<unknown> = Promise.resolve()
  let running = 0
  let looks = 0

  function exclusively<T> (run: () => Promise<T>): Promise<T> {
    const result = running++ === 0 ? run() : last.then(run)
    last = result.then(ended, ended)
    return result
  }

  function ended (): void {
    running--
  }

  async function openAnew (): Promise<OpenFile> {
    await makeFolder(dirname(path), isDurable)
    const cannotGuard = lock === null ? await guard() : null
    const file = await openAndPrepare()
    if (cannotGuard !== null) log.warn({ err: cannotGuard, path }, 'Nothing keeps a second process from writing to the audit log: its folder cannot be written to')
    current = file
    if (change !== null) notice({ what: 'file_changed', path, change })
    change = null
    return file
  }

  async function openAndPrepare (): Promise<OpenFile> {
    const file = await openFile(nextPath(), openOptions)
    await opened(file).catch(async (error: unknown) => {
      await letGo(file)
      throw error
    })
    return file
  }

  // Who may write to the file but not beside it cannot be guarded; nor can he roll.
  async function guard (): Promise<Error | null> {
    try {
      lock = await takeLock(path, setting, log)
      return null
    } catch (error) {
      if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      lock = NO_LOCK
      return error as Error
    }
  }

  async function look (): Promise<void> {
    isDoubtful = false
    if (current === null) return
    const found = await changeOf(current)
    if (found === null) return
    change ??= found
    await letGoOfCurrent()
    await openAnew()
  }

  async function lookAndOpen (): Promise<OpenFile> {
    if (isDoubtful) await look()
    return current ?? await openAnew()
  }

  async function letGoOfCurrent (): Promise<void> {
    const file = current
    current = null
    if (file !== null) await letGo(file)
  }

  const timer = setInterval(() => {
    // While something is going on, that looks for itself.
    if (running > 0) isDoubtful = true
    else exclusively(look).catch(() => {})
    if (++looks % 2 === 0) lock?.touch()
  }, INTERVAL).unref()

  async function close (): Promise<void> {
    clearInterval(timer)
    await exclusively(letGoOfCurrent)
    await lock?.release()
  }

  try {
    await exclusively(openAnew)
  } catch (error) {
    if (!mayOpenLater || !mayPass(error)) {
      await close()
      throw openError(error as Error)
    }
    log.warn({ err: error, path }, 'The audit log cannot be opened. Events wait, and it is tried again')
  }

  function openError (cause: Error): Error {
    if (cause instanceof AUDIT_ERR_FILE_IN_USE) return cause
    return new AUDIT_ERR_APPENDER_OPEN(`${setting}: expected a file that can be written, got "${path}": ${cause.message}`, { cause })
  }

  return {
    path,
    isDurable,
    get current () { return current },
    exclusively,
    ready: () => current === null || isDoubtful ? lookAndOpen() : current,
    doubt () { isDoubtful = true },
    openNow () {
      if (current !== null && !hasNoNameNow(current)) return current
      return lock === null ? undefined : openFileNow(nextPath())
    },
    async roll (move, takeBack) {
      const previous = current
      await move()
      try {
        current = await openAndPrepare()
      } catch (error) {
        await takeBack().catch(() => {})
        throw error
      }
      if (previous !== null) await letGo(previous)
    },
    reopen: () => exclusively(async () => {
      await letGoOfCurrent()
      await openAnew().catch((error: Error) => { throw openError(error) })
    }),
    close
  }
}

// All that was acknowledged is where it was to be already.
async function letGo (file: OpenFile): Promise<void> {
  await file.handle!.close().catch(() => {})
}
