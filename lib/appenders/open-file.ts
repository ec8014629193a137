// How a log file is opened: for appending, for its owner alone, whole lines only. Called by
// kept-file.ts at the start and whenever the file has to be opened anew.
import { existsSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { mkdir, open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isOnLocalDisk, type NamedFile } from './deleted-file.js'

/** How much of a file is read at once to find where its last whole line ends. Bytes. */
const CHUNK = 64 * 1024

/** What is known of a file that is open for appending, and what is happening to it. */
export interface OpenFile extends NamedFile {
  readonly path: string
  /** None for a file that only a process about to end has opened. */
  readonly handle?: FileHandle
  readonly ino: number
  readonly dev: number
  /** How many bytes it holds, as far as is known here. */
  size: number
  /** How long the half line is that it ends in: from a crash, or from a failed write whose remains could not be cut off. 0: none. */
  tornBytes: number
  /** What the operating system has been asked to do with it and may not have done yet. */
  underWay: UnderWay | null
  /** Told of half a line that will stand on a line of its own. */
  readonly lineTorn: (bytes: number) => void
}

export interface UnderWay {
  /** How large the file will be when it is done. */
  readonly size: number
  /** Notes that it is, with so many bytes more in the file. */
  readonly done: (bytes: number) => void
}

export interface OpenOptions {
  /** Whether its name has to be on the disk as well before a line in it is acknowledged. */
  readonly isDurable: boolean
  readonly lineTorn: (bytes: number) => void
}

/**
 * Opens the file at an absolute path for appending; makes it (mode 0600) where it is missing.
 * Its folder exists.
 */
export async function openFile (path: string, { isDurable, lineTorn }: OpenOptions): Promise<OpenFile> {
  await refuseUnlessFile(path)
  // Readable as well, to look at the last line of this very file, whatever it is called by then.
  const handle = await open(path, 'a+', 0o600)
  try {
    const { size, ino, dev } = await handle.stat()
    const tornBytes = await tornLength(handle, size)
    // Also for a file that exists: who made it, or renamed others, may have crashed before this.
    if (isDurable) await syncFolder(dirname(await realpath(path)))
    if (tornBytes > 0) lineTorn(tornBytes)
    return { path, descriptor: handle.fd, isLocal: await isOnLocalDisk(path), handle, ino, dev, size, tornBytes, underWay: null, lineTorn }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Opens the file before it returns, for a process that is about to end; undefined where it cannot be opened at once. */
export function openFileNow (path: string): OpenFile | undefined {
  try {
    for (const missing of missingFolders(dirname(path))) mkdirSync(missing, 0o700)
    const descriptor = openSync(path, 'a+', 0o600)
    const { size, ino, dev } = fstatSync(descriptor)
    const last = Buffer.alloc(1)
    const tornBytes = size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a ? 1 : 0
    return { path, descriptor, isLocal: true, ino, dev, size, tornBytes, underWay: null, lineTorn () {} }
  } catch {
    return undefined
  }
}

/** Makes a folder and those above it (mode 0700) where they are missing. */
export async function makeFolder (folder: string, isDurable: boolean): Promise<void> {
  try {
    await mkdir(folder, 0o700)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return await refuseUnlessFolder(folder)
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    // Not `recursive`, which never comes back where a folder is not there and cannot be made, as in /proc.
    await makeFolder(dirname(folder), isDurable)
    await mkdir(folder, 0o700).catch((again: NodeJS.ErrnoException) => {
      // Somebody else was faster.
      if (again.code !== 'EEXIST') throw again
    })
  }
  if (isDurable) await syncFolder(dirname(folder))
}

async function refuseUnlessFolder (folder: string): Promise<void> {
  if (!(await stat(folder)).isDirectory()) throw new Error(`"${folder}" is not a folder`)
}

// The topmost first.
function missingFolders (folder: string): string[] {
  return existsSync(folder) || dirname(folder) === folder ? [] : [...missingFolders(dirname(folder)), folder]
}

/** How many bytes stand after the last line feed of a file of so many bytes. */
export async function tornLength (handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; end -= CHUNK) {
    const start = Math.max(0, end - CHUNK)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
    const lineFeed = buffer.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (lineFeed !== -1) return size - start - lineFeed - 1
  }
  return size
}

async function syncFolder (folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems know no such thing; there is nothing more that could be done.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  } finally {
    await handle.close()
  }
}

// Asked before opening, because opening a named pipe would wait for its reader.
async function refuseUnlessFile (path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found?.isDirectory()) throw new Error('it is a directory')
  if (found !== undefined && !found.isFile()) throw new Error('it is not a regular file')
}
