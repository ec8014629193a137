// docs/testing.md and docs/extending.md: the test of an application runs as it stands, and the appender is one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import assert from 'node:assert/strict'
import { test } from 'tap'
import audit, { crudOperations } from '../../lib/index.js'
import * as testing from '../../lib/testing.js'

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')
const blocksOf = (text: string): string[] => [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)

interface Run { readonly title: string, readonly body: () => Promise<void> }

/** Runs a sample, without its imports, and gives the tests that it declares. */
async function testsOf (code: string, given: Readonly<Record<string, unknown>>): Promise<Run[]> {
  const runs: Run[] = []
  const names = { ...given, test: (title: string, body: () => Promise<void>) => { runs.push({ title, body }) } }
  const run = new Function(...Object.keys(names), `return (async () => {${code.replace(/^import .*$/gm, '')}})()`) as (...values: unknown[]) => Promise<void>
  await run(...Object.values(names))
  return runs
}

test('the test of an application holds, and fails when something else is recorded', async t => {
  const code = blocksOf(page('testing.md'))[0]!
  t.match(code, /from 'fastify-audit\/testing'/)
  const given = { assert, audit, crudOperations, ...testing, Fastify }
  for (const { title, body } of await testsOf(code, given)) {
    await body()
    t.pass(title)
  }
  const [first] = await testsOf(code.replace("name: 'ada' }, kibana", "name: 'bob' }, kibana"), given)
  await t.rejects(first!.body(), { code: 'ERR_ASSERTION', message: /'ada'[^]*'bob'/ })
})

test('the sample of an appender keeps the contract, as the page holds it', async t => {
  const sent: Buffer[] = []
  let isClosed = false
  const client = { async send (bytes: Buffer) { if (isClosed) throw new Error('closed'); sent.push(bytes) }, async end () { isClosed = true } }
  const code = blocksOf(page('extending.md')).find(block => block.includes('createAppender'))!
  const make = new Function('createBrokerClient', `${code.replace(/^import .*$/gm, '').replace('export default', 'return')}`) as (connect: () => Promise<typeof client>) => Parameters<typeof testing.appenderContract>[0]
  const createAppender = make(async () => {
    isClosed = false
    sent.length = 0
    return client
  })
  const broker = { url: 'none', text: async () => Buffer.concat(sent).toString() }
  const runs = await testsOf(blocksOf(page('testing.md'))[1]!, { ...testing, createAppender, broker })
  t.equal(runs.length, 8)
  for (const { title, body } of runs) {
    await body()
    t.pass(title)
  }
})
