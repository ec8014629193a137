// The example with the `on_failure` lines of its audit.yml uncommented, and its audit log on a
// disk that is full. Needs dist/, as the example does.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { eventually } from '../support/audited-app.js'
import { createClient, EXAMPLE, start } from '../support/example.js'
import { smallDisk } from '../support/faults.js'

// Others cannot have a disk of their own, and a limit on files would stop the database as well.
const skip = process.geteuid!() === 0 ? false : 'only a superuser can mount a small disk'

test('while the audit log cannot be written, the example refuses what its audit.yml says, and says so', { skip }, async t => {
  const disk = await smallDisk(t)
  const folder = t.testdir({ example: {}, run: {} })
  const example = join(folder, 'example')
  cpSync(EXAMPLE, example, { recursive: true })
  const yml = join(example, 'audit.yml')
  const settings = readFileSync(yml, 'utf8')
  const uncommented = settings.replaceAll(/^ {2}# (on_failure:| {2}(?:writes|reads|http|authentication): .*)$/gm, '  $1')
  t.equal(uncommented.split('\n').filter((line, index) => line !== settings.split('\n')[index]).length, 5)
  writeFileSync(yml, uncommented.replace('./logs/audit.log', join(disk.directory, 'audit.log')))

  const server = await start(t, join(folder, 'run'), {}, example)
  const emma = createClient(server.address)
  const victor = createClient(server.address)
  const plan = '/api/saved_objects/dashboard/plan'
  t.equal((await emma('POST', '/api/login', { name: 'emma', password: 'emma-may-edit' })).status, 200)
  t.equal((await emma('POST', plan, { attributes: { title: 'Plan' } })).status, 200)
  t.match(await emma('GET', '/health'), { status: 200, body: { status: 'ok', audit: 'ok' } })

  await disk.fill()
  const isRefused = async (): Promise<boolean> => (await emma('PUT', plan, { attributes: { title: 'Unrecorded' } })).status === 503
  t.ok(await eventually(isRefused))
  t.match(await eventually(() => readFileSync(join(folder, 'run/logs/app.log'), 'utf8').split('\n').find(line => line.includes('ENOSPC'))), /audit events cannot be written/)
  // The last line that found room may have been one of these.
  t.ok(await eventually(async () => (await victor('POST', '/api/login', { name: 'victor', password: 'victor-may-look' })).status === 503))
  t.ok(await eventually(async () => (await emma('GET', plan)).status === 503))
  for (const [method, path, body] of [['PUT', plan, { attributes: { title: 'Unrecorded' } }], ['GET', plan], ['GET', '/api/spaces/space'], ['POST', '/api/login', { name: 'victor', password: 'wrong' }], ['POST', '/api/logout', {}]] as const) {
    const { status, headers, body: told } = await emma(method, path, body)
    t.match([status, headers.get('retry-after'), told], [503, '10', { error: 'Service Unavailable', code: 'AUDIT_ERR_BLOCKED' }], `${method} ${path}`)
    t.notOk('attributes' in told)
    t.equal(headers.getSetCookie().length, 0)
  }
  t.match(await emma('GET', '/api/me'), { status: 200, body: { user: { name: 'emma' } } }, 'requests themselves go on')
  t.equal((await emma('GET', '/api/my_trail')).status, 200, 'the page goes on showing what is there')
  t.match(await emma('GET', '/health'), { status: 503, body: { status: 'unavailable', audit: 'blocked' } })

  await disk.free()
  t.ok(await eventually(async () => (await emma('GET', '/health')).status === 200), 'it works again by itself')
  t.match(await emma('GET', plan), { status: 200, body: { attributes: { title: /Plan|Unrecorded/ } } })
  t.equal((await emma('PUT', plan, { attributes: { title: 'Recorded' } })).status, 200)
  t.equal(await server.stop(), 0)
  const lines = readFileSync(join(disk.directory, 'audit.log'), 'utf8').split('\n').slice(0, -1)
  t.ok(lines.every(line => JSON.parse(line)), 'whole lines')
})
