// Faults for tests of what is written to files: a full disk, a broken one, a locked folder.
// Each is a real one where an ordinary process can bring it about.
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// The test runner would end the process on the signal that a limit on file sizes sends. The
// signal may come late, so this stays.
process.on('SIGXFSZ', () => {})

/** While `run` runs, files of this process can grow to so many bytes only, as on a disk that is full. */
export async function withFullDisk (bytes: number, run: () => Promise<unknown>): Promise<void> {
  const setLimit = (limit: number | 'unlimited') => execFileSync('prlimit', [`--fsize=${limit}:unlimited`, '--pid', `${process.pid}`])
  setLimit(bytes)
  try {
    await run()
  } finally {
    setLimit('unlimited')
  }
}

/**
 * While `run` runs, a method of all file handles fails with EIO, as on a broken disk.
 *
 * @returns how often it was called, so that a test can prove that the fault happened
 */
export async function withBrokenDisk (method: 'truncate' | 'stat', run: () => Promise<unknown>): Promise<number> {
  const handle = await open(import.meta.filename, 'r')
  await handle.close()
  const prototype = Object.getPrototypeOf(handle)
  const original = prototype[method]
  let failures = 0
  prototype[method] = async () => {
    failures++
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  }
  try {
    await run()
  } finally {
    prototype[method] = original
  }
  return failures
}

/**
 * Runs `run` without a superuser's rights, to whom nothing is locked, in a folder that an
 * ordinary user can reach wherever the project lies.
 */
export async function asOrdinaryUser (run: (directory: string) => Promise<unknown>, prepare: (directory: string) => Promise<unknown>): Promise<void> {
  const root = process.geteuid!() === 0
  const directory = await mkdtemp(join(tmpdir(), 'audit-test-'))
  await chmod(directory, 0o755)
  await prepare(directory)
  if (root) process.seteuid!(65534)
  try {
    await run(directory)
  } finally {
    if (root) process.seteuid!(0)
    await chmod(directory, 0o755)
    await rm(directory, { recursive: true })
  }
}
