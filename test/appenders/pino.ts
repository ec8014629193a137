import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import { createPinoAppender, type PinoConfig } from '../../lib/appenders/pino.js'
import audit, { type AuditOptions } from '../../lib/index.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { smallDisk } from '../support/faults.js'

const transport = (directory: string, target: string, options: object = {}, surroundings: object = {}) =>
  createPinoAppender({ type: 'pino', target, options } as PinoConfig, surroundingsIn(directory, surroundings))
const textOf = (file: string): string => readFileSync(file, 'utf8')

/** What is in a file when nothing comes any more: what is acknowledged is on its way. */
async function settledText (file: string): Promise<string> {
  let text = ''
  let since = Date.now()
  return await eventually(() => {
    const now = textOf(file)
    if (now !== text) since = Date.now()
    text = now
    return Date.now() - since > 500 ? { text } : null
  }).then(settled => settled!.text)
}

/** A transport that waits for more than its process has, or fails, as its options say. */
const ODD = `import { once } from 'node:events'
import { appendFileSync, existsSync } from 'node:fs'
import { Writable } from 'node:stream'
export default async function ({ file, fail, broken, hang, never }) {
  if (fail) throw new Error(fail)
  if (never) await new Promise(() => {})
  return new Writable({
    // It takes nothing ahead; by default that is 16 kB, and 64 from Node 22 on.
    highWaterMark: 1,
    write (chunk, _, done) {
      if (broken && existsSync(broken)) return done(new Error('EIO: the tape is torn'))
      if (hang && existsSync(hang)) return
      appendFileSync(file, chunk)
      done()
    }
  })
}`

test('a transport that writes to a file keeps the contract, but for the time at which a line is there', async t => {
  await appenderContract(t, async t => {
    const file = join(t.testdir({ 'audit.log': '' }), 'audit.log')
    return { appender: await transport(t.testdirName, 'pino/file', { destination: file }), read: async () => await settledText(file) }
  })
})

test('pino-roll rolls what it is handed, and every line is there', async t => {
  const folder = t.testdir()
  const appender = await transport(folder, 'pino-roll', { file: join(folder, 'copy'), size: '1k', extension: '.log' })
  const lines = Array.from({ length: 60 }, (_, line) => `{"line":${line},"text":"${'x'.repeat(40)}"}`)
  for (const line of lines) await appender.append(batchOf([line]))
  await appender.close()
  const files = readdirSync(folder).filter(name => name.startsWith('copy')).sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  t.ok(files.length > 1, files.join())
  t.same(files.flatMap(name => textOf(join(folder, name)).split('\n').slice(0, -1)), lines)
})

test('pino-pretty makes an event readable with the options that the docs name', async t => {
  const file = join(t.testdir(), 'pretty.log')
  const app = Fastify()
  const options = { destination: file, colorize: false, singleLine: true, messageKey: 'message', timestampKey: '@timestamp', levelKey: 'log.level', translateTime: false }
  await app.register(audit, { config: { enabled: true, lifecycle_events: false, durability: 'none', appender: { type: 'pino', target: 'pino-pretty', options } } as AuditOptions['config'] })
  await app.audit.withoutRequest.log({ message: 'User [jane] has logged in', event: { action: 'user_login', category: ['authentication'], outcome: 'success' }, user: { name: 'jane' } })
  await app.close()
  const line = textOf(file)
  t.match(line, /^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] .*User \[jane\] has logged in/)
  t.match(line, /"action":"user_login"/)
  t.notMatch(line, '"message"')
})

test('a transport of one\'s own is found by its path, and what cannot be started stops the start', async t => {
  const folder = t.testdir({ 'odd.mjs': ODD })
  const file = join(folder, 'own.log')
  const own = await transport(folder, './odd.mjs', { file })
  await own.append(batchOf(['{"line":1}']))
  await own.close()
  t.equal(textOf(file), '{"line":1}\n')
  for (const [target, options, message] of [
    ['pino-none', {}, /^appender\.target: expected a transport that can be found, got "pino-none": unable to determine transport target/],
    ['./none.mjs', {}, /expected a transport that can be started, got "\.\/none\.mjs": .*none\.mjs/],
    ['./odd.mjs', { fail: 'no broker\nforged' }, /^appender\.target: expected a transport that can be started, got "\.\/odd\.mjs": no broker$/],
    ['pino/file', { destination: join(folder, 'none/audit.log') }, /expected a transport that can be started, got "pino\/file": ENOENT/]
  ] as const) await t.rejects(transport(folder, target, options), { code: 'AUDIT_ERR_APPENDER_OPEN', message })
  const missing = Object.assign(new Error('Cannot find package \'pino\' imported from x\nrequire stack'), { code: 'ERR_MODULE_NOT_FOUND' })
  await t.rejects(createPinoAppender({ type: 'pino', target: 'pino/file' }, surroundingsIn(folder), () => Promise.reject(missing)),
    { code: 'AUDIT_ERR_PACKAGE', message: 'an appender of type "pino" needs the package pino, which cannot be loaded: it is not installed. Install it beside fastify-audit: npm install pino' })
})

