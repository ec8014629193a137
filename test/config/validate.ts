import { test } from 'tap'
import { problemLine } from '../../lib/config/messages.js'
import { readObject } from '../../lib/config/object.js'
import { buildTree } from '../../lib/config/setting-tree.js'
import { EACH, EACH_KEY, runChecks, type SettingCheck, validate } from '../../lib/config/validate.js'

const box = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'size'],
  properties: { type: { const: 'box' }, size: { type: 'string', title: 'a size such as "1mb"', pattern: '^[0-9]+mb$' }, max: { type: 'integer', minimum: 1, maximum: 9 } }
}
const bag = { type: 'object', additionalProperties: false, required: ['type'], properties: { type: { const: 'bag' } } }
const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    enabled: { type: 'boolean' },
    count: { type: 'integer' },
    share: { type: 'number', minimum: 0 },
    hook: { enum: ['onRequest', 'preHandler'] },
    never: { const: false, title: 'false, because there is nothing to switch on' },
    names: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true, minItems: 1 },
    container: { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf: [box, bag] },
    either: { title: 'a or b', anyOf: [{ type: 'object', required: ['a'] }, { type: 'object', required: ['b'] }] },
    own: { type: 'object' },
    limits: { type: 'object', minProperties: 1, properties: { low: { type: 'integer' }, high: { type: 'integer' } } },
    apiToken: { type: 'integer' },
    ssl: { type: 'object', properties: { passphrase: { type: 'array', items: { type: 'integer' } } } }
  }
}

/** `${name}`, kept apart from template strings. */
const reference = (name: string) => '$' + `{${name}}`
const treeOf = (config: object, env = {}) => buildTree(readObject(config), [], env).tree
const errorsOf = (config: object, env = {}) => validate(treeOf(config, env), schema).problems.map((problem) => problemLine(problem, []).replace(/^config /, ''))

test('settings that are right have no errors', async (t) => {
  t.same(errorsOf({}), [])
  t.same(errorsOf({ enabled: true, count: 1, hook: 'preHandler', names: ['a'], container: { type: 'box', size: '1mb' }, either: { b: 1 }, limits: { low: 1 } }), [])
})

test('each kind of error says what was expected and what came', async (t) => {
  const cases: [object, string][] = [
    [{ enabled: 'yes' }, 'enabled: expected true or false, got "yes"'],
    [{ enabled: null }, 'enabled: expected true or false, got nothing'],
    [{ enabled: { a: 1 } }, 'enabled: expected true or false, got an object'],
    [{ enabled: [true] }, 'enabled: expected true or false, got a list'],
    [{ enabled: new Date(0) }, 'enabled: expected true or false, got an instance of a class'],
    [{ enabled: () => {} }, 'enabled: expected true or false, got a function'],
    [{ count: 1.5 }, 'count: expected a whole number, got 1.5'],
    [{ count: 10n }, 'count: expected a whole number, got 10'],
    [{ share: -1 }, 'share: expected a number of at least 0, got -1'],
    [{ hook: 'onrequest' }, 'hook: expected one of "onRequest", "preHandler", got "onrequest"; did you mean "onRequest"?'],
    [{ hook: 'x' }, 'hook: expected one of "onRequest", "preHandler", got "x"'],
    [{ never: true }, 'never: expected false, because there is nothing to switch on, got true'],
    [{ names: 'a' }, 'names: expected a list, got "a"'],
    [{ names: [] }, 'names: expected a list of at least 1, got an empty list'],
    [{ names: ['a', ''] }, 'names[1]: expected a text that is not empty, got ""'],
    [{ names: ['a', 'b', 'a'] }, 'names: expected a list without repetitions, got entry 0 again as entry 2'],
    [{ container: 'box' }, 'container: expected an object whose type is one of "box", "bag", got "box"'],
    [{ container: { type: 'bags' } }, 'container.type: expected one of "box", "bag", got "bags"; did you mean "bag"?'],
    [{ container: { size: '1mb' } }, 'container.type: expected one of "box", "bag", got nothing'],
    [{ container: { type: 7 } }, 'container.type: expected one of "box", "bag", got 7'],
    [{ container: { type: 'box' } }, 'container.size: expected a size such as "1mb", got nothing'],
    [{ container: { type: 'box', size: '10 parsecs' } }, 'container.size: expected a size such as "1mb", got "10 parsecs"'],
    [{ container: { type: 'box', size: '1mb', max: 10 } }, 'container.max: expected a whole number from 1 to 9, got 10'],
    [{ container: { type: 'bag', size: '1mb' } }, 'container.size: unknown key for type "bag", expected one of type'],
    [{ either: { c: 1 } }, 'either: expected a or b, got an object'],
    [{ limits: {} }, 'limits: expected at least 1 of the keys low, high, got an empty object'],
    [{ hok: 'onRequest' }, `hok: unknown key, expected one of ${Object.keys(schema.properties).join(', ')}; did you mean "hook"?`],
    [{ 'a\nb': 1 }, `"a\\nb": unknown key, expected one of ${Object.keys(schema.properties).join(', ')}`]
  ]
  for (const [config, expected] of cases) t.same(errorsOf(config), [expected], expected)
})

