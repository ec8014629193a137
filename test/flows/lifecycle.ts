// The log says when it was kept: the first and the last line of each run, however it ends.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { auditedApp, readEvents } from '../support/audited-app.js'
import { spawnPlain } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/leaves-with-events.js')

test('a run begins with its settings and ends with its counters; another one follows', async t => {
  process.env.AUDIT_TEST_PATH = '/behind-a-variable'
  t.teardown(() => { delete process.env.AUDIT_TEST_PATH })
  const section = { lifecycle_events: true, ignore_filters: [{ paths: ['$' + '{AUDIT_TEST_PATH}'] }] }
  const { app, file } = await auditedApp(t, { section })
  await app.audit.withoutRequest.log({ message: 'm', event: { action: 'mine' } })
  await app.close()
  const [started, mine, stopped, ...more] = readEvents(t, file)
  t.same(more, [])
  t.match(started, { event: { action: 'audit_started', category: ['process'], type: ['start'] } })
  t.match(mine, { event: { action: 'mine' } })
  t.match(stopped, { event: { action: 'audit_stopped', start: started?.['@timestamp'] }, labels: { accepted_events: 2, written_events: 2, lost_events: 0 } })
  const settings = JSON.parse((started?.labels as { audit_settings: string }).audit_settings)
  t.match(settings, { enabled: true, durability: 'write', queue: { timeout: '10s' }, ignore_filters: [{ paths: ['$' + '{AUDIT_TEST_PATH}'] }] })
  t.notMatch(readFileSync(file, 'utf8'), 'behind-a-variable')
  t.equal(app.audit.status().accepted, 3, 'they count as any event does')
})

test('switched off, neither is said', async t => {
  const { app, file } = await auditedApp(t)
  await app.audit.withoutRequest.log({ message: 'm', event: { action: 'mine' } })
  await app.close()
  t.same(readEvents(t, file).map(({ event }) => event.action), ['mine'])
})

for (const way of ['exit', 'throw', 'close', 'close-on-signal', 'two-signals', 'SIGTERM', 'SIGHUP']) {
  test(`the last line says that the log was stopped: ${way}`, async t => {
    t.same(await linesAtTheEnds(t, way), { first: 'audit_started', last: 'audit_stopped', stops: 1 })
  })
}

async function linesAtTheEnds (t: Test, way: string): Promise<object> {
  const fileName = join(t.testdir(), 'audit.log')
  const appender = { type: 'file', fileName, layout: { type: 'json' } }
  await once(spawnPlain([CHILD, JSON.stringify({ appender, durability: 'write', way, lifecycle: true })], ['ignore', 'ignore', 'ignore']), 'close')
  const actions = readEvents(t, fileName).map(({ event }) => event.action)
  return { first: actions[0], last: actions.at(-1), stops: actions.filter(action => action === 'audit_stopped').length }
}
