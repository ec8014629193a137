import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { test } from 'tap'
import { createCustomAppender, isShortForCustom } from '../../lib/appenders/custom.js'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'
import audit, { type AuditOptions } from '../../lib/index.js'
import { createMemoryAppender } from '../../lib/testing/memory-appender.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'

const FILE_APPENDER = `import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
export default function createAppender (config, { directory }) {
  let isClosed = false
  return {
    async append ({ bytes }) {
      if (isClosed) throw new Error('closed')
      appendFileSync(resolve(directory, config.path), bytes)
    },
    async close () { isClosed = true }
  }
}`

const custom = (directory: string, from: unknown, further: object = {}) => createCustomAppender({ type: 'custom', from, ...further }, surroundingsIn(directory))

test('a module keeps the contract', async t => {
  await appenderContract(t, async t => {
    const directory = t.testdir({ 'mine.mjs': FILE_APPENDER, 'audit.log': '' })
    return { appender: await custom(directory, './mine.mjs', { path: 'audit.log' }), read: async () => readFileSync(join(directory, 'audit.log'), 'utf8') }
  }, 'AUDIT_ERR_WRITE')
})

test('modules are found by path and by name, of every kind', async t => {
  const directory = t.testdir({
    'mine.cjs': 'module.exports = () => ({ async append () {}, async close () {} })',
    'compiled.cjs': 'exports.__esModule = true; exports.default = () => ({ async append () {}, async close () {} })',
    node_modules: {
      'one-mine': { 'package.json': '{"main":"./index.cjs"}', 'index.cjs': 'module.exports = () => ({ async append () {}, async close () {} })' },
      '@us': { appender: { 'package.json': '{"type":"module","main":"./index.js"}', 'index.js': 'export default async () => ({ async append () {}, async close () {} })' } }
    }
  })
  for (const from of ['./mine.cjs', './compiled.cjs', join(directory, 'mine.cjs'), 'one-mine', '@us/appender']) {
    const appender = await custom(directory, from)
    await appender.append(batchOf(['{}']))
    await appender.close()
  }
  t.pass('all of them')
})

test('what is no appender stops the start, with the place, what was expected and what came', async t => {
  const directory = t.testdir({
    'syntax.mjs': 'export default function (',
    'none.mjs': 'export const createAppender = () => {}',
    'nothing.mjs': 'export default () => {}',
    'half.mjs': 'export default () => ({ append () {} })',
    'fails.mjs': 'export default () => { throw new Error("no broker\\nforged") }'
  })
  const cases: [unknown, RegExp][] = [
    ['./missing.mjs', /^appender\.from: expected a module that can be loaded, got "\.\/missing\.mjs": Cannot find module/],
    ['no-such-package-anywhere', /a module that can be loaded, got "no-such-package-anywhere": /],
    ['./syntax.mjs', /a module that can be loaded/],
    ['./none.mjs', /^appender\.from: expected a module whose default export is a function createAppender\(config, surroundings\), got "\.\/none\.mjs"$/],
    ['./nothing.mjs', /expected a function that returns an appender, with append\(\) and close\(\)/],
    ['./half.mjs', /expected a function that returns an appender/],
    ['./fails.mjs', /expected an appender that can be opened, got "\.\/fails\.mjs": no broker$/],
    [() => null, /expected a function that returns an appender, with append\(\) and close\(\), got a function$/]
  ]
  for (const [from, message] of cases) {
    await t.rejects(custom(directory, from), { code: 'AUDIT_ERR_APPENDER_OPEN', message })
    const error = await custom(directory, from).catch(error => error)
    t.notMatch(error.message, /\n/)
  }
})

test('what it fails with is a failure to write, and its end does not throw', async t => {
  const directory = t.testdir()
  const cause = Object.assign(new Error('broker gone'), { linesWritten: 1 })
  const appender = await custom(directory, () => ({
    append () { throw cause },
    appendNow () { throw cause },
    async reopen () {},
    async close () {}
  }))
  await t.rejects(appender.append(batchOf(['a', 'b'])), { code: 'AUDIT_ERR_WRITE', message: 'the appender could not write: broker gone', linesWritten: 1, cause })
  t.equal(appender.appendNow!([batchOf(['a'])]), 0)
  await appender.reopen!()
  await appender.close()
})

