// A process that says numbered events and ships them, for tests that end it without a word.
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { eventually } from './audited-app.js'
import { spawnPlain } from './plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/says-events.js')

export interface ShippingChild {
  /** How many events have been acknowledged. */
  acknowledged (): number
  /** Lets it say events until so many are acknowledged, then ends it as `kill -9` does. */
  killAfter (acknowledged: number): Promise<void>
  kill (): Promise<void>
}

/**
 * Starts one. It ends with the test.
 *
 * @param first number of its events; others of the same test begin elsewhere
 * @param most how many it says; 0: it only ships what others have left
 */
export function startShippingChild (t: Test, folder: string, appender: object, first: number, most = 1_000_000): ShippingChild {
  const notes = join(folder, `${first}.notes`)
  const child = spawnPlain([CHILD, JSON.stringify({ appender, notes, first, last: first + most })], ['ignore', 'ignore', 'inherit', 'ipc'], { timeout: 200_000 })
  const acknowledged = (): number => existsSync(notes) ? readFileSync(notes).filter(byte => byte === 10).length : 0
  async function kill (): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  t.teardown(kill)
  return {
    acknowledged,
    kill,
    async killAfter (enough) {
      await eventually(() => acknowledged() >= enough)
      await kill()
      if (child.signalCode !== 'SIGKILL') t.fail(`the process has ended by itself: ${child.exitCode}`)
    }
  }
}

/** The numbers of all events that were acknowledged, by all processes of a folder. */
export function acknowledgedNumbers (folder: string, firsts: readonly number[]): number[] {
  return firsts.flatMap(first => {
    const told = readFileSync(join(folder, `${first}.notes`), 'utf8')
    return told.slice(0, told.lastIndexOf('\n') + 1).split('\n').slice(0, -1).map(Number)
  })
}
