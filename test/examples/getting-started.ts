// docs/getting-started.md, done as it says: its files written into an empty folder, its server
// started, its curl and jq lines run by a shell. Needs dist/, which `npm test` builds first.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { test } from 'tap'
import { isOfARun } from '../support/audited-app.js'
import { assertEcs } from '../support/ecs.js'
import { spawnPlain } from '../support/plain-node.js'
import { freePort } from '../support/free-port.js'

const ROOT = join(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/getting-started.md'), 'utf8')
const samples = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text = '']) => ({ language, text }))
const run = promisify(execFile)
const has = (command: string): Promise<boolean> => run(command, ['--version']).then(() => true, () => false)

test('what the guide says is so', async (t) => {
  const folder = t.testdir()
  const port = await freePort()
  const onOurPort = (text: string): string => text.replaceAll('3000', String(port))

  for (const { text } of samples) {
    const name = /^(?:\/\/|#) ([\w-]+\.\w+)\n/.exec(text)?.[1]
    if (name !== undefined) writeFileSync(join(folder, name), onOurPort(text))
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/fastify-audit'))
  symlinkSync(join(ROOT, 'node_modules/fastify'), join(folder, 'node_modules/fastify'))

  const server = spawnPlain(['server.js'], ['ignore', 'ignore', 'pipe'], { cwd: folder })
  let said = ''
  server.stderr!.setEncoding('utf8').on('data', (text: string) => { said += text })
  const ended = once(server, 'close')
  t.teardown(async () => {
    server.kill()
    await ended
  })
  await waitUntil(async () => {
    if (server.exitCode !== null) throw new Error(`server.js ended: ${said}`)
    return fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)
  })

  if (!await has('curl')) {
    t.pass('the requests of the guide were not sent: curl is not installed on this machine', { skip: true })
    return
  }
  const lines = samples.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trimEnd().split('\n'))
  const requests = lines.filter((line) => line.startsWith('curl '))
  t.equal(requests.length, 5)
  const { stdout: answers } = await run('sh', ['-ec', requests.map((line) => `${onOurPort(line)}; echo`).join('\n')], { cwd: folder })
  t.match(answers.split('\n').slice(0, 5).map((line) => JSON.parse(line) as object), [
    { title: 'Buy milk' }, [{ title: 'Buy milk' }], { statusCode: 403, message: 'joe may not delete notes' }, { locked: true }, { statusCode: 401 }
  ])

  const log = join(folder, 'logs/audit.log')
  const readEvents = (): Record<string, unknown>[] => readFileSync(log, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>)
    // The question whether the server is up is not in the guide.
    .filter(({ url }) => (url as { path?: string } | undefined)?.path !== '/')
    .filter((event) => isOfARun(event as unknown as { event: { action: string } }))
  await waitUntil(async () => readEvents().length >= 9)
  const events = readEvents()
  for (const event of events) assertEcs(t, event)
  t.match(events, [
    { event: { action: 'http_request', outcome: 'unknown' }, user: { name: 'jane' } },
    { event: { action: 'note_create', outcome: 'unknown' }, user: { name: 'jane', roles: ['editor'] }, kibana: { saved_object: { type: 'note', name: 'Buy milk' } } },
    { event: { action: 'http_request' }, user: { name: 'joe' } },
    { event: { action: 'note_find', outcome: 'success' }, user: { name: 'joe' } },
    { event: { action: 'http_request' } },
    { event: { action: 'note_delete', outcome: 'failure' }, error: { code: 'Forbidden' }, kibana: { saved_object: { id: '7' } } },
    { event: { action: 'http_request' } },
    { event: { action: 'notes_lock' }, message: 'User is locking the notes' },
    { event: { action: 'http_request', outcome: 'failure' }, user: undefined, http: { response: { status_code: 401 } } }
  ])
  t.equal(events.length, 9)

  if (!await has('jq')) {
    t.pass('the questions of the guide were not asked: jq is not installed on this machine', { skip: true })
    return
  }
  const questions = lines.filter((line) => line.startsWith('jq '))
  t.equal(questions.length, 4)
  const asked = await Promise.all(questions.map(async (line) => (await run('sh', ['-ec', line], { cwd: folder })).stdout.trimEnd().split('\n')))
  const [inShort, refused, ofOneRequest, touched] = asked as [string[], string[], string[], string[]]
  t.match(inShort.at(-2), /^\d{4}-.*\tjane\tnotes_lock\tunknown\tUser is locking the notes$/)
  t.match(refused.map((line) => JSON.parse(line) as object).slice(-2), [{ user: 'joe', action: 'note_delete', error: { code: 'Forbidden' } }, { user: null, action: 'http_request', status: 401 }])
  t.match(ofOneRequest, ['User is requesting [/notes] endpoint', /^User is creating note \[id=.{36}\]$/])
  t.match(touched, [/1 jane\tnote_create\t.{36}/, /1 joe\tnote_delete\t7/, /1 joe\tnote_find\t.{36}/])
})

test('the pages that the guide leads to are there', async (t) => {
  for (const file of ['docs/getting-started.md', 'docs/examples/README.md', 'docs/examples/saved-objects/README.md']) {
    const folder = join(ROOT, file, '..')
    for (const [, target = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      t.ok(readFileSync(join(folder, target)), `${file} → ${target}`)
    }
  }
})

async function waitUntil (isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await isSo()) return
    await wait(50)
  }
}
