import { test } from 'tap'
import { checkHandle, makeHandle, newTask } from '../../lib/trail/task-handle.js'

const facts = {
  user: { id: 'u_42', name: 'jane', roles: ['editor'] },
  kibana: { space_id: 'marketing', session_id: 's_9' },
  trace: { id: 'abc' },
  client: { ip: '192.0.2.7' }
}

test('a handle is plain JSON that comes back as it was, without the session and the address', async (t) => {
  const handle = makeHandle(newTask({ id: '7', type: 'report', name: 'Sales' }), facts)
  t.strictSame(handle, { version: 1, task: { type: 'report', id: '7', name: 'Sales' }, trace: { id: 'abc' }, user: facts.user, space_id: 'marketing' })
  t.strictSame(checkHandle(JSON.parse(JSON.stringify(handle))), handle)
  t.not(handle.user, facts.user)
  const least = makeHandle(newTask({}), {})
  t.match(least, { version: 1, task: { type: 'task', id: /^[0-9a-f-]{36}$/ }, trace: { id: /^[0-9a-f]{32}$/ } })
  t.strictSame(checkHandle(least), least)
})

test('what the application says of a task is text that can be stored and comes back', async (t) => {
  const handle = makeHandle(newTask({ id: '\ud800', name: 'x'.repeat(100_000) }), facts)
  t.strictSame(checkHandle(JSON.parse(JSON.stringify(handle))), handle)
  for (const task of [null, 'task', { id: 7 }, { id: '' }, { type: {} }, { name: 1 }, { colour: 'red' }]) {
    t.throws(() => newTask(task as never), { code: 'AUDIT_ERR_OPTION' }, JSON.stringify(task))
  }
})

test('what comes from outside is checked, and nothing of it stands in the error', async (t) => {
  const good = makeHandle(newTask({ id: '7' }), facts)
  const bad: unknown[] = [
    undefined, null, 'handle', [], {}, 7,
    { ...good, version: 2 }, { ...good, more: 's3cret' }, { ...good, task: undefined }, { ...good, task: { type: 'a' } },
    { ...good, task: { ...good.task, id: 7 } }, { ...good, task: { ...good.task, s3cret: 1 } }, { ...good, trace: 's3cret' }, { ...good, trace: {} },
    { ...good, trace: { id: 'x'.repeat(40_000) } }, { ...good, trace: { id: 's3cret\ud800' } },
    { ...good, user: 's3cret' }, { ...good, user: null }, { ...good, user: { name: ['s3cret'] } }, { ...good, user: { isAdmin: true } },
    { ...good, user: { roles: 'admin' } }, { ...good, user: { roles: [1] } }, { ...good, user: { roles: Array(20_000).fill('a') } }, { ...good, space_id: 1 },
    JSON.parse('{"__proto__":{"version":1},"version":1,"task":{"type":"a","id":"b"},"trace":{"id":"c"}}')
  ]
  for (const [index, handle] of bad.entries()) {
    try {
      checkHandle(handle)
      t.fail(`accepted number ${index}`)
    } catch (error) {
      const { code, statusCode, message } = error as { code: string, statusCode: number, message: string }
      t.same([code, statusCode], ['AUDIT_ERR_TASK', 400], `number ${index}`)
      t.notMatch(message, 's3cret')
    }
  }
})

test('what is changed after the check changes nothing', async (t) => {
  const given = { ...makeHandle(newTask({ id: '7' }), facts), user: { roles: ['editor'] } }
  const checked = checkHandle(given)
  given.user.roles.push('admin')
  t.same(checked.user, { roles: ['editor'] })
})
