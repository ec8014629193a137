// One pino transport in its worker thread, from its start to its end. A transport that fails does
// not come back: pino.ts starts another. Whatever happens in the thread ends here, never as an
// uncaught exception.
import { resolve, join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { pino } from 'pino'

/** What is used of pino. */
export type Pino = Pick<typeof pino, 'transport' | 'levels'>

export interface TransportSettings {
  readonly target: string
  readonly options: object
  /** The folder that relative paths start from, and in which packages are looked for. */
  readonly directory: string
  /** Is told once why the transport has failed, whoever waits for it. */
  readonly failed?: (error: Error) => void
}

export interface Transport {
  /** Resolves when the transport has started, or so many milliseconds have passed. @throws what it fails with, as a rejection */
  ready (patience: number): Promise<void>
  /** Resolves when the worker has taken the lines and, where it says so, flushed them, and has not failed for a moment. @throws what it fails with, as a rejection */
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

/**
 * A transport takes lines before it writes them, and fails a moment later when it cannot: what it has
 * taken counts as written when that moment has passed. Milliseconds.
 */
const MOMENT_OF_TRUTH = 50

/** @throws there is no such transport, or its options cannot be handed to a thread */
export function startTransport (pino: Pino, { target, options, directory, failed: tell }: TransportSettings): Transport {
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
  // Heard as long as there is a stream: an error that nobody hears ends the process.
  stream.on('error', fail)
  if (tell !== undefined) stream.once('error', tell)
  // That the thread has ended may be known before why: an error is told one turn later.
  stream.once('close', () => setImmediate().then(() => fail(new Error('its thread has ended'))))
  const started = new Promise<void>(resolve => stream.once('ready', resolve))
  // Some transports wait for what a pino logger says of itself.
  stream.emit('message', { code: 'PINO_CONFIG', config: { levels: pino.levels, messageKey: 'message', errorKey: 'error' } })

  const flushed = (): Promise<void> => new Promise((resolve, reject) => {
    stream.flush(error => { if (error) reject(error); else resolve() })
  })

  return {
    async ready (patience) {
      const inTime = new AbortController()
      try {
        await Promise.race([started, failed, setTimeout(patience, undefined, inTime).catch(() => {})])
      } finally {
        inTime.abort()
      }
    },
    async write (bytes) {
      // Taken as it is, whatever the type says: text would be encoded once more.
      if (bytes.length > 0) stream.write(bytes as unknown as string)
      try {
        await Promise.race([flushed(), failed])
      } catch (cause) {
        // That the thread has ended may be known before why.
        await Promise.race([failed, setImmediate()])
        throw cause
      }
      if (bytes.length > 0) await Promise.race([setTimeout(MOMENT_OF_TRUTH), failed])
    },
    writeNow (all) {
      try {
        for (const bytes of all) stream.write(bytes as unknown as string)
        stream.flushSync()
        // One that is over swallows what it gets.
        if ((stream as unknown as { readonly destroyed?: boolean }).destroyed === true) return false
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_MOMENT)
        return true
      } catch {
        return false
      }
    },
    async end () {
      // Its end is waited for, though a thread that has nothing to do keeps no process.
      ;(stream as unknown as Partial<Pick<Worker, 'ref'>>).ref?.()
      stream.end()
      await closed
    },
    abandon () {
      // Pino has no word for it, and a thread that hangs would keep the process.
      const { worker } = stream as unknown as { readonly worker?: Worker }
      worker?.terminate().catch(() => {})
    }
  }
}
