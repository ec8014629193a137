import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import { policiesOf } from '../lib/opening.js'
import audit, { type AuditOptions } from '../lib/index.js'
import { readSettings } from '../lib/config/read.js'
import { auditSchema } from '../lib/config/schema.js'

test('the policy of a kind is the strictest of all appenders', async t => {
  const of = (section: object): unknown => policiesOf(readSettings(section, auditSchema).settings)
  t.match(of({ on_failure: { writes: 'block' } }), { writes: 'block', reads: 'continue' })
  t.match(of({ on_failure: { writes: 'stop' }, appenders: { a: { type: 'console' }, b: { type: 'console', on_failure: 'block' } } }), { writes: 'stop', reads: 'block' })
  t.match(of({ on_failure: 'stop', appenders: { a: { type: 'console', on_failure: 'continue' } } }), { writes: 'continue', http: 'continue' })
})

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
