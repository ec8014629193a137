// A process that opens and closes appenders and appends to them as its parent asks. Used by
// the tests of what only a process of its own can show: a standard output that somebody
// else reads, or no longer reads.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createAppender, type AppenderConfig } from '../../lib/appenders/create.js'
import type { Appender, Batch } from '../../lib/contracts.js'

type Request = { readonly id: number } & ({ readonly open: AppenderConfig } | { readonly append: Batch } | { readonly close: true })

interface Answer {
  readonly id: number
  readonly error?: { readonly code: string, readonly message: string, readonly causeCode?: string }
}

/** A child process whose appender is used like one of this process. */
export interface AppenderChild extends Appender {
  readonly process: ChildProcess
  open (config: AppenderConfig): Promise<void>
}

export function startAppenderChild (): AppenderChild {
  const child = fork(import.meta.filename, ['child'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], serialization: 'advanced' })
  let lastId = 0
  async function ask (request: { open: AppenderConfig } | { append: Batch } | { close: true }): Promise<void> {
    const id = ++lastId
    child.send({ id, ...request })
    for (;;) {
      const [{ id: answered, error }] = await once(child, 'message') as [Answer]
      if (answered === id && error !== undefined) throw Object.assign(new Error(), error)
      if (answered === id) return
    }
  }
  return {
    process: child,
    open: config => ask({ open: config }),
    append: batch => ask({ append: batch }),
    close: () => ask({ close: true })
  }
}

function serve (): void {
  const log = { info () {}, warn () {}, error (details: object, message: string) { console.error(message, details) } }
  let appender: Appender

  async function act (request: Request): Promise<void> {
    if ('open' in request) appender = await createAppender(request.open, { directory: process.cwd(), locate: (...path) => path.join('.'), now: Date.now, log })
    else if ('append' in request) await appender.append({ ...request.append, bytes: Buffer.from(request.append.bytes) })
    else await appender.close()
  }

  process.on('message', async (request: Request) => {
    try {
      await act(request)
      process.send!({ id: request.id })
    } catch (error) {
      const { code, message, cause } = error as Error & { code: string }
      process.send!({ id: request.id, error: { code, message, causeCode: (cause as NodeJS.ErrnoException | undefined)?.code } })
    }
  })
  process.on('disconnect', () => process.exit())
}

if (process.argv[2] === 'child') serve()
