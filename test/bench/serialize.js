// What it costs to make a line of a record, against JSON.stringify of the same record.
import { join } from 'node:path'
import { startChild } from './children.js'

const CHILD = join(import.meta.dirname, 'serialize-child.js')
const WARM_UP_RUNS = 20

/** @returns for every round, by kind of event: microseconds per record by the layout and by JSON.stringify (twice) */
export async function measureSerializing ({ rounds }) {
  const child = await startChild(CHILD, [])
  try {
    const samples = []
    for (let round = -WARM_UP_RUNS; round < rounds; round++) {
      const sample = await child.ask('run')
      if (round >= 0) samples.push(sample)
    }
    return samples
  } finally {
    await child.end()
  }
}
