import { once } from 'node:events'
import { test } from 'tap'
import { reopenOnHangup } from '../../lib/process/reopening.js'

test('each SIGHUP reopens the log, what goes wrong is told, and nothing is left when it is released', async t => {
  const before = process.listenerCount('SIGHUP')
  let reopened = 0
  const told: string[] = []
  const log = { info () {}, warn () {}, error: (_details: object, message: string) => { told.push(message) } }
  const release = reopenOnHangup(async () => {
    reopened++
    if (reopened === 2) throw new Error('no such folder')
  }, log)
  // Waiting for a signal does not keep a process alive.
  const keepAlive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(keepAlive))
  // A real signal to this very process, which would end it if nobody listened.
  for (const expected of [1, 2]) {
    const signalled = once(process, 'SIGHUP')
    process.kill(process.pid, 'SIGHUP')
    await signalled
    t.equal(reopened, expected)
  }
  await new Promise(resolve => setImmediate(resolve))
  t.same(told, ['fastify-audit: the audit log could not be reopened'])
  release()
  t.equal(process.listenerCount('SIGHUP'), before)
})
