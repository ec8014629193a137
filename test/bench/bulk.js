// What the 10,000 events of one bulk call cost, against the same lines by ordinary means:
// each subject in a process of its own, in random order within each round.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startChild } from './children.js'
import { shuffled } from './statistics.js'

const CHILD = join(import.meta.dirname, 'bulk-child.js')
const SUBJECTS = ['audited', 'repository', 'ordinary', 'ordinary-again']
const WARM_UP_CALLS = 8

/** @returns for every round, by subject: microseconds of CPU per call, and the longest blocked stretch in milliseconds */
export async function measureBulk ({ rounds, folder }) {
  const children = {}
  try {
    for (const subject of shuffled(SUBJECTS)) {
      await mkdir(join(folder, subject), { recursive: true })
      children[subject] = await startChild(CHILD, [subject.replace('-again', ''), join(folder, subject)], ['--expose-gc'])
    }
    const samples = []
    for (let round = -WARM_UP_CALLS; round < rounds; round++) {
      const sample = {}
      for (const subject of shuffled(SUBJECTS)) {
        const { microseconds } = await children[subject].ask('run')
        const { milliseconds } = await children[subject].ask('stretch')
        sample[subject] = { cpu: microseconds, stretch: milliseconds }
      }
      if (round >= 0) samples.push(sample)
    }
    return samples
  } finally {
    for (const child of Object.values(children)) await child.end()
    await rm(folder, { recursive: true, force: true })
  }
}
