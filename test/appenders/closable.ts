import { test } from 'tap'
import { createClosable } from '../../lib/appenders/closable.js'
import { batchOf } from '../support/appender-contract.js'

test('closing waits for what is under way, gives back once, and nothing is taken any more', async t => {
  const story: string[] = []
  let settle!: (error?: Error) => void
  const appender = createClosable(
    async () => {
      story.push('write')
      await new Promise<void>((resolve, reject) => { settle = error => error === undefined ? resolve() : reject(error) })
    },
    async () => { story.push('release') }
  )
  const written = appender.append(batchOf(['1']))
  const closed = appender.close()
  await t.rejects(appender.append(batchOf(['2'])), { code: 'AUDIT_ERR_CLOSED' })
  await new Promise(resolve => setImmediate(resolve))
  t.same(story, ['write'])
  settle(new Error('disk is full'))
  await t.rejects(written, { message: 'disk is full' })
  await closed
  await appender.close()
  t.same(story, ['write', 'release'])
})
