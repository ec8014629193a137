// An appender that takes as long as the test wants, and remembers what it was handed.
import type { Appender, Batch } from '../../lib/contracts.js'

export interface SlowAppender extends Appender {
  /** The texts of the batches that it was handed, also those that it failed to write. */
  readonly batches: string[]
  /** What it has written. */
  text: string
  /** Settles the append that is under way. With an error, so many lines from its head are written all the same. */
  release (error?: Error, linesWritten?: number): void
  isUnderWay: boolean
  isClosed: boolean
}

export function createSlowAppender (): SlowAppender {
  let underWay: { batch: Batch, resolve: () => void, reject: (error: Error) => void } | null = null
  const linesOf = ({ bytes, ends }: Batch, count: number): string => count === 0 ? '' : bytes.toString('utf8', 0, ends[count - 1])
  const appender: SlowAppender = {
    batches: [],
    text: '',
    isUnderWay: false,
    isClosed: false,
    append (batch) {
      if (underWay !== null) throw new Error('called again before it had settled')
      appender.isUnderWay = true
      appender.batches.push(batch.bytes.toString())
      return new Promise((resolve, reject) => { underWay = { batch, resolve, reject } })
    },
    appendNow (batches) {
      const all = underWay === null ? batches : [underWay.batch, ...batches]
      for (const batch of all) appender.text += batch.bytes.toString()
      underWay?.resolve()
      underWay = null
      appender.isUnderWay = false
      return all.reduce((lines, batch) => lines + batch.ends.length, 0)
    },
    async close () { appender.isClosed = true },
    release (error, linesWritten = 0) {
      const { batch, resolve, reject } = underWay!
      underWay = null
      appender.isUnderWay = false
      appender.text += linesOf(batch, error === undefined ? batch.ends.length : linesWritten)
      if (error === undefined) resolve()
      else reject(Object.assign(error, { linesWritten }))
    }
  }
  return appender
}

export const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Waits until something is with the appender. */
export async function underWay (appender: SlowAppender): Promise<void> {
  while (!appender.isUnderWay) await new Promise(resolve => setTimeout(resolve, 1))
}

export async function isSettled (promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  promise.then(() => { settled = true }, () => { settled = true })
  await turn()
  return settled
}
