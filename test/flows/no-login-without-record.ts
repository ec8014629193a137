// `on_failure.authentication: block` with a login function, on a disk that is really full: nobody
// gets in, or learns that a password is wrong, without a record. Over a real socket.
import { join } from 'node:path'
import { test } from 'tap'
import { auditAuthentication } from '../../lib/index.js'
import { auditedApp, eventually, listen, readEvents } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'

const PASSWORD = 'correct horse'

test('on a full disk a login is refused, right or wrong, and stands in the log when there is room again', async t => {
  const disk = await smallDisk(t)
  const fileName = join(disk.directory, 'audit.log')
  const { app } = await auditedApp(t, { section: { on_failure: { authentication: 'block' }, http: { ignore_paths: ['/login'] }, appender: { type: 'file', fileName, layout: { type: 'json' } } } })
  const login = auditAuthentication((password: string) => password === PASSWORD ? { name: 'jane' } : null, { provider: { type: 'basic', name: 'basic1' }, logger: () => app.audit.current() })
  app.post<{ Body: { password: string } }>('/login', async (request, reply) => await login(request.body.password) === null ? reply.code(401).send('wrong') : reply.header('set-cookie', 'session=1').send('you are in'))
  app.get('/', async () => 'here')
  const port = await listen(app)
  const post = async (password: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password }) })
  t.same([(await post(PASSWORD)).status, (await post('guess')).status], [200, 401])
  await disk.fill()
  await eventually(async () => { await fetch(`http://127.0.0.1:${port}/`); return app.audit.status().lastError !== null })
  const { written } = app.audit.status()
  for (const password of [PASSWORD, 'guess']) {
    const response = await post(password)
    const text = await response.text()
    t.match({ status: response.status, retryAfter: response.headers.get('retry-after'), text }, { status: 503, retryAfter: '10', text: /AUDIT_ERR_BLOCKED/ })
    t.equal(response.headers.get('set-cookie'), null, 'nobody is in')
    t.notMatch(text, /wrong|you are in/)
  }
  t.equal(app.audit.status().written, written, 'the disk was full all the time')
  await disk.free()
  t.ok(await eventually(async () => (await post(PASSWORD)).status === 200), 'logins work again by themselves')
  await app.audit.flush()
  const logins = readEvents(t, fileName).filter(({ event }) => event.action === 'user_login').map(({ event }) => event.outcome)
  t.same(logins.slice(0, 5), ['success', 'failure', 'success', 'failure', 'success'], 'the attempts that were refused are there')
})
