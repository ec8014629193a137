import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { test } from 'tap'
import { startTransport } from '../../lib/appenders/pino-transport.js'
import { eventually } from '../support/audited-app.js'

test('lines go to the transport as they are, and the thread ends with it', async t => {
  const directory = t.testdir()
  const file = join(directory, 'copy.log')
  const transport = startTransport(pino, { target: 'pino/file', options: { destination: file }, directory })
  await transport.ready(20_000)
  await transport.write(Buffer.from('{"a":"ä"}\nno JSON\n'))
  await transport.write(Buffer.alloc(0))
  t.equal(transport.writeNow([Buffer.from('at once\n'), Buffer.from('{}\n')]), true)
  t.equal(readFileSync(file, 'utf8'), '{"a":"ä"}\nno JSON\nat once\n{}\n', 'while this thread stood still')
  await transport.end()
  t.equal(transport.writeNow([Buffer.from('too late\n')]), false)
})

test('what a transport fails with is what its callers get, told once, and never an uncaught exception', async t => {
  const directory = t.testdir({ 'fails.mjs': 'export default () => { throw new Error("no broker") }' })
  const told: string[] = []
  const transport = startTransport(pino, { target: './fails.mjs', options: {}, directory, failed: error => told.push(error.message) })
  await t.rejects(transport.ready(20_000), { message: 'no broker' })
  await t.rejects(transport.write(Buffer.from('x\n')), { message: 'no broker' })
  t.equal(transport.writeNow([Buffer.from('x\n')]), false)
  await eventually(() => told.length > 0)
  t.same(told, ['no broker'])
  // Many at once, so that some threads are over before they are asked to end.
  const reasons = await Promise.all(Array.from({ length: 30 }, () =>
    startTransport(pino, { target: './fails.mjs', options: {}, directory }).ready(20_000).catch((error: Error) => error.message)))
  t.same([...new Set(reasons)], ['no broker'], 'that the thread has ended is never told in place of why')
  t.throws(() => startTransport(pino, { target: 'pino-none', options: {}, directory }), /unable to determine transport target/)
  t.throws(() => startTransport(pino, { target: 'pino/file', options: { destination () {} }, directory }), /could not be cloned/)
})

test('a transport that waits for what a pino logger says of itself hears it', async t => {
  const directory = t.testdir({
    'asks.mjs': `import { writeFileSync } from 'node:fs'
      import build from ${JSON.stringify(import.meta.resolve('pino-abstract-transport'))}
      export default ({ file }) => build(source => { writeFileSync(file, source.messageKey + ' ' + source.levels.values.info) }, { expectPinoConfig: true })`
  })
  const file = join(directory, 'heard')
  const transport = startTransport(pino, { target: './asks.mjs', options: { file }, directory })
  await transport.ready(20_000)
  t.equal(readFileSync(file, 'utf8'), 'message 30')
  await transport.end()
})

test('one that is given up ends, whatever it is doing', async t => {
  const directory = t.testdir({ 'never.mjs': 'export default () => new Promise(() => { setInterval(() => {}, 1000) })' })
  const transport = startTransport(pino, { target: './never.mjs', options: {}, directory })
  await transport.ready(50)
  const writing = transport.write(Buffer.from('x\n'))
  transport.abandon()
  await t.rejects(writing)
})
