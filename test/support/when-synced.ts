// Looks at the files at the moment when the disk is asked to keep one, whoever asks it.
import { type FileHandle, open } from 'node:fs/promises'
import type { Test } from 'tap'

/** Calls `look` in front of each `datasync()` of a file while `work` runs. */
export async function whenSynced (t: Pick<Test, 'teardown'>, look: () => void, work: () => Promise<void>): Promise<void> {
  const handle = await open(process.execPath)
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const { datasync } = prototype
  const restore = (): void => { prototype.datasync = datasync }
  t.teardown(restore)
  prototype.datasync = function () {
    look()
    return datasync.call(this)
  }
  try {
    await work()
  } finally {
    restore()
  }
}
