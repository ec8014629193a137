// Several appenders with real files: one on a disk that is full, and what becomes
// of the events and of who waits.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test, type Test } from 'tap'
import { hashValue } from '../../lib/index.js'
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

test('one appender has the full record, another a hashed one, a third what a rewrite leaves, also in the fallback', async t => {
  const directory = t.testdir()
  const names = ['full', 'hashed', 'same', 'bare'] as const
  const [full, hashed, same, bare] = names.map(name => join(directory, `${name}.log`)) as [string, string, string, string]
  const key = 'k'.repeat(32)
  const fields = { exclude: ['user.email'], hash: [{ fields: ['user.name'], when: { users: ['jane'] } }, 'user.name'] }
  const remove = (path: string): object => ({ type: 'meta', mode: 'remove', properties: [{ path }] })
  const { app } = await auditedApp(t, {
    section: {
      fields: { exclude: ['user.full_name'], hash_key: key },
      appenders: {
        full: { type: 'file', fileName: full },
        hashed: { type: 'file', fileName: hashed, fields },
        same: { type: 'file', fileName: same, fields, ignore_filters: [{ users: ['jane'] }] },
        bare: { type: 'file', fileName: bare },
        nameless: { type: 'rewrite', appenders: ['whole'], policy: remove('user.name') },
        whole: { type: 'rewrite', appenders: ['bare'], policy: { type: 'meta', properties: [{ path: 'user.email', value: 'none' }, { path: 'labels.none', value: 'added' }] } }
      },
      routes: [{ match: { actions: ['direct'] }, appenders: ['bare'] }, { match: { actions: ['half'] }, appenders: ['whole'] }]
    }
  })
  const user = { name: 'jane', full_name: 'Jane Doe', email: 'jane@example.org', id: '7' }
  const say = (action: string, name = 'jane'): Promise<void> => app.audit.withoutRequest.log({ message: `${name} came`, event: { action }, user: { ...user, name } })
  for (const action of ['a', 'direct', 'half']) await say(action)
  await say('a', 'ann')
  const usersIn = (file: string): unknown[] => readEvents(t, file).map(({ message, user }) => [message, user])
  const { full_name: _, ...known } = user
  const hash = hashValue('jane', key)
  t.same(usersIn(full), [['jane came', known], ['ann came', { ...known, name: 'ann' }]])
  t.same(usersIn(hashed), [[`${hash} came`, { id: '7', name: hash }], [`${hashValue('ann', key)} came`, { id: '7', name: hashValue('ann', key) }]])
  t.same(usersIn(same), [[`${hashValue('ann', key)} came`, { id: '7', name: hashValue('ann', key) }]])
  t.same(usersIn(bare), [
    ['jane came', { id: '7', email: 'none' }], ['jane came', known], ['jane came', { ...known, email: 'none' }], ['ann came', { id: '7', email: 'none' }]
  ])
  const none = { include: 0, exclude: [], hash: [] }
  t.match(app.audit.status(), {
    accepted: 4,
    written: 4,
    rules: { ignore_filters: [], include_filters: 0, fields: { include: 0, exclude: [4], hash: [] }, routes: [1, 1], unrouted: 2 },
    appenders: {
      full: { written: 2, rules: { ignore_filters: [], fields: none } },
      hashed: { written: 2, rules: { fields: { exclude: [2], hash: [1, 1] } } },
      same: { written: 1, rules: { ignore_filters: [1], fields: { exclude: [1], hash: [0, 1] } } },
      bare: { written: 4, rules: { fields: none } }
    }
  })
})

test('what a rewrite takes out on the way to an appender is not in the fallback either', async t => {
  const disk = await smallDisk(t)
  const directory = t.testdir()
  const [full, reserve] = [join(disk.directory, 'full.log'), join(directory, 'reserve.log')] as const
  const { app } = await auditedApp(t, {
    section: {
      appenders: { full: { type: 'file', fileName: full }, reserve: { type: 'file', fileName: reserve }, nameless: { type: 'rewrite', appenders: ['full'], policy: { type: 'meta', mode: 'remove', properties: [{ path: 'user.name' }] } } },
      fallback: 'reserve'
    }
  })
  const say = (): Promise<unknown> => app.audit.withoutRequest.log({ ...saying('a'), user: { id: '7', name: 'jane' } }).catch(() => {})
  await say()
  await disk.fill()
  if (disk.code === 'ENOSPC') {
    await eventually(async () => { await say(); return app.audit.status().appenders.reserve!.written > 0 })
    t.notMatch(readFileSync(reserve, 'utf8'), 'jane')
    t.match(readEvents(t, reserve)[0], { user: { id: '7' } })
  }
  await disk.free()
  await eventually(() => app.audit.status().state === 'ok')
  t.notMatch(readFileSync(full, 'utf8'), 'jane')
})
