// Protected types of objects, from the settings to the answer and the file: with a user that is
// found out later, over a real socket.
import { test } from 'tap'
import { auditedApp, listen } from '../support/audited-app.js'
import { SavedObjectsClient } from '../support/saved-objects.js'

const USERS: Readonly<Record<string, object>> = { jane: { name: 'jane', roles: ['editor'] }, root: { name: 'root', roles: ['admin'] } }

async function serve (t: Parameters<typeof auditedApp>[0], section: object) {
  const audited = await auditedApp(t, {
    section: { saved_objects: { protected: [{ types: ['key'], roles: ['admin'] }] }, http: { ignore_paths: ['/keys/9'] }, ...section },
    user: async request => { await new Promise(resolve => setTimeout(resolve, 10)); return USERS[String(request.headers['x-user'])] as never }
  })
  const client = new SavedObjectsClient()
  await client.create('key', { title: 'Master' }, { id: '9' })
  const { app } = audited
  app.get('/keys/:id', async request => request.audit.repository(client).get('key', (request.params as { id: string }).id))
  app.delete('/keys/:id', async request => app.audit.repository(client).delete('key', (request.params as { id: string }).id))
  const port = await listen(app)
  const ask = async (user: string, method = 'GET'): Promise<Response> => fetch(`http://127.0.0.1:${port}/keys/9`, { method, headers: { 'x-user': user } })
  return { ...audited, ask, client }
}

test('who has no role gets 403 and nothing else, and stands in the log; who has one gets what he asked for', async t => {
  const { ask, events, client } = await serve(t, {})
  for (const user of ['jane', 'nobody']) {
    for (const method of ['GET', 'DELETE']) {
      const response = await ask(user, method)
      t.equal(response.status, 403)
      const text = await response.text()
      t.match(text, 'AUDIT_ERR_PROTECTED')
      t.notMatch(text, /Master|admin/)
    }
  }
  t.equal((await ask('root')).status, 200)
  t.equal((await ask('root', 'DELETE')).status, 200)
  t.equal(client.size, 0)
  const told = (await events()).map(({ event, user, message }) => [event.action, event.outcome, (user as { name?: string } | undefined)?.name, message])
  const refused = (name: string | undefined, verb: string): unknown[] => [
    ['protected_object_attempt', 'failure', name, `Failed attempt to ${verb} protected key [id=9]`],
    [`saved_object_${verb === 'access' ? 'get' : verb}`, 'failure', name, `Failed attempt to ${verb} key [id=9]`]
  ]
  t.same(told, [
    ...refused('jane', 'access'), ...refused('jane', 'delete'), ...refused(undefined, 'access'), ...refused(undefined, 'delete'),
    ['saved_object_get', 'success', 'root', 'User has accessed key [id=9]'], ['saved_object_delete', 'unknown', 'root', 'User is deleting key [id=9]']
  ])
})

test('no filter silences a refusal; outside of requests nobody has a role', async t => {
  const { ask, events, app, client } = await serve(t, { ignore_filters: [{ actions: ['protected_object_attempt', 'saved_object_get'] }, { saved_object_types: ['key'] }] })
  t.equal((await ask('jane')).status, 403)
  t.same((await events()).map(({ event }) => event.action), ['protected_object_attempt', 'saved_object_get'])
  await t.rejects(app.audit.repository(client).get('key', '9'), { code: 'AUDIT_ERR_PROTECTED' })
  const task = app.audit.resumeTask(await app.audit.withoutRequest.task({ type: 'report' }))
  await t.rejects(task.audit.repository(client).get('key', '9'), { code: 'AUDIT_ERR_PROTECTED' })
})

test('a disabled log protects nothing, and refuses nothing', async t => {
  const { ask } = await serve(t, { enabled: false })
  t.equal((await ask('jane')).status, 200)
})
