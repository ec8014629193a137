// A process that opens and closes appenders and appends to them as its parent asks. Used by
// the tests of what only a process of its own can show: a standard output that somebody
// else reads, or no longer reads.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createAppender, type AppenderConfig } from '../../lib/appenders/create.js'
import type { Appender, Batch } from '../../lib/contracts.js'

type Request = { readonly id: number } & ({ readonly open: AppenderConfig } | { readonly append: Batch } | { readonly underWay: Batch, readonly appendNow: readonly Batch[] } | { readonly close: true })

interface Answer {
  readonly id: number
  readonly lines?: number
  readonly error?: { readonly code: string, readonly message: string, readonly causeCode?: string }
}

/** A child process whose appender is used like one of this process. */
export interface AppenderChild extends Omit<Appender, 'appendNow'> {
  readonly process: ChildProcess
  open (config: AppenderConfig): Promise<void>
  /** Begins to append a batch and, in the same turn, writes others at once; tells how many lines it was told. */
  appendWithNow (underWay: Batch, batches: readonly Batch[]): Promise<number | undefined>
}

export function startAppenderChild (): AppenderChild {
  const child = fork(import.meta.filename, ['child'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], serialization: 'advanced' })
  let lastId = 0
  async function ask (request: { open: AppenderConfig } | { append: Batch } | { underWay: Batch, appendNow: readonly Batch[] } | { close: true }): Promise<number | undefined> {
    const id = ++lastId
    child.send({ id, ...request })
    for (;;) {
      const [{ id: answered, lines, error }] = await once(child, 'message') as [Answer]
      if (answered === id && error !== undefined) throw Object.assign(new Error(), error)
      if (answered === id) return lines
    }
  }
  return {
    process: child,
    open: async config => { await ask({ open: config }) },
    append: async batch => { await ask({ append: batch }) },
    appendWithNow: (underWay, appendNow) => ask({ underWay, appendNow }),
    close: async () => { await ask({ close: true }) }
  }
}

function serve (): void {
  const log = { info () {}, warn () {}, error (details: object, message: string) { console.error(message, details) } }
  let appender: Appender

  const received = (batch: Batch): Batch => ({ ...batch, bytes: Buffer.from(batch.bytes) })

  async function act (request: Request): Promise<number | undefined> {
    if ('open' in request) appender = await createAppender(request.open, { directory: process.cwd(), locate: (...path) => path.join('.'), now: Date.now, log, durability: 'write', mayOpenLater: false, notice () {} })
    else if ('append' in request) await appender.append(received(request.append))
    else if ('appendNow' in request) {
      const appended = appender.append(received(request.underWay))
      const lines = appender.appendNow!(request.appendNow.map(received))
      await appended
      return lines
    } else await appender.close()
    return undefined
  }

  process.on('message', async (request: Request) => {
    try {
      process.send!({ id: request.id, lines: await act(request) })
    } catch (error) {
      const { code, message, cause } = error as Error & { code: string }
      process.send!({ id: request.id, error: { code, message, causeCode: (cause as NodeJS.ErrnoException | undefined)?.code } })
    }
  })
  process.on('disconnect', () => process.exit())
}

if (process.argv[2] === 'child') serve()
