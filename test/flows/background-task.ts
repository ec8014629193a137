// A task is created in one process and carried out in another: two events with the same
// trace, user, space and id.
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import type { TaskHandle } from '../../lib/contracts.js'
import { auditedApp, readEvents, type WrittenEvent } from '../support/audited-app.js'
import { spawnPlain } from '../support/plain-node.js'

const FIXTURE = join(import.meta.dirname, '../fixtures/tasks.js')

interface TaskFields {
  readonly user: object
  readonly trace: object
  readonly error?: object
  readonly kibana: { readonly space_id: string, readonly saved_object: object }
  readonly process: { readonly pid: number }
}

async function run (told: object): Promise<string> {
  const child = spawnPlain([FIXTURE, JSON.stringify(told)], ['ignore', 'pipe', 'inherit'])
  const [printed, [code]] = await Promise.all([text(child.stdout!), once(child, 'exit')])
  if (code !== 0) throw new Error(`exit code ${code}`)
  return printed
}

test('the execution, in another process, carries the trace, user, space and id of the creation', async (t) => {
  const file = join(t.testdir(), 'audit.log')
  const handle = JSON.parse(await run({ file })) as TaskHandle
  await run({ file, handle })
  await run({ file, handle, fault: 'The printer is on fire' })
  const events = readEvents(t, file).filter(({ event }) => event.action !== 'http_request') as Array<WrittenEvent & TaskFields>
  t.same(events.map(({ event, message }) => [event.action, event.outcome, message]), [
    ['task_create', 'unknown', `User is creating report [id=${handle.task.id}]`],
    ['report_print', 'success', 'User has printed report'],
    ['task_run', 'success', `User has run report [id=${handle.task.id}]`],
    ['report_print', 'success', 'User has printed report'],
    ['task_run', 'failure', `Failed attempt to run report [id=${handle.task.id}]`]
  ])
  for (const { user, trace, kibana } of events) t.same([user, trace, kibana.space_id], [{ id: 'u_42', name: 'jane', roles: ['editor'] }, handle.trace, 'marketing'])
  t.same(events[2]?.kibana.saved_object, { type: 'report', id: handle.task.id, name: 'Sales' })
  t.same(events[4]?.error, { code: 'Error', message: 'The printer is on fire' })
  t.equal(new Set(events.map(({ process }) => process.pid)).size, 3, 'three processes')
  t.notMatch(JSON.stringify(handle), 's_9', 'a session is not kept in a queue')
})

test('a task without a request has a trace of its own', async (t) => {
  const { app, events } = await auditedApp(t)
  const handle = await app.audit.withoutRequest.task({ id: 'nightly' })
  await app.audit.resumeTask(handle).success()
  await app.audit.resumeTask(await app.audit.withoutRequest.task({})).success()
  const [created, done, other] = await events()
  t.match(created?.trace, { id: /^[0-9a-f]{32}$/ })
  t.same(done?.trace, created?.trace)
  t.not((other?.trace as { id: string }).id, handle.trace.id)
})

test('the creation stands in the log before the handle is there', async (t) => {
  const { app, file } = await auditedApp(t)
  await app.audit.withoutRequest.task({ id: 'nightly' })
  t.same(readEvents(t, file).map(({ event }) => event.action), ['task_create'])
})

test('without auditing, tasks are created and carried out just so, and a handle is checked all the same', async (t) => {
  const { app } = await auditedApp(t, { section: { enabled: false } })
  app.post('/', async (request) => request.audit.task({ type: 'report' }))
  const handle = (await app.inject({ method: 'POST', url: '/' })).json()
  t.match(handle, { version: 1, task: { type: 'report' }, trace: { id: String } })
  t.equal(await app.audit.resumeTask(handle).run(() => 7), 7)
  await t.rejects(app.audit.resumeTask(handle).run(() => { throw new Error('no') }), { message: 'no' })
  t.throws(() => app.audit.resumeTask({} as never), { code: 'AUDIT_ERR_TASK' })
})
