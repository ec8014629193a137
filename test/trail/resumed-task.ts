import { test } from 'tap'
import type { Test } from 'tap'
import type { AuditEvent, AuditLogger, ResumedTask, ScopeFacts } from '../../lib/contracts.js'
import { AUDIT_ERR_BLOCKED } from '../../lib/errors.js'
import { resumeTask } from '../../lib/trail/resumed-task.js'
import { makeHandle, newTask } from '../../lib/trail/task-handle.js'

function resumed (_: Test, isBroken = false): { task: ResumedTask, events: AuditEvent[], facts: ScopeFacts[] } {
  const events: AuditEvent[] = []
  const facts: ScopeFacts[] = []
  const ensure = async (event: AuditEvent): Promise<void> => {
    events.push(event)
    if (isBroken) throw new AUDIT_ERR_BLOCKED('refused')
  }
  const handle = makeHandle(newTask({ id: '7' }), { user: { name: 'jane' }, kibana: { space_id: 'sales' }, trace: { id: 'abc' } })
  const task = resumeTask(handle, (known) => {
    facts.push(known)
    return { ensure } as unknown as AuditLogger
  })
  return { task, events, facts }
}

const outcomes = (events: readonly AuditEvent[]): unknown[] => events.map(({ event, error }) => error === undefined ? event.outcome : [event.outcome, error.code, error.message])

test('the outcome is recorded when the work has settled, and comes back as it was', async (t) => {
  const { task, events, facts } = resumed(t)
  t.equal(await task.run(async (given) => {
    t.equal(given, task)
    await null
    t.same(events, [], 'not before')
    return 42
  }), 42)
  t.same(outcomes(events), ['success'])
  t.same(facts, [{ user: { name: 'jane' }, kibana: { space_id: 'sales' }, trace: { id: 'abc' } }])
})

test('what the work throws is the failure, and reaches the caller', async (t) => {
  for (const thrown of [new TypeError('no'), 'text', undefined]) {
    const { task, events } = resumed(t)
    const caught = await task.run(() => { throw thrown }).then(() => t.fail('resolved'), (error: unknown) => error)
    t.equal(caught, thrown)
    t.equal(events[0]?.event.outcome, 'failure')
    t.equal(events.length, 1)
  }
})

test('a task has one outcome: the first that is said', async (t) => {
  const { task, events } = resumed(t)
  await task.run(async (given) => { await given.failure(new Error('half of it')) })
  await task.success()
  t.same(outcomes(events), [['failure', 'Error', 'half of it']])
  const { task: other, events: said } = resumed(t)
  await other.success()
  await other.failure(new Error('too late'))
  t.same(outcomes(said), ['success'])
})

test('what is done is done, whether or not it can be recorded; who asks for the record is told', async (t) => {
  t.equal(await resumed(t, true).task.run(() => 42), 42)
  await t.rejects(resumed(t, true).task.run(() => { throw new Error('mine') }), { message: 'mine' })
  await t.rejects(resumed(t, true).task.success(), { code: 'AUDIT_ERR_BLOCKED' })
  await t.rejects(resumed(t, true).task.failure(), { code: 'AUDIT_ERR_BLOCKED' })
})

test('what is no handle is refused', async (t) => {
  t.throws(() => resumeTask('7', () => { throw new Error('asked') }), { code: 'AUDIT_ERR_TASK' })
})
