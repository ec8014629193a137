// The promise of leaving: what was accepted is written, however the process ends, and it ends as
// it would have without the plugin.
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from '../support/appender-contract.js'
import { spawnPlain } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/leaves-with-events.js')

interface Ending { readonly code: number | null, readonly signal: string | null, readonly accepted: number }

async function leave (t: Test, options: object): Promise<Ending & { readonly lines: readonly string[], readonly files: number }> {
  const folder = join(t.testdir(), 'logs')
  const layout = { type: 'json' }
  const appender = { type: 'rolling-file', fileName: join(folder, 'audit.log'), layout, policy: { type: 'size-limit', size: '100kb' }, strategy: { type: 'numeric', max: 100 } }
  const child = spawnPlain([CHILD, JSON.stringify({ appender, durability: 'write', ...options })], ['ignore', 'pipe', 'ignore'])
  let text = ''
  child.stdout!.on('data', chunk => { text += chunk })
  const [code, signal] = await once(child, 'close') as [number | null, string | null]
  const accepted = Number(/accepted (\d+)/.exec(text)?.[1])
  const rolled = readdirSync(folder).map(name => Number(/^audit-(\d+)\.log$/.exec(name)?.[1])).filter(Boolean).sort((a, b) => b - a)
  const lines = [...rolled.map(number => `audit-${number}.log`), 'audit.log'].flatMap(name => {
    // In the middle of a roll there is no live file, or an empty one; the lines are in the one before it.
    const content = existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
    if (!/(^|\n)$/.test(content)) t.fail(`${name} ends with a whole line`)
    return content.split('\n').slice(0, -1)
  })
  return { code, signal, accepted, lines, files: rolled.length }
}

function holds (t: Test, { accepted, lines, files }: Awaited<ReturnType<typeof leave>>): void {
  const numbers = lines.map(line => JSON.parse(line)).filter(({ event }) => event.action === 'numbered').map(({ labels }) => labels.number as number)
  t.ok(accepted > 6000, `${accepted} events had been accepted`)
  t.equal(lines.length, accepted, 'each of them is there')
  const said = numbers.filter(number => number >= 0)
  t.same(said, said.map((_, index) => index), 'once, in order')
  // What is written at the very end is not divided any more.
  t.ok(files > 0, `${files} files had been rolled`)
}

const WAYS: readonly [string, Partial<Ending>][] = [
  ['exit', { code: 5 }],
  ['throw', { code: 1 }],
  ['close', { code: 0 }],
  ['close-on-signal', { code: 0 }],
  ['two-signals', { code: 130 }],
  ['SIGTERM', { signal: 'SIGTERM' }],
  ['SIGINT', { signal: 'SIGINT' }],
  ['SIGHUP', { signal: 'SIGHUP' }]
]

for (const [way, ending] of WAYS) {
  test(`${way}: what was accepted is written, and the process ends as it would have`, async t => {
    const left = await leave(t, { way })
    t.match(left, ending)
    holds(t, left)
  })
}

test('fsync: what was accepted is written', async t => {
  const left = await leave(t, { way: 'SIGTERM', durability: 'fsync' })
  t.equal(left.signal, 'SIGTERM')
  holds(t, left)
})

test('none: what was acknowledged at once is written all the same', async t => {
  holds(t, await leave(t, { way: 'exit', durability: 'none' }))
})

test('an event that waits for a user who is never found out is written, without its user', async t => {
  const left = await leave(t, { way: 'exit', slowUser: true })
  holds(t, left)
  const waited = left.lines.map(line => JSON.parse(line)).filter(({ client }) => client !== undefined)
  t.match(waited, [{ event: { action: 'http_request' }, error: { code: 'AUDIT_ERR_SCOPE' } }, { labels: { number: -1 } }])
})
