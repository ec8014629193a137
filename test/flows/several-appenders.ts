// Several appenders with real files: one on a disk that is full, and what becomes
// of the events and of who waits.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { auditedApp, eventually, readEvents } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'

const saying = (action: string): { message: string, event: { action: string } } => ({ message: `m ${action}`, event: { action } })
const actions = (t: Test, file: string): string[] => readEvents(t, file).map(({ event }) => event.action)

test('routes, layouts and filters of its own for each', async t => {
  const directory = t.testdir({ logs: {} })
  const [main, logins, plain] = ['main', 'logins', 'plain'].map(name => join(directory, `${name}.log`)) as [string, string, string]
  const { app } = await auditedApp(t, {
    section: {
      appenders: {
        main: { type: 'file', fileName: main },
        logins: { type: 'file', fileName: logins },
        plain: { type: 'file', fileName: plain, layout: { type: 'pattern', pattern: '%message' }, ignore_filters: [{ actions: ['secret'] }] }
      },
      routes: [{ match: { actions: ['login'] }, appenders: ['logins'] }]
    }
  })
  for (const action of ['user_login', 'secret', 'other']) await app.audit.withoutRequest.log(saying(action))
  t.same([actions(t, main), actions(t, logins), readFileSync(plain, 'utf8')], [['secret', 'other'], ['user_login', 'secret', 'other'], 'm other\n'])
  t.match(app.audit.status(), { accepted: 3, written: 3, ignored: 0, queued: 0, appenders: { main: { written: 2 }, logins: { written: 3 }, plain: { written: 1 } } })
})

test('a full disk: the copy elsewhere goes on, and the fallback has what the full one cannot take', async t => {
  const disk = await smallDisk(t)
  const directory = t.testdir()
  const [full, copy, reserve] = [join(disk.directory, 'full.log'), join(directory, 'copy.log'), join(directory, 'reserve.log')] as const
  const { app } = await auditedApp(t, {
    section: {
      on_failure: 'block',
      appenders: { full: { type: 'file', fileName: full }, copy: { type: 'file', fileName: copy }, reserve: { type: 'file', fileName: reserve } },
      fallback: 'reserve'
    }
  })
  const { withoutRequest: logger, status } = app.audit
  await logger.ensure(saying('before'))
  await disk.fill()
  // Where only files of this process are limited, the others could not grow either.
  if (disk.code === 'ENOSPC') {
    await t.rejects(async () => { for (;;) await logger.ensure(saying('met_the_full_disk')) }, { code: 'AUDIT_ERR_BLOCKED' })
    t.match(status(), { state: 'degraded', appenders: { full: { state: 'degraded' }, copy: { state: 'ok' }, reserve: { state: 'ok' } } })
    await logger.ensure(saying('during'))
    t.ok(actions(t, reserve).includes('during'))
  }
  await disk.free()
  t.ok(await eventually(() => status().state === 'ok'))
  await logger.ensure(saying('after'))
  await app.close()
  const { accepted, written, ignored, lost, queued } = status()
  t.same([accepted, lost, queued], [written + ignored, 0, 0])
  t.same([...actions(t, full), ...actions(t, reserve)].sort(), actions(t, copy).sort(), 'each event once, here or there')
})