test('what is no setting is refused also where a schema takes anything', async (t) => {
  const circle: Record<string, unknown> = {}
  circle.again = circle
  t.same(errorsOf({ own: { made: new Date(0), list: [1, new Map()], circle } }), [
    'own.made: expected a plain value, got an instance of a class',
    'own.list[1]: expected a plain value, got an instance of a class',
    'own.circle.again: expected a plain value, got a circular reference'
  ])
  t.same(errorsOf({ own: { a: [1, null, () => {}] } }), [])
})

test('all errors come at once', async (t) => {
  t.equal(errorsOf({ enabled: 1, count: 'x', names: [1, 2], container: { type: 'box', size: 1, max: 0, more: 1 } }).length, 7)
})

test('an error is one short line, whatever came', async (t) => {
  const [line] = errorsOf({ count: `a\nb${'x'.repeat(1000)}` })
  t.notMatch(line, '\n')
  t.equal(line?.length, 'count: expected a whole number, got "a\\nb'.length + 97 + '…"'.length)
})

test('what looks like a secret is never shown', async (t) => {
  t.same(errorsOf({ apiToken: 'hunter2' }), ['apiToken: expected a whole number, got a value that is not shown here'])
  t.same(errorsOf({ ssl: { passphrase: ['hunter2'] } }), ['ssl.passphrase[0]: expected a whole number, got a value that is not shown here'])
})

test('the value of a variable is never shown', async (t) => {
  const env = { VALUE: 'hunter2', HOOK: 'onrequest', REPEATED: 'hunter2' }
  const config = { enabled: reference('VALUE'), hook: reference('HOOK'), container: { type: `a-${reference('VALUE')}` }, names: [reference('VALUE'), reference('REPEATED')] }
  const errors = errorsOf(config, env)
  t.equal(errors.length, 4)
  t.match(errors, [`enabled: expected true or false, got "${reference('VALUE')}"`, `hook: expected one of "onRequest", "preHandler", got "${reference('HOOK')}"`])
  t.notMatch(errors.join('\n'), /hunter2|did you mean/)
})

test('a variable may stand for a boolean or a number, other text may not', async (t) => {
  const config = { enabled: reference('ON'), count: reference('COUNT'), never: reference('OFF'), container: { type: 'box', size: '1mb', max: reference('COUNT') }, names: [reference('ON')], ssl: { passphrase: [1, reference('COUNT')] } }
  const { value, problems } = validate(treeOf(config, { ON: 'true', OFF: 'false', COUNT: '7' }), schema)
  t.same(problems, [])
  t.same(value, { enabled: true, count: 7, never: false, container: { type: 'box', size: '1mb', max: 7 }, names: ['true'], ssl: { passphrase: [1, 7] } })
  t.same(errorsOf({ enabled: 'true' }), ['enabled: expected true or false, got "true"'])
  t.same(errorsOf({ count: `1${reference('COUNT')}` }, { COUNT: '7' }).length, 1, 'only a reference that stands alone')
  t.same(errorsOf({ limits: { low: reference('BAD') }, enabled: reference('ON') }, { ON: 'true', BAD: 'x' }).length, 1)
})

