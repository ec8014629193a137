import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { spawnPlain } from '../support/plain-node.js'

const url = new URL('../../dist/process/last-rung.js', import.meta.url).href

const run = (script: string, stdio: Parameters<typeof spawnPlain>[1]): ReturnType<typeof spawnPlain> =>
  spawnPlain(['--input-type=module', '-e', `import { createLastRung } from '${url}'; const write = createLastRung(); ${script}`], stdio)

test('a line comes out on standard error before the call returns', async t => {
  const child = run("write('ä'.repeat(300000) + '\\n'); process.reallyExit(7)", ['ignore', 'inherit', 'pipe'])
  const [written, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  t.equal(code, 7)
  t.equal(written, 'ä'.repeat(300000) + '\n')
})

test('where nobody reads standard error any more, the process goes on', async t => {
  const child = run("process.stdin.once('data', () => { write('one\\n'); setImmediate(() => { console.log('goes on'); process.stdin.destroy() }) }); console.log('ready')", ['pipe', 'pipe', 'pipe'])
  const ended = once(child, 'close')
  await once(child.stdout!, 'data')
  child.stderr!.destroy()
  child.stdin!.write('go')
  t.match(String((await once(child.stdout!, 'data'))[0]), 'goes on')
  t.same(await ended, [0, null])
})

// What uses `process.stderr` makes its pipe one that refuses what does not fit.
const USED = "process.stderr.write('used\\n', () => process.send('used')); process.once('message', () => {"

test('a slow reader is waited for: nothing is cut off', async t => {
  const child = run(`${USED} for (let i = 0; i < 300; i++) write(i + 'x'.repeat(5000) + '\\n'); process.reallyExit(0) })`, ['ignore', 'inherit', 'pipe', 'ipc'])
  await once(child, 'message')
  child.send('go')
  await wait(100)
  const lines = (await text(child.stderr!)).split('\n')
  t.same(lines.slice(1, -1).map(line => [Number.parseInt(line, 10), line.length > 5000]), Array.from({ length: 300 }, (_, i) => [i, true]))
})

test('a reader that does not read is not waited for again; what comes after half a line stands on its own', async t => {
  const child = run(`${USED} for (let i = 0; i < 2000; i++) write('x'.repeat(5000) + '\\n'); process.send('done'); process.once('message', () => { write('after\\n'); process.reallyExit(0) }) })`, ['ignore', 'inherit', 'pipe', 'ipc'])
  await once(child, 'message')
  child.send('go')
  await once(child, 'message')
  const read = text(child.stderr!)
  await wait(50)
  child.send('after')
  const lines = (await read).split('\n').slice(0, -1)
  t.ok(lines.length < 500, 'most had no room')
  t.equal(lines.at(-1), 'after')
  t.match(lines.slice(1, -2).filter(line => line.length !== 5000), [])
})

test('half a line is ended once, by the next one that goes through; who reads again is waited for again', async t => {
  const child = run(`${USED} write('x'.repeat(1000000) + '\\n'); process.send('stuck'); process.once('message', () => { write('after\\n'); write('again\\n'); process.send('said'); process.once('message', () => { for (let i = 0; i < 300; i++) write(i + 'x'.repeat(5000) + '\\n'); process.reallyExit(0) }) }) })`, ['ignore', 'inherit', 'pipe', 'ipc'])
  const closed = once(child, 'close')
  await once(child, 'message')
  child.send('go')
  await once(child, 'message')
  let read = ''
  const stderr = child.stderr!.setEncoding('utf8').on('data', (text: string) => { read += text })
  for (let length = -1; length !== read.length;) {
    length = read.length
    await wait(50)
  }
  child.send('on')
  await once(child, 'message')
  stderr.pause()
  child.send('more')
  await wait(100)
  stderr.resume()
  await closed
  const [used, half, ...lines] = read.split('\n').slice(0, -1)
  t.match([used, half], ['used', /^x+$/])
  t.ok(half!.length < 1_000_000)
  t.same(lines.map(line => line.replace(/x{5000}$/, '')), ['after', 'again', ...Array.from({ length: 300 }, (_, i) => String(i))])
})

test('what has not begun leaves nothing behind: the next line begins where it stands', async t => {
  const file = resolve(t.testdir(), 'stderr')
  const child = run(`const fs = await import('node:fs'); fs.closeSync(2); write('one\\n'); if (fs.openSync(${JSON.stringify(file)}, 'w') !== 2) process.exit(3); write('two\\n')`, ['ignore', 'inherit', 'ignore'])
  t.same(await once(child, 'close'), [0, null])
  t.equal(readFileSync(file, 'utf8'), 'two\n')
})