test('settings name a module in the place of the type, and what they say besides is the module\'s', async t => {
  const directory = t.testdir({ 'audit.yml': 'xpack.security.audit:\n  enabled: true\n  appender:\n    type: ./mine.mjs\n    path: audit.log\n    nested: { deep: [1, 2] }\n' })
  const { settings, locate, deprecations } = readSettings('audit.yml', auditSchema, { directory, checks: settingChecks })
  t.same(settings.appender, { type: 'custom', from: './mine.mjs', path: 'audit.log', nested: { deep: [1, 2] }, layout: { type: 'json' } })
  t.same(deprecations, [], 'its path is not that of Kibana 7')
  t.match(locate('appender', 'from'), /audit\.yml:4:11 xpack\.security\.audit\.appender\.from$/)
})

test('a word that is no type is still refused, and so is a custom appender from nowhere or with a wrong layout', async t => {
  const faultOf = (appender: object): string => {
    try {
      readSettings({ appender }, auditSchema, { checks: settingChecks })
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  t.match(faultOf({ type: 'rolling-fil' }), /appender\.type: expected one of "console", .*"custom", got "rolling-fil"; did you mean "rolling-file"\?$/)
  t.match(faultOf({ type: 'custom' }), /appender\.from: expected a module such as "\.\/my-appender\.js", or in code an appender, got nothing$/)
  t.match(faultOf({ type: 'custom', from: 7 }), /appender\.from: expected a module such as "\.\/my-appender\.js", or in code an appender, got a value of type number$/)
  t.match(faultOf({ type: 'custom', from: '' }), /got an empty text$/)
  t.match(faultOf({ type: './mine.js', layout: { type: 'xml' } }), /appender\.layout\.type: expected one of "json", "pattern", got "xml"$/)
  t.match(faultOf({ type: 'file', fileName: 'a', path2: 1 }), /path2: unknown key for type "file"/)
  for (const [type, expected] of [['./a', true], ['../a.js', true], ['/a', true], ['@us/a', true], ['file', false], ['a/b', false], [7, false], [() => {}, true]]) {
    t.equal(isShortForCustom(type), expected, String(type))
  }
})

test('an object in the settings is an appender, with either spelling, also of a class', async t => {
  class Mine {
    readonly seen: string[] = []
    async append ({ bytes }: { readonly bytes: Buffer }): Promise<void> { this.seen.push(bytes.toString()) }
    async close (): Promise<void> {}
  }
  const mine = new Mine()
  const written: [object, { readonly lines: readonly string[] } | null][] = [createMemoryAppender(), createMemoryAppender()]
    .map((memory, index) => [index === 0 ? { type: 'custom', from: memory } : { type: memory, layout: { type: 'json' } }, memory])
  for (const [appender, memory] of [...written, [{ type: 'custom', from: mine }, null] as const]) {
    const app = Fastify()
    await app.register(audit, { config: { enabled: true, lifecycle_events: false, appender } as unknown as AuditOptions['config'] })
    app.get('/', async () => 'ok')
    await app.inject('/')
    await app.audit.flush()
    t.equal(app.audit.status().written, 1)
    if (memory !== null) t.match(memory.lines, [/"http_request"/])
    await app.close()
  }
  t.match(mine.seen.join(''), /"http_request"/)
})

test('a start that cannot load the module says where it is named', async t => {
  const directory = t.testdir({ 'audit.yml': 'xpack.security.audit:\n  enabled: true\n  appender:\n    type: ./missing.mjs\n' })
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => await app.register(audit, { config: join(directory, 'audit.yml') }), { code: 'AUDIT_ERR_APPENDER_OPEN', message: /audit\.yml:4:11 xpack\.security\.audit\.appender\.from: expected a module/ })
})
