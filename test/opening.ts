import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import audit, { type AuditOptions } from '../lib/index.js'
import { auditedApp } from './support/audited-app.js'

test('when one cannot be opened, the error names it, and the others are given back', async t => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'folder'))
  const config = (second: string): AuditOptions => ({ config: { enabled: true, appenders: { a: { type: 'file', fileName: join(directory, 'a.log') }, b: { type: 'file', fileName: join(directory, second) } } } })
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => { await app.register(audit, config('folder')) }, { code: 'AUDIT_ERR_APPENDER_OPEN', message: /appenders\.b\.fileName/ })
  const again = Fastify()
  t.teardown(() => again.close())
  await again.register(audit, config('b.log'))
  await again.audit.reopen()
  t.ok(existsSync(join(directory, 'b.log')))
})

test('what an appender has to tell while it is being opened stands in the log, after its start', async t => {
  const { app, file } = await auditedApp(t, { section: { lifecycle_events: true }, before: () => { writeFileSync(join(t.testdirName, 'audit.log'), '{"torn":') } })
  await app.close()
  const [torn, ...lines] = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  t.equal(torn, '{"torn":')
  t.same(lines.map(line => JSON.parse(line).event.action), ['audit_started', 'audit_line_torn', 'audit_stopped'])
})
