import { Ajv } from 'ajv'
import { test } from 'tap'
import { AUDIT_ERR_OPTION } from '../../lib/errors.js'
import { createLayout, layoutSchema, type LayoutConfig } from '../../lib/layouts/create.js'

const record = {
  '@timestamp': '2012-02-01T14:30:22.011Z',
  message: 'User is updating dashboard [id=1]',
  event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'dashboard_update', outcome: 'unknown' as const },
  ecs: { version: '9.4.0' },
  log: { level: 'INFO', logger: 'fastify-audit' },
  process: { pid: 5355 }
}

test('the json layout writes an object per line', async (t) => {
  const line = createLayout({ type: 'json' })(record, {})
  t.same(JSON.parse(line), record)
  t.equal(line.indexOf('\n'), line.length - 1)
})

test('the pattern layout takes its pattern and highlight, and Kibana\'s defaults without them', async (t) => {
  t.equal(createLayout({ type: 'pattern', pattern: '%pid %message' })(record, {}), '5355 User is updating dashboard [id=1]\n')
  t.match(createLayout({ type: 'pattern' })(record, {}), /^\[2012-02-01T[\d:.]+[+-]\d\d:\d\d\]\[INFO \]\[fastify-audit\] User is updating dashboard \[id=1\]\n$/)
  t.equal(createLayout({ type: 'pattern', pattern: '%logger', highlight: true })(record, {}), '\u001b[35mfastify-audit\u001b[39m\n')
})

test('a pattern that cannot be compiled is refused', async (t) => {
  t.throws(() => createLayout({ type: 'pattern', pattern: '%date{HH}' }), new AUDIT_ERR_OPTION(
    'layout.pattern: expected one of the date formats ISO8601, ISO8601_TZ, ABSOLUTE, UNIX, UNIX_MILLIS, got "HH" in "%date{HH}"'
  ))
})

test('the schema accepts both layouts, fills in their defaults and refuses anything else', async (t) => {
  const ajv = new Ajv({ discriminator: true, allErrors: true, strictRequired: false, useDefaults: true })
  const validateSettings = ajv.compile({ type: 'object', properties: { layout: layoutSchema } })
  const validate = (layout: unknown) => validateSettings({ layout })
  const config = { type: 'pattern' }
  t.ok(validate(config))
  t.same(config, { type: 'pattern', pattern: '[%date][%level][%logger] %message', highlight: false })
  const settings: { layout?: LayoutConfig } = {}
  t.ok(validateSettings(settings))
  t.same(settings, { layout: { type: 'json' } }, 'a layout need not be named')
  t.ok(validate({ type: 'json' }))
  t.notOk(validate({ type: 'xml' }))
  t.notOk(validate({}))
  t.notOk(validate({ type: 'json', pattern: '%message' }), 'a key of the other layout')
  t.notOk(validate({ type: 'pattern', pattern: '' }))
  t.notOk(validate({ type: 'pattern', pattern: 1 }))
  t.notOk(validate({ type: 'pattern', highlight: 'yes' }))
})
