// Holds docs/coverage.md: each test that it names exists, and so does each setting, call and
// event; each link leads somewhere.
import { existsSync, readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { test } from 'tap'
import * as audit from '../../lib/index.js'

const page = readFileSync('docs/coverage.md', 'utf8')
const rows = page.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| source |') && !line.startsWith('| --- '))
  .map(line => line.slice(2, -2).split(' | ').map(cell => cell.trim()))
const spansOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, span]) => span!)

test('each row says what serves it and which test proves that, or that it is missing', async t => {
  t.ok(rows.length > 80, String(rows.length))
  for (const row of rows) {
    const [source = '', here = '', proof = ''] = row
    t.equal(row.length, 3, source)
    if (proof === 'not yet') continue
    t.not(here, '', source)
    const tests = spansOf(proof)
    t.ok(tests.length > 0, `${source} has a test`)
    for (const file of tests) t.ok(/^test\/.*\.ts$/.test(file) && existsSync(file), file)
  }
})

/** The names of everything that can be called: exported, on a logger, on the instance, on a task. */
async function calls (): Promise<Set<string>> {
  const app = Fastify()
  const names = new Set<string>(Object.keys(audit))
  await app.register(audit.default, { config: { enabled: false } })
  app.get('/', async request => {
    for (let scope: object | null = request.audit; scope !== null && scope !== Object.prototype; scope = Object.getPrototypeOf(scope)) Object.getOwnPropertyNames(scope).forEach(name => names.add(name))
  })
  await app.inject('/')
  Object.keys(app.audit).forEach(name => names.add(name))
  await app.close()
  return names
}

test('each setting is documented, each call exists, each event has its section', async t => {
  const settings = new Set([...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, key]) => key!))
  const groups = new Set([...settings].flatMap(key => key.split('.').slice(0, -1).map((_part, i, parts) => parts.slice(0, i + 1).join('.'))))
  const events = new Set([...readFileSync('docs/events.md', 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, action]) => action!))
  const callable = await calls()
  // Values and fields that explain a setting.
  const words = new Set(['false', 'client.ip', 'user.id'])
  for (const [source, here] of rows) {
    for (const span of spansOf(here ?? '')) {
      t.ok(span.endsWith('()') ? callable.has(span.slice(0, -2)) : settings.has(span) || groups.has(span) || events.has(span) || words.has(span), `${span} (${source})`)
    }
  }
})

test('the links lead somewhere', async t => {
  for (const [, target = ''] of page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) t.ok(existsSync(`docs/${target}`), target)
})
