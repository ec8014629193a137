// What `durability: fsync` costs in syncs: those who wait together wait for one, and whoever is
// alone waits for one, not two.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'tap'
import type { Test } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { spawnTraced, withoutStrace } from '../support/strace.js'

const SERVER = join(import.meta.dirname, '../fixtures/serves.js')

interface Served {
  ask (): Promise<number>
  /** Counts the syncs while `run` asks. */
  syncsOf (run: () => Promise<unknown>): Promise<number>
  /** Ends it, before its folder is removed. */
  end (): Promise<void>
}

/** Serves under strace. */
async function serve (t: Test): Promise<Served> {
  const directory = t.testdir()
  const file = join(directory, 'audit.log')
  const trace = join(directory, 'trace')
  const section = { durability: 'fsync', on_failure: 'block', appender: { type: 'file', fileName: file, layout: { type: 'json' } } }
  const { child, end } = spawnTraced([SERVER, JSON.stringify(section)], { inject: [], watch: ['fdatasync'], files: [file], trace })
  t.teardown(end)
  const lines: string[] = []
  createInterface(child.stdout!).on('line', line => { lines.push(line) })
  const port = await eventually(() => lines.find(line => line.startsWith('listening '))?.slice('listening '.length))
  const syncs = (): number => readFileSync(trace, 'utf8').split('fdatasync(').length - 1
  return {
    ask: async () => (await fetch(`http://127.0.0.1:${port}/status`)).status,
    async syncsOf (run) {
      const before = syncs()
      await run()
      return syncs() - before
    },
    end
  }
}

test('one request after another: one sync for each', { skip: withoutStrace }, async t => {
  const { ask, syncsOf, end } = await serve(t)
  t.equal(await ask(), 200)
  const syncs = await syncsOf(async () => { for (let i = 0; i < 20; i++) t.equal(await ask(), 200) })
  await end()
  t.equal(syncs, 20)
})

test('many at once: they share their syncs', { skip: withoutStrace }, async t => {
  const { ask, syncsOf, end } = await serve(t)
  t.equal(await ask(), 200)
  const syncs = await syncsOf(() => Promise.all(Array.from({ length: 200 }, ask)))
  await end()
  t.ok(syncs > 0 && syncs < 100, `${syncs} syncs for 200 requests`)
})