test('a variable that is not set is reported once, not again for its type', async (t) => {
  t.same(errorsOf({ enabled: reference('UNSET'), container: { type: reference('UNSET') }, count: 'x' }), ['count: expected a whole number, got "x"'])
})

test('checks of the parts run where the schema has found nothing wrong', async (t) => {
  const seen: unknown[] = []
  const checks = [{ path: ['hook'], fault: (value: unknown) => { seen.push(value); return 'expected better, got this' } }]
  const tree = treeOf({ hook: 'onRequest' })
  t.match(runChecks(tree, checks, []), [{ path: ['hook'], message: 'expected better, got this' }])
  t.same(runChecks(treeOf({}), checks, []), [], 'not for a setting that is left out')
  t.same(runChecks(tree, checks, validate(treeOf({ hook: 'none' }), schema).problems), [])
  t.same(seen, ['onRequest'])
  t.same(runChecks(tree, [{ path: ['hook'], fault: () => null }], []), [])
})

test('a check of each item of a list passes over the items in which something is wrong already', async (t) => {
  const checks: SettingCheck[] = [{ path: ['names', EACH], fault: (value: unknown) => value === 'a' ? null : `expected better, got ${JSON.stringify(value)}` }]
  const found = (config: object) => runChecks(treeOf(config), checks, validate(treeOf(config), schema).problems).map(({ path, message }) => [path, message])
  t.same(found({ names: ['a', 'b', 1, 'c'] }), [[['names', 1], 'expected better, got "b"'], [['names', 3], 'expected better, got "c"']])
  for (const config of [{}, { names: 'b' }, { names: [] }, { names: { 0: 'b' } }]) t.same(found(config), [], JSON.stringify(config))
})

test('a check of each key of an object sees none of a list, and one beside all settings sees them', async (t) => {
  const checks: SettingCheck[] = [{ path: ['limits', EACH_KEY], beside: [], fault: (value, all) => `${JSON.stringify(value)} of ${JSON.stringify(all)}` }]
  const found = (config: object): unknown => runChecks(treeOf(config), checks, validate(treeOf(config), schema).problems).map(({ path, message }) => [path, message])
  t.same(found({ limits: { low: 1, high: 2 } }), [[['limits', 'low'], '1 of {"limits":{"low":1,"high":2}}'], [['limits', 'high'], '2 of {"limits":{"low":1,"high":2}}']])
  for (const config of [{}, { limits: [1] }, { limits: {} }, { limits: { low: 1 }, count: 'many' }]) t.same(found(config), [], JSON.stringify(config))
})

test('a check of two settings sees both, and waits until both are right', async (t) => {
  const seen: unknown[] = []
  const checks = [{ path: ['names'], beside: ['count'], fault: (...[value, beside, , path]: unknown[]) => { seen.push([value, beside, path]); return null } }]
  runChecks(treeOf({ names: ['a'], count: 1 }), checks, [])
  runChecks(treeOf({ names: ['b'] }), checks, [])
  t.same(seen.splice(0), [[['a'], 1, ['names']], [['b'], undefined, ['names']]], 'the other one may be left out')
  for (const config of [{ count: 1 }, { names: [1], count: 1 }, { names: ['a'], count: 'one' }]) runChecks(treeOf(config), checks, validate(treeOf(config), schema).problems)
  t.same(seen, [])
})

test('a check that quotes the value of a variable is not repeated', async (t) => {
  const checks: SettingCheck[] = [{ path: ['names', EACH], fault: () => 'got hunter2' }]
  const [problem] = runChecks(treeOf({ names: [reference('VALUE')] }, { VALUE: 'hunter2' }), checks, [])
  t.equal(problem?.message, `expected a value that is accepted here, got another one from "${reference('VALUE')}"`)
})
