import { renameSync } from 'node:fs'
import Fastify from 'fastify'
import { test } from 'tap'
import audit from '../lib/index.js'
import { auditedApp, readEvents } from './support/audited-app.js'

const event = { message: 'm', event: { action: 'mine' } } as const

test('reopen goes on in a new file when somebody has moved the old one away', async t => {
  const { app, file } = await auditedApp(t)
  await app.audit.withoutRequest.log(event)
  renameSync(file, `${file}.moved`)
  await app.audit.reopen()
  await app.audit.withoutRequest.log({ ...event, message: 'after' })
  t.match(readEvents(t, `${file}.moved`), [{ message: 'm' }])
  t.match(readEvents(t, file).at(-1), { message: 'after' })
})

test('of a disabled log everything can be asked, and nothing happens', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(audit, { config: { enabled: false } })
  t.equal(app.audit.current(), app.audit.withoutRequest)
  const repository = { get () {} }
  t.equal(app.audit.repository(repository), repository)
  await app.audit.withoutRequest.ensure(event)
  await app.audit.flush()
  await app.audit.reopen()
  t.match(app.audit.status(), { enabled: false, state: 'ok', accepted: 0, lost: 0, appenders: {} })
})