test('a transport that fails is started anew, and what it had not acknowledged is handed over again', async t => {
  const folder = t.testdir({ 'odd.mjs': ODD })
  const [file, broken] = [join(folder, 'own.log'), join(folder, 'broken')]
  const appender = await transport(folder, './odd.mjs', { file, broken })
  await appender.append(batchOf(['first']))
  t.testdir({ 'odd.mjs': ODD, broken: '', 'own.log': 'first\n' })
  await t.rejects(appender.append(batchOf(['second'])), { code: 'AUDIT_ERR_WRITE', message: /^the pino transport "\.\/odd\.mjs" cannot write: (EIO: the tape is torn|its thread has ended)$/ })
  await t.rejects(appender.append(batchOf(['second'])), { code: 'AUDIT_ERR_WRITE' }, 'again, by another thread')
  t.testdir({ 'odd.mjs': ODD, 'own.log': 'first\n' })
  await appender.append(batchOf(['second']))
  t.equal(textOf(file), 'first\nsecond\n')
  await appender.close()
})

test('a full disk degrades the appender and nothing else, and it recovers by itself', async t => {
  const disk = await smallDisk(t)
  const folder = t.testdir()
  const app = Fastify()
  t.teardown(() => app.close())
  const main = join(folder, 'main.log')
  await app.register(audit, { config: { enabled: true, lifecycle_events: false, on_failure: 'block', appenders: { main: { type: 'file', fileName: main }, copy: { type: 'pino', target: 'pino/file', options: { destination: join(disk.directory, 'copy.log') }, on_failure: 'continue' } } } as AuditOptions['config'] })
  const say = (message: string): Promise<void> => app.audit.withoutRequest.log({ message, event: { action: 'a' } })
  await say('before')
  await eventually(() => app.audit.status().appenders.copy!.written === 1)
  await disk.fill(process.pid)
  // A file on it may grow to the end of its last page.
  await say('x'.repeat(30_000))
  await eventually(() => app.audit.status().appenders.copy!.state === 'degraded')
  const { state, appenders: { main: well, copy } } = app.audit.status()
  t.match({ state, well, copy }, { state: 'degraded', well: { state: 'ok', written: 2 }, copy: { durability: 'none', state: 'degraded', written: 1, queued: 1, lastError: { code: 'AUDIT_ERR_WRITE', message: new RegExp(disk.code) } } })
  await disk.free()
  await eventually(() => app.audit.status().state === 'ok')
  await app.audit.flush()
  t.match(textOf(join(disk.directory, 'copy.log')), /"message":"x{30000}".*\n$/)
  t.match(app.audit.status(), { accepted: 2, written: 2, lost: 0, queued: 0 })
})

test('one that hangs holds up neither the application nor its end, and its lines are lost and counted', async t => {
  const folder = t.testdir({ 'odd.mjs': ODD, hang: '' })
  const app = Fastify()
  await app.register(audit, { config: { enabled: true, lifecycle_events: false, queue: { timeout: '200ms' }, durability: 'none', appender: { type: 'pino', target: './odd.mjs', options: { file: join(folder, 'own.log'), hang: join(folder, 'hang') } } } as AuditOptions['config'] })
    .then(() => t.fail('a path starts from the working directory'), (error: unknown) => t.match(error, { code: 'AUDIT_ERR_APPENDER_OPEN' }))
  const again = Fastify()
  await again.register(audit, { config: { enabled: true, lifecycle_events: false, queue: { timeout: '200ms' }, durability: 'none', appender: { type: 'pino', target: join(folder, 'odd.mjs'), options: { file: join(folder, 'own.log'), hang: join(folder, 'hang') } } } as AuditOptions['config'] })
  await again.audit.withoutRequest.log({ message: 'x', event: { action: 'a' } })
  await eventually(() => again.audit.status().state === 'degraded')
  t.match(again.audit.status(), { lastError: { code: 'AUDIT_ERR_TIMEOUT' }, queued: 1 })
  await again.close()
  t.match(again.audit.status(), { accepted: 1, written: 0, lost: 1, queued: 0 })
})

test('one that never gets ready does not keep the application from starting', async t => {
  const folder = t.testdir({ 'odd.mjs': ODD })
  const appender = await transport(folder, './odd.mjs', { never: true })
  t.equal(appender.appendNow!([batchOf([])]), 0)
  const appended = appender.append(batchOf(['x']))
  appended.catch(() => {})
  let later = Date.now() + 5000
  const patient = await transport(folder, './odd.mjs', { never: true }, { now: () => later })
  patient.append(batchOf(['x'])).catch(() => {})
  later += 5000
  t.equal(patient.appendNow!([batchOf(['y'])]), 0, 'nor a process from leaving')
  await patient.close()
  await appender.close().catch(() => {})
})
