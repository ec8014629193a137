// One pino transport in its worker thread, from its start to its end. A transport that fails does
// not come back: pino.ts starts another. Whatever happens in the thread ends here, never as an
// uncaught exception.
import { resolve, join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { pino } from 'pino'
import { AUDIT_ERR_CLOSED } from '../errors.js'

/** What is used of pino. */
export type Pino = Pick<typeof pino, 'transport' | 'levels'>

export interface TransportSettings {
  readonly target: string
  readonly options: object
  /** The folder that relative paths start from, and in which packages are looked for. */
  readonly directory: string
}

export interface Transport {
  /** Resolves when the transport has started, or so many milliseconds have passed. @throws what it fails with, as a rejection */
  ready (patience: number): Promise<void>
  /** Resolves when the worker has taken the lines and, where it can, flushed them. @throws what it fails with, as a rejection */
  write (bytes: Buffer): Promise<void>
  /** Hands over what is on its way and then `all`, and waits until the worker has taken it. False when it has failed. */
  writeNow (all: readonly Buffer[]): boolean
  /** Resolves when it has written what it has, and its thread has ended. */
  end (): Promise<void>
  /** Ends the thread as it is. */
  abandon (): void
}

/**
 * How long a process that leaves stands still so that the worker can write what it has taken: as long
 * as pino itself does. Milliseconds.
 */
const LAST_MOMENT = 100

/** @throws there is no such transport, or its options cannot be handed to a thread */
export function startTransport (pino: Pino, { target, options, directory }: TransportSettings): Transport {
  const settings = {
    target: /^\.{1,2}[\\/]/.test(target) ? resolve(directory, target) : target,
    options: { ...options },
    // Found as the application would find it, else as we would.
    caller: [join(directory, 'settings.js'), import.meta.filename],
    // The trail says when a process leaves; pino's own wait there for a thread that hangs is 20 s.
    worker: { autoEnd: false }
  }
  const stream = pino.transport(settings)
  let fail!: (error: Error) => void
  const failed = new Promise<never>((_resolve, reject) => { fail = reject })
  failed.catch(() => {})
  const closed = new Promise<void>(resolve => stream.once('close', resolve))
  stream.on('error', fail)
  stream.once('close', () => fail(new AUDIT_ERR_CLOSED()))
  const started = new Promise<void>(resolve => stream.once('ready', resolve))
  // Some transports wait for what a pino logger says of itself.
  stream.emit('message', { code: 'PINO_CONFIG', config: { levels: pino.levels, messageKey: 'message', errorKey: 'error' } })

  const flushed = (): Promise<void> => new Promise((resolve, reject) => {
    stream.flush(error => { if (error) reject(error); else resolve() })
  })

  return {
    async ready (patience) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>(resolve => { timer = setTimeout(resolve, patience) })
      try {
        await Promise.race([started, failed, late])
      } finally {
        clearTimeout(timer)
      }
    },
    async write (bytes) {
      // Taken as it is, whatever the type says: text would be encoded once more.
      if (bytes.length > 0) stream.write(bytes as unknown as string)
      await Promise.race([flushed(), failed])
    },
    writeNow (all) {
      try {
        for (const bytes of all) stream.write(bytes as unknown as string)
        stream.flushSync()
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_MOMENT)
        return true
      } catch {
        return false
      }
    },
    async end () {
      stream.end()
      await closed
    },
    abandon () {
      // What pino keeps of it, so that a thread that hangs does not keep the process.
      const { worker } = stream as unknown as { readonly worker?: Worker }
      worker?.terminate().catch(() => {})
    }
  }
}
