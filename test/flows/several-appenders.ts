// Several appenders with real files: one on a disk that is full, and what becomes
// of the events and of who waits.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test, type Test } from 'tap'
import { auditedApp, eventually, readEvents } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'
import { spawnPlain } from '../support/plain-node.js'

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

const DIST = new URL('../../dist/index.js', import.meta.url).href

/** A process that leaves while its appender hangs and, where there is no file for it, its fallback too. */
async function leaves (way: string, file: string | null): Promise<{ code: number | null, signal: string | null, stderr: string[] }> {
  const script = `
    import Fastify from 'fastify'
    import audit from '${DIST}'
    const hangs = () => ({ append: () => new Promise(() => {}), close: async () => {} })
    const app = Fastify()
    await app.register(audit, { config: { enabled: true, lifecycle_events: false, fallback: 'reserve', appenders: {
      main: { type: hangs }, reserve: ${file === null ? '{ type: hangs }' : JSON.stringify({ type: 'file', fileName: file })} } } })
    for (const action of ['one', 'two', 'three']) app.audit.withoutRequest.log({ message: action, event: { action } })
    setTimeout(() => { ${way} }, 50)
    setInterval(() => {}, 1000)`
  const child = spawnPlain(['--input-type=module', '-e', script], ['ignore', 'inherit', 'pipe'])
  const [stderr, [code, signal]] = await Promise.all([text(child.stderr!), once(child, 'close') as Promise<[number | null, string | null]>])
  return { code, signal, stderr: stderr.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line).message) }
}

for (const [way, ending] of [['process.exit(5)', { code: 5 }], ['throw new Error("uncaught")', { code: 1 }], ['process.kill(process.pid, "SIGTERM")', { signal: 'SIGTERM' }]] as const) {
  test(`a process that leaves hands what hangs to the fallback, else to standard error: ${way}`, async t => {
    const file = join(t.testdir(), 'reserve.log')
    t.match(await leaves(way, file), { ...ending, stderr: [] })
    t.same(actions(t, file), ['one', 'two', 'three'])
    t.match(await leaves(way, null), { ...ending, stderr: ['one', 'two', 'three'] })
  })
}
