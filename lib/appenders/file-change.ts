// What somebody else has done to a log file while it was open here. Asked by kept-file.ts.
import { stat } from 'node:fs/promises'
import type { LogNotice } from '../contracts.js'
import type { OpenFile } from './open-file.js'

export type FileChange = Extract<LogNotice, { readonly what: 'file_changed' }>['change']

/** There is nothing at the path, or no way to it. */
const GONE = ['ENOENT', 'ENOTDIR', 'ESTALE', 'ELOOP']

/**
 * Tells whether the path of an open file still leads to it, and nobody has cut it; null when all is
 * well, or when that cannot be found out. To be asked while nothing is being written to it. What
 * somebody else has appended is added to the file's size.
 */
export async function changeOf (file: OpenFile): Promise<FileChange | null> {
  try {
    const found = await stat(file.path)
    if (found.ino !== file.ino || found.dev !== file.dev) return 'replaced'
    if (found.size < file.size) return 'truncated'
    file.size = found.size
    return null
  } catch (error) {
    if (!GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return null
    const status = await file.handle!.stat().catch(() => undefined)
    return status?.nlink === 0 ? 'deleted' : 'renamed'
  }
}
