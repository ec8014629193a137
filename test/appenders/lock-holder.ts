import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { describeMyself, isRunning, parseHolder } from '../../lib/appenders/lock-holder.js'

test('describes this process, each time anew', async t => {
  const me = describeMyself()
  t.match(me, { pid: process.pid, host: String, pidNamespace: /^pid:/, started: /^\d+$/ })
  t.not(describeMyself().token, me.token)
  t.same(parseHolder(JSON.stringify(me)), me)
  t.equal(isRunning(me), true)
})

test('takes nothing for a holder that is none', async t => {
  const me = describeMyself()
  for (const text of ['', 'null', '7', '{}', '{', JSON.stringify({ ...me, token: '../../x' }), JSON.stringify({ ...me, pid: 0 }), JSON.stringify({ ...me, pid: '7' }), JSON.stringify({ ...me, host: 7 })]) {
    t.equal(parseHolder(text), undefined, text)
  }
})

test('a process that has ended is not running, whoever has its number now', async t => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  const me = describeMyself()
  const holder = { ...me, pid: child.pid!, started: undefined }
  t.equal(isRunning(holder), true)
  t.equal(isRunning({ ...holder, started: me.started }), false, 'another process with this number')
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.equal(isRunning(holder), false)
})

test('a process that has ended and whose parent has not asked is not running', async t => {
  // The shell starts a process that ends when it has turned into one that never asks.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => parent.kill())
  const [text] = await once(parent.stdout, 'data')
  const pid = Number(text)
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise(resolve => setTimeout(resolve, 5))
  t.equal(isRunning({ ...describeMyself(), pid, started: undefined }), false)
})

test('who is on another machine or in another container cannot be asked', async t => {
  const me = describeMyself()
  t.equal(isRunning({ ...me, host: 'elsewhere' }), undefined)
  t.equal(isRunning({ ...me, pidNamespace: 'pid:[7]' }), undefined)
})
