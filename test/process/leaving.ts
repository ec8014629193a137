import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'tap'
import { spawnPlain } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/leaves.js')

interface Left { readonly code: number | null, readonly signal: NodeJS.Signals | null, readonly lines: readonly string[] }

/** Lets a process leave: by itself, or by signals, each when it has printed its lines about the one before. */
async function leave (way: string, options: readonly string[] = [], signals: readonly NodeJS.Signals[] = [], linesEach = 1): Promise<Left> {
  const child = spawnPlain([CHILD, way, ...options], ['ignore', 'pipe', 'ignore', 'ipc'])
  let text = ''
  child.stdout!.on('data', chunk => { text += chunk })
  const left = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  if (signals.length > 0) await once(child, 'message')
  for (const [index, signal] of signals.entries()) {
    child.kill(signal)
    while (text.split('\n').length <= (index + 1) * linesEach && child.exitCode === null && child.signalCode === null) await new Promise(resolve => setTimeout(resolve, 5))
  }
  child.channel?.unref()
  const [code, signal] = await left
  return { code, signal, lines: text.split('\n').filter(Boolean) }
}

test('what is to be done before is done, and the process ends as it would have', async t => {
  t.match(await leave('exit'), { code: 3, lines: ['finished first'] })
  t.match(await leave('throw'), { code: 1, lines: ['finished first'] })
  t.match(await leave('reject'), { code: 1, lines: ['finished first'] })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    t.match(await leave('signal', [], [signal]), { code: null, signal, lines: ['finished first'] }, signal)
  }
})

test('of several applications in a process, all do what they have to, and the last one ends it', async t => {
  t.match(await leave('signal', ['two'], ['SIGTERM']), { signal: 'SIGTERM', lines: ['finished second', 'finished first'] })
  t.match(await leave('exit', ['two']), { code: 3, lines: ['finished first', 'finished second'] })
})

test('where the application decides about a signal, it decides', async t => {
  for (const option of ['own-once-before', 'own-once-after']) {
    t.same((await leave('signal', [option], ['SIGTERM'])), { code: 7, signal: null, lines: ['finished first', 'decides', 'finished first'] }, option)
  }
  t.match(await leave('signal', ['own-that-stays'], ['SIGINT', 'SIGINT', 'SIGTERM'], 2), { signal: 'SIGTERM', lines: ['finished first', 'stays', 'finished first', 'stays', 'finished first'] })
})

test('the package signal-exit, which waits for others to decide as this does, does not keep the process alive', async t => {
  const { signal, lines } = await leave('signal', ['signal-exit'], ['SIGTERM'])
  t.equal(signal, 'SIGTERM')
  t.same([...lines].sort(), ['finished first', 'signal-exit ran'])
})

test('after the release nothing is done, and signals end the process as ever', async t => {
  t.same(await leave('exit', ['released']), { code: 3, signal: null, lines: [] })
  t.match(await leave('signal', ['released'], ['SIGTERM']), { signal: 'SIGTERM', lines: [] })
})
