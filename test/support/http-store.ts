// The store of test/fixtures/http-store.js as a process that a test kills and starts again.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { spawnPlain } from './plain-node.js'

export interface StoredEvent {
  readonly event: { readonly id: string, readonly action: string }
  readonly labels?: { readonly number?: number, readonly lost_events?: number }
  readonly process: { readonly pid: number }
}

export interface HttpStore {
  readonly url: string
  /** How often each fault has happened, in all of its lives. */
  readonly faults: ReadonlyMap<string, number>
  /** Batches that it has kept. */
  readonly answered: number
  /** Ends it with -9, if it runs. */
  kill (): Promise<void>
  start (): Promise<void>
  events (): StoredEvent[]
}

/** @param isHard whether it makes faults by itself */
export async function startHttpStore (file: string, isHard: boolean): Promise<HttpStore> {
  const faults = new Map<string, number>()
  let child: ChildProcess | null = null
  let port = 0

  async function start (): Promise<void> {
    child = spawnPlain(['test/fixtures/http-store.js', JSON.stringify({ port, file, isHard })], ['ignore', 'pipe', 'inherit', 'ipc'], { timeout: 600_000 })
    await new Promise<void>(resolve => {
      createInterface({ input: child!.stdout! }).on('line', line => {
        const [word = '', number] = line.split(' ')
        if (word !== 'port') faults.set(word, (faults.get(word) ?? 0) + 1)
        else {
          port = Number(number)
          resolve()
        }
      })
    })
  }

  await start()
  return {
    url: `http://127.0.0.1:${port}/`,
    faults,
    get answered () { return faults.get('kept') ?? 0 },
    start,
    async kill () {
      if (child === null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      child = null
      faults.set('killed', (faults.get('killed') ?? 0) + 1)
    },
    // A kill may have cut off the last line, which was never answered: it is there again, whole.
    events () {
      if (!existsSync(file)) return []
      return readFileSync(file, 'utf8').split('\n').flatMap((line): StoredEvent[] => {
        try {
          return [JSON.parse(line) as StoredEvent]
        } catch {
          return []
        }
      })
    }
  }
}
