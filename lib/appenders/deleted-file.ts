// Whether a log file that is open has been deleted, or replaced by another: what is written to it
// is gone then, though the operating system says that it is written. Asked by file-writer.ts after
// each write, and by kept-file.ts when the process is about to end.
import { fstat, fstatSync } from 'node:fs'
import { statfs } from 'node:fs/promises'

export interface NamedFile {
  readonly descriptor: number
  /** True where asking takes a microsecond, and cannot hang. */
  readonly isLocal: boolean
}

/** What Linux calls its file systems that are on the machine itself (statfs(2)): ext, XFS, Btrfs, tmpfs, overlay, F2FS, ZFS. */
const LOCAL_TYPES: readonly number[] = [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1]

/** Whether the file system of a path is one that answers by itself. Where that is not known it is not. */
export async function isOnLocalDisk (path: string): Promise<boolean> {
  try {
    return LOCAL_TYPES.includes((await statfs(path)).type)
  } catch {
    return false
  }
}

/** Whether the file has no name any more. A turn through the thread pool costs as much as a third of a write: it is made only where the answer may take time. */
export function hasNoName (file: NamedFile): boolean | Promise<boolean> {
  if (file.isLocal) return hasNoNameNow(file)
  return new Promise(resolve => {
    fstat(file.descriptor, (error, status) => { resolve(error === null && status.nlink === 0) })
  })
}

/** The same before it returns. */
export function hasNoNameNow ({ descriptor }: NamedFile): boolean {
  try {
    return fstatSync(descriptor).nlink === 0
  } catch {
    return false
  }
}
