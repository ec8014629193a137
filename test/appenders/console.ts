import { once } from 'node:events'
import { test } from 'tap'
import { createConsoleAppender } from '../../lib/appenders/console.js'
import { startAppenderChild } from '../support/appender-child.js'
import { appenderContract, batchOf } from '../support/appender-contract.js'

const settings = { type: 'console', layout: { type: 'json' } } as const

test('writes to the standard output', async t => {
  const child = startAppenderChild()
  t.teardown(() => child.process.disconnect())
  let text = ''
  child.process.stdout!.setEncoding('utf8').on('data', chunk => { text += chunk })

  await appenderContract(t, async () => {
    await child.open(settings)
    text = ''
    // What has been acknowledged is in the pipe; it is read from there in a few turns.
    const read = async () => {
      for (let before = -1; before !== text.length;) {
        before = text.length
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      return text
    }
    return { appender: child, read }
  })
})

test('waits for a reader that is slower than the writer', async t => {
  const child = startAppenderChild()
  t.teardown(() => child.process.disconnect())
  await child.open(settings)
  let settled = false
  const appended = child.append(batchOf(['x'.repeat(4 * 1024 * 1024)])).then(() => { settled = true })
  await new Promise(resolve => setTimeout(resolve, 100))
  t.notOk(settled, 'nothing is acknowledged while nobody reads')
  child.process.stdout!.resume()
  await appended
  t.ok(settled)
})

test('rejects when the reader has gone, and the process lives on', async t => {
  const child = startAppenderChild()
  await child.open(settings)
  child.process.stdout!.destroy()
  await once(child.process.stdout!, 'close')
  await t.rejects(child.append(batchOf(['nobody reads this'])), { code: 'AUDIT_ERR_WRITE', causeCode: 'EPIPE' })
  await t.rejects(child.append(batchOf(['nor this'])), { code: 'AUDIT_ERR_WRITE', causeCode: 'EPIPE' })
  await child.close()
  t.equal(child.process.exitCode, null)
  child.process.disconnect()
  await once(child.process, 'exit')
  t.equal(child.process.exitCode, 0)
})

test('writes at once what waits, behind what is under way', async t => {
  const child = startAppenderChild()
  t.teardown(() => child.process.disconnect())
  let text = ''
  child.process.stdout!.setEncoding('utf8').on('data', chunk => { text += chunk })
  await child.open(settings)
  t.equal(await child.appendWithNow(batchOf(['under', 'way']), [batchOf(['a']), batchOf(['b', 'c'])]), 5)
  await child.append(batchOf(['later']))
  while (!text.endsWith('later\n')) await once(child.process.stdout!, 'data')
  t.equal(text, 'under\nway\na\nb\nc\nlater\n')
})

test('leaves the standard output open, and no listener on it', async t => {
  const before = process.stdout.listenerCount('error')
  const appender = createConsoleAppender()
  await appender.append(batchOf([]))
  t.equal(process.stdout.listenerCount('error'), before + 1)
  await appender.close()
  t.equal(process.stdout.listenerCount('error'), before)
  t.equal(process.stdout.writable, true)
})
