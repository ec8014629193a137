// Faults for tests of what is written to files: a full disk, a broken one, a locked folder.
// Each is a real one where an ordinary process can bring it about.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

// The test runner would end the process on the signal that a limit on file sizes sends. The
// signal may come late, so this stays.
process.on('SIGXFSZ', () => {})

/** While `run` runs, files of this process can grow to so many bytes only, as on a disk that is full. */
export async function withFullDisk (bytes: number, run: () => Promise<unknown>): Promise<void> {
  limitFiles(bytes)
  try {
    await run()
  } finally {
    limitFiles('unlimited')
  }
}

function limitFiles (limit: number | 'unlimited'): void {
  execFileSync('prlimit', [`--fsize=${limit}:unlimited`, '--pid', `${process.pid}`])
}

/** A disk that can be filled. */
export interface SmallDisk {
  readonly directory: string
  /** What the operating system says when it is full. */
  readonly code: 'ENOSPC' | 'EFBIG'
  /** Takes all the room that is left. */
  fill (): Promise<void>
  /** Gives it back. */
  free (): Promise<void>
}

/**
 * A disk of its own, of 256 kB, for the length of a test. Only a superuser can have one; for
 * others, files of this process cannot grow while the disk is filled.
 */
export async function smallDisk (t: Test): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'audit-disk-'))
  if (process.geteuid!() !== 0) {
    t.teardown(() => rm(directory, { recursive: true }))
    return { directory, code: 'EFBIG', fill: async () => limitFiles(0), free: async () => limitFiles('unlimited') }
  }
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory])
  t.teardown(async () => {
    execFileSync('umount', ['--lazy', directory])
    await rm(directory, { recursive: true })
  })
  const filler = join(directory, 'filler')
  return {
    directory,
    code: 'ENOSPC',
    async fill () {
      await mkdir(filler)
      for (let bytes = 65_536, file = 0; bytes >= 1; file++) {
        await writeFile(join(filler, String(file)), Buffer.alloc(bytes)).catch(() => { bytes = Math.floor(bytes / 2) })
      }
    },
    free: () => rm(filler, { recursive: true })
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
