// docs/correlation.md: its jq lines are run over a log that an application has just written and over
// one that a service has written in Elasticsearch's manner; its other queries name fields that are there.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import audit, { crudOperations } from '../../lib/index.js'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const page = readFileSync(join(ROOT, 'docs/correlation.md'), 'utf8')
const blocks = (language: string): string[] => [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code!.trim())

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SHIPPED = ['@timestamp', 'trace.id', 'kibana.session_id', 'event.id', 'event.action', 'event.outcome', 'event.category', 'user.name', 'message', 'elasticsearch.audit.opaque_id', 'elasticsearch.audit.action', 'elasticsearch.audit.indices']

/** Writes a line as Elasticsearch does for a request over REST. */
async function startElasticsearch (t: Test, file: string): Promise<string> {
  const server = createServer(({ method, url, headers }, response) => {
    appendFileSync(file, JSON.stringify({
      type: 'audit', timestamp: new Date().toISOString().replace('.', ',').replace('Z', '+0000'), 'event.type': 'rest', 'event.action': 'authentication_success', 'user.name': 'app', 'request.method': method, 'url.path': url, opaque_id: headers['x-opaque-id'], 'trace.id': headers.traceparent?.toString().split('-')[1]
    }) + '\n')
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('the questions of the page are answered from real logs', async t => {
  if (await run('jq', ['--version']).then(() => false, () => true)) {
    t.pass('the questions of the page were not asked: jq is not installed on this machine', { skip: true })
    return
  }
  const folder = t.testdir()
  mkdirSync(join(folder, 'logs'))
  const elasticsearch = await startElasticsearch(t, join(folder, 'es_audit.json'))
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(audit, {
    config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: join(folder, 'logs/audit.log'), layout: { type: 'json' } } },
    user: ({ headers }) => ({ name: String(headers['x-user']) }),
    session: ({ headers }) => `s-${headers['x-user']}`
  })
  app.delete<{ Params: { id: string } }>('/notes/:id', async (request) => {
    const call = async (method: string, path: string): Promise<void> => { await fetch(elasticsearch + path, { method, headers: { ...request.audit.traceHeaders() } }) }
    const notes = {
      async delete (id: string) {
        await call('GET', '/_security/user/_has_privileges')
        if (id === '7') throw Object.assign(new Error('Joe may not'), { statusCode: 403 })
        await call('DELETE', `/notes/_doc/${id}`)
      }
    }
    await request.audit.repository(notes, { operations: crudOperations({ type: 'note' }) }).delete(request.params.id)
    return {}
  })
  const ask = (user: string, url: string, traceparent?: string) => app.inject({ method: 'DELETE', url, headers: { 'x-user': user, ...traceparent !== undefined && { traceparent } } })
  await ask('joe', '/notes/1')
  await ask('jane', '/notes/2')
  t.equal((await ask('joe', '/notes/7', `00-${TRACE}-00f067aa0ba902b7-01`)).statusCode, 403)
  await app.audit.flush()

  const questions = blocks('sh')
  t.equal(questions.length, 6)
  const answers: string[][] = []
  for (const question of questions) {
    const { stdout } = await run('sh', ['-ec', question], { cwd: folder, env: { ...process.env, TRACE } })
    answers.push(stdout.trimEnd().split('\n'))
  }
  const [refused, ofTheRequest, inElasticsearch, both, behind, session] = answers as [string[], string[], string[], string[], string[], string[]]
  t.match(refused, [new RegExp(`^\\d{4}-.*Z\\tjoe\\tnote_delete\\t${TRACE}$`)])
  t.same(ofTheRequest.map(line => (JSON.parse(line) as unknown[]).slice(0, 2)), [['http_request', 'unknown'], ['note_delete', 'unknown'], ['note_delete', 'failure']])
  t.match(inElasticsearch.map(line => JSON.parse(line) as unknown), [['authentication_success', 'GET', '/_security/user/_has_privileges', 'app']])
  t.same(both.map(line => line.split('\t')[1]).sort(), [...ofTheRequest.map(line => (JSON.parse(line) as string[])[0]!), 'authentication_success'].sort())
  const times = both.map(line => line.split('\t')[0]!)
  for (const time of times) t.match(time, /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/)
  t.same(times, [...times].sort())
  t.same(behind.map(line => line.split('\t')[1]).sort(), ['jane', 'joe', 'joe'])
  t.ok(session.length >= 4)
  for (const line of session) t.equal((JSON.parse(line) as string[])[1], 'joe')
})

test('the queries for an index name fields that are in one, and the trace that the page shows', async t => {
  const queries = [...blocks('kql'), ...blocks('esql'), ...blocks('json'), ...blocks('lucene')]
  t.equal(queries.length, 8)
  for (const query of queries) {
    const named = query.match(/@timestamp|\b(?:[a-z]+\.)+[a-z_]+\b(?!-)/g) ?? []
    t.ok(named.length > 0)
    for (const field of named) t.ok(SHIPPED.includes(field), field)
    if (query.includes('trace.id')) t.match(query, TRACE)
  }
  for (const query of blocks('json')) t.doesNotThrow(() => JSON.parse(query))
})

test('links lead to pages and headings that are there', async t => {
  for (const [link, file = '', anchor] of page.matchAll(/\]\(([\w/-]+\.md)(?:#([^)]*))?\)/g)) {
    const headings = [...readFileSync(join(ROOT, 'docs', file), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'))
    t.ok(anchor === undefined || headings.includes(anchor), link)
  }
})
