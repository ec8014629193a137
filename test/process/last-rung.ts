import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { spawnPlain } from '../support/plain-node.js'

const url = new URL('../../dist/process/last-rung.js', import.meta.url).href

test('a line comes out on standard error before the call returns', async t => {
  const child = spawnPlain(['--input-type=module', '-e', `import { writeToStandardError } from '${url}'; writeToStandardError('ä'.repeat(300000) + '\\n'); process.reallyExit(7)`], ['ignore', 'inherit', 'pipe'])
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')])
  t.ok(stderr === 'ä'.repeat(300_000) + '\n')
  t.equal(code, 7)
})

test('where nobody reads standard error any more, the process goes on', async t => {
  const child = spawnPlain(['--input-type=module', '-e', `import { writeToStandardError } from '${url}'; process.stdin.once('data', () => { writeToStandardError('one\\n'); setImmediate(() => { console.log('goes on'); process.stdin.destroy() }) }); console.log('ready')`], ['pipe', 'pipe', 'pipe'])
  child.stdout!.once('data', () => {
    child.stderr!.destroy()
    child.stderr!.once('close', () => child.stdin!.end('now'))
  })
  const [stdout, [code, signal]] = await Promise.all([text(child.stdout!), once(child, 'exit')])
  t.match(stdout, /goes on/)
  t.same([code, signal], [0, null])
})
