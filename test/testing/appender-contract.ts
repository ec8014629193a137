// The contract finds what appenders do wrong: a good one with one thing spoilt breaks its promise.
import { test } from 'tap'
import type { Appender } from '../../lib/contracts.js'
import { appenderContract } from '../../lib/testing/appender-contract.js'
import { AUDIT_ERR_CLOSED } from '../../lib/errors.js'

function open (spoil: (appender: Required<Omit<Appender, 'reopen' | 'shipping'>>, written: Buffer[]) => Partial<Appender>): () => Promise<{ appender: Appender, read: () => Promise<string> }> {
  return async () => {
    const written: Buffer[] = []
    let isClosed = false
    let underWay = 0
    const good = {
      async append ({ bytes, ends }: { readonly bytes: Buffer, readonly ends: readonly number[] }) {
        if (isClosed) throw new AUDIT_ERR_CLOSED()
        written.push(bytes)
        underWay = ends.length
        await null
        underWay = 0
      },
      appendNow (batches: readonly { readonly bytes: Buffer, readonly ends: readonly number[] }[]) {
        if (isClosed) return 0
        written.push(...batches.map(({ bytes }) => bytes))
        return batches.reduce((lines, { ends }) => lines + ends.length, underWay)
      },
      async close () { isClosed = true }
    }
    return { appender: { ...good, ...spoil(good, written) }, read: async () => Buffer.concat(written).toString() }
  }
}

async function broken (spoil: Parameters<typeof open>[0]): Promise<string[]> {
  const names: string[] = []
  for (const { name, run } of appenderContract(open(spoil))) {
    await run().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_ASSERTION') throw error
      names.push(name)
    })
  }
  return names
}

test('a good appender breaks no promise', async t => {
  t.same(await broken(() => ({})), [])
  t.same(await broken(() => ({ appendNow: undefined })), [], 'nor one that promises nothing for the end of the process')
})

test('each fault breaks the promise that names it', async t => {
  const whole = 'keeps lines whole and batches in their order'
  const faults: [string, Parameters<typeof open>[0]][] = [
    [whole, (good, written) => ({ append: async batch => { await good.append(batch); written.reverse() } })],
    ['keeps text of several bytes per character', good => ({ append: async batch => await good.append({ ...batch, bytes: Buffer.from(batch.bytes.toString('latin1')) }) })],
    ['takes a batch of 10,000 lines', good => ({ append: async batch => await good.append({ ...batch, bytes: batch.bytes.subarray(0, batch.ends[9998]) }) })],
    ['takes a line of 10 MB', good => ({ append: async batch => await good.append({ ...batch, bytes: batch.bytes.subarray(0, 4 << 20) }) })],
    ['takes an empty batch and writes nothing', (good, written) => ({ append: async batch => { await good.append(batch); if (batch.ends.length === 0) written.push(Buffer.from('\n')) } })],
    [whole, good => ({ append: async batch => { setImmediate(() => { good.append(batch).catch(() => {}) }) } })],
    ['writes at once, in order, what is under way and what waits, and goes on afterwards', good => ({ appendNow: batches => good.appendNow([...batches].reverse()) })],
    ['refuses batches once it is closed, and may be closed twice', () => ({ close: async () => {} })]
  ]
  for (const [name, spoil] of faults) t.ok((await broken(spoil)).includes(name), name)
})
