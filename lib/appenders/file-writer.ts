// The batch writer that drives a file: opens it, appends whole batches, and sees to it that
// the file never ends in half a line that another line could be glued to. Called by the
// `file` and `rolling-file` appenders, one write at a time.
import { write as writeToDescriptor } from 'node:fs'
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Batch } from '../contracts.js'
import { AUDIT_ERR_APPENDER_OPEN, AUDIT_ERR_WRITE } from '../errors.js'

const LINE_FEED = Buffer.from('\n')

/** A file that is open for appending. */
export interface FileWriter {
  readonly path: string
  /** How many bytes the file holds, as far as this writer knows. */
  readonly size: number
  /**
   * Appends the lines of `batch` from index `from` up to, not including, `to`, after ending
   * the half line that a crash may have left. Resolves when the operating system has all of
   * them. After a failure the file holds the lines that went in whole, and nothing of the
   * others.
   *
   * @throws {WriteFailure} (as a rejection)
   */
  write (batch: Batch, from: number, to: number): Promise<void>
  /** Gives the file back. Called after the last `write` has settled. */
  close (): Promise<void>
}

/** An `AUDIT_ERR_WRITE`; `cause` is the operating system's error. */
export interface WriteFailure extends Error {
  /** How many lines, from the head of the batch, are in the file all the same: the others may be tried again. */
  readonly linesWritten: number
}

/**
 * Opens the file at an absolute path for appending; makes it (mode 0600) and its folders
 * (mode 0700) where they are missing.
 *
 * @param setting where the path was set, for the error
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) names the setting, the path and the reason
 */
export async function openFileWriter (path: string, setting: string): Promise<FileWriter> {
  try {
    await makeFolder(dirname(path))
    await refuseUnlessFile(path)
    // Readable as well, to look at the last byte of this very file, whatever it is called by then.
    const handle = await open(path, 'a+', 0o600)
    try {
      return createFileWriter(path, handle, (await handle.stat()).size, await endsTorn(handle))
    } catch (error) {
      await handle.close()
      throw error
    }
  } catch (error) {
    throw new AUDIT_ERR_APPENDER_OPEN(
      `${setting}: expected a file that can be written, got "${path}": ${(error as Error).message}`, { cause: error })
  }
}

function createFileWriter (path: string, handle: FileHandle, sizeAtStart: number, tornAtStart: boolean): FileWriter {
  let size = sizeAtStart
  // True while the file may end in half a line: from a crash before the start, or from a
  // failed write whose remains could not be cut off.
  let torn = tornAtStart

  async function write ({ bytes, ends }: Batch, from: number, to: number): Promise<void> {
    const start = from === 0 ? 0 : ends[from - 1]!
    const end = to === 0 ? 0 : ends[to - 1]!
    let position = start
    try {
      if (torn) await endTornLine()
      // Nearly always one round; the operating system may take less, as on a full disk.
      while (position < end) position += await writeSome(handle.fd, bytes, position, end)
      size += end - start
    } catch (cause) {
      let linesWritten = from
      while (linesWritten < to && ends[linesWritten]! <= position) linesWritten++
      const wholeEnd = linesWritten === 0 ? 0 : ends[linesWritten - 1]!
      const tornSize = size + position - start
      size += wholeEnd - start
      if (tornSize > size) await cutOff(tornSize)
      const failure: WriteFailure = Object.assign(new AUDIT_ERR_WRITE(`cannot write to "${path}": ${(cause as Error).message}`, { cause }), { linesWritten })
      throw failure
    }
  }

  async function endTornLine (): Promise<void> {
    if (await endsTorn(handle)) {
      await writeSome(handle.fd, LINE_FEED, 0, 1)
      size = (await handle.stat()).size
    }
    torn = false
  }

  // Cuts the file to `size`, but only what this writer has written itself: if the file has
  // another size than it should have, somebody else writes to it too, and the torn line is
  // ended instead, before the next write. Why cutting failed does not matter: why writing
  // failed is reported.
  async function cutOff (tornSize: number): Promise<void> {
    torn = true
    try {
      if ((await handle.stat()).size !== tornSize) return
      await handle.truncate(size)
      torn = false
    } catch {}
  }

  return {
    path,
    get size () { return size },
    write,
    close: () => handle.close()
  }
}

// The callback form costs a third less CPU per call than `FileHandle.write`.
function writeSome (descriptor: number, bytes: Buffer, start: number, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    writeToDescriptor(descriptor, bytes, start, end - start, null, (error, written) => {
      if (error !== null) reject(error)
      else resolve(written)
    })
  })
}

/** Whether the file's last byte is something else than a line feed. */
async function endsTorn (handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat()
  if (size === 0) return false
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== LINE_FEED[0]
}

async function makeFolder (folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new Error(`"${folder}" is not a folder`, { cause })
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
