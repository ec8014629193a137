// Holds docs/configuration.md against the schema: whoever adds a setting has to say there
// what it does, and no default or example there can go stale.
import { test } from 'tap'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { rewriteSchema } from '../../lib/appenders/rewrite.js'
import { shippingProperties } from '../../lib/appenders/shipping/settings.js'
import { sslSchema } from '../../lib/appenders/ssl.js'
import type { JsonSchema } from '../../lib/config/json-schema.js'
import { readObject } from '../../lib/config/object.js'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'
import { buildTree, toPlain } from '../../lib/config/setting-tree.js'
import { expandShorthands } from '../../lib/config/shorthand.js'

const page = readFileSync('docs/configuration.md', 'utf8')
const env = { LOG_FOLDER: '/var/log', MONITORING_USER: 'monitor', AUDIT_KEY: 'k'.repeat(32) }

interface Setting { readonly key: string, readonly within: string, readonly schema: JsonSchema, readonly required: boolean }
interface Row { readonly key: string, readonly headings: readonly string[], readonly fallback: string, readonly meaning: string, readonly example: string }

/** What several types of appenders have in common stands once on the page, under a heading of its own. */
const { layout: _, ...shipping } = shippingProperties
const SHARED = new Map<unknown, string>([...Object.values(shipping).map((schema): [unknown, string] => [schema, 'shipping']), [sslSchema, 'ssl']])

/** Every setting; `within` is the type (`rolling-file`) or the top key whose heading it stands under. */
function settingsOf (schema: JsonSchema, path = '', within?: string): Setting[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]): Setting[] => {
    const key = path === '' ? name : `${path}.${name}`
    const type = schema.properties?.type?.const as string | undefined
    const isGroup = property.properties !== undefined && property.properties.type === undefined
    const heading = SHARED.get(property) ?? type ?? within ?? (isGroup || property.items?.properties !== undefined ? name : 'The section')
    const setting = { key, within: heading, schema: property, required: schema.required?.includes(name) === true }
    return [...isGroup ? [] : [setting], ...settingsOf(property, key, heading === 'The section' ? undefined : heading)]
  })
  const branches = (schema.oneOf ?? []).flatMap((branch) => settingsOf(branch, path, within))
  return [...own, ...branches, ...schema.items === undefined ? [] : settingsOf(schema.items, `${path}[]`, within)]
}

function rowsOf (markdown: string): Row[] {
  const headings: string[] = []
  return markdown.split('\n').flatMap((line) => {
    const heading = /^(#+) (.*)$/.exec(line)
    if (heading?.[1] !== undefined) headings.splice(heading[1].length - 1, Infinity, ...Array(Math.max(0, heading[1].length - 1 - headings.length)).fill(''), heading[2] ?? '')
    const cells = line.split('|').slice(1, -1).map((cell) => cell.trim())
    const [key = '', , fallback = '', meaning = '', example = ''] = cells
    return cells.length === 5 && /^`.*`$/.test(key) ? [{ key: key.slice(1, -1), headings: [...headings], fallback, meaning, example: example.slice(1, -1) }] : []
  })
}

const settings = [...new Map(settingsOf(auditSchema).map((setting) => [`${setting.within} ${setting.key}`, setting])).values()]
const rows = rowsOf(page)
const rowsFor = ({ key, within }: Setting) => rows.filter((row) => row.key === key && row.headings.includes(within))

test('every setting has one row under the heading of its type', async (t) => {
  t.ok(settings.length > 35, `${settings.length} settings`)
  for (const setting of settings) t.equal(rowsFor(setting).length, 1, `${setting.key} under ${setting.within}`)
  t.equal(rows.length, settings.length, 'and nothing else has one')
})

test('every default on the page is that of the schema', async (t) => {
  for (const setting of settings) {
    const fallback = rowsFor(setting)[0]?.fallback ?? ''
    const { key, schema, required } = setting
    if (required) t.equal(fallback, 'required', key)
    else if (schema.default === undefined) t.equal(fallback, '(none)', key)
    else if (typeof schema.default === 'string') t.equal(fallback, `\`${schema.default}\``, key)
    else t.same(parse(fallback.slice(1, -1)), schema.default, key)
  }
})

test('every setting but the types says what it means and has an example that is accepted', async (t) => {
  const ajv = new Ajv({ discriminator: true, strictTypes: false, strictRequired: false }).addKeyword('shorthand').addKeyword('textFor')
  for (const setting of settings) {
    const { key, schema } = setting
    const name = key.split('.').at(-1) ?? ''
    const row = rowsFor(setting)[0]
    const { tree } = buildTree(readObject(parse(row?.example ?? '') as Record<string, unknown>), [], {})
    expandShorthands(tree, { properties: { [name]: schema } })
    const example = toPlain(tree) as Record<string, unknown>
    t.same(Object.keys(example), [name], key)
    t.equal(ajv.validate(schema, example[name]), true, `${key}: ${row?.example}`)
    if (name !== 'type') t.ok((row?.meaning.length ?? 0) > 3, key)
  }
})

test('every appender, layout, policy and strategy has a heading of its name', async (t) => {
  const types = new Set(settings.filter(({ key }) => key.endsWith('type')).map(({ schema }) => schema.const))
  t.same([...types].sort(), ['console', 'custom', 'file', 'json', 'numeric', 'pattern', 'pino', 'rolling-file', 'size-limit', 'time-interval', 'webhook'])
  for (const type of types) t.match(page, new RegExp(`^#{3,4} ${type}$`, 'm'))
})

test('the settings of a rewrite, which stands under appenders only, are in its section', async (t) => {
  const [, section = ''] = /^### rewrite$(.*?)^### /ms.exec(page) ?? []
  const { policy, ...own } = rewriteSchema.properties
  const keys = [...Object.keys(own), ...Object.keys(policy.properties).map(key => `policy.${key}`), ...Object.keys(policy.properties.properties.items.properties).map(key => `policy.properties[].${key}`)]
  t.same([...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key), keys)
})

test('links within the page lead to a heading', async (t) => {
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'))
  for (const [link, anchor = ''] of page.matchAll(/\]\(#([^)]*)\)/g)) t.ok(anchors.includes(anchor), link)
})

test('every yml on the page is accepted', async (t) => {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)]
  t.ok(blocks.length >= 5)
  for (const [index, [, text = '']] of blocks.entries()) {
    const directory = t.testdir({ 'audit.yml': text })
    t.doesNotThrow(() => readSettings('audit.yml', auditSchema, { env, directory, checks: settingChecks }), `block ${index + 1}`)
  }
})

test('the errors on the page are the ones that its faulty yml gives', async (t) => {
  const [, yml = '', errors = ''] = /^```yml\n(.*?)^```\n\n```text\n(.*?)\n```$/ms.exec(page) ?? []
  const directory = t.testdir({ 'audit.yml': yml })
  try {
    readSettings('audit.yml', auditSchema, { env, directory, checks: settingChecks })
    t.fail('expected errors')
  } catch (error) {
    t.equal((error as Error).message.replaceAll(/^.*audit\.yml/gm, 'audit.yml'), errors)
  }
})
