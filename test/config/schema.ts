import { test } from 'tap'
import { Ajv } from 'ajv'
import type { JsonSchema } from '../../lib/config/json-schema.js'
import { readSettings } from '../../lib/config/read.js'
import type { AuditConfig, Settings } from '../../lib/config/schema.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'

const read = (config: object): Settings => readSettings(config, auditSchema, { env: {}, checks: settingChecks }).settings
const layout = { type: 'json' }

/** Every schema within a schema, with its path. */
function * everySchema (schema: JsonSchema, path = 'audit'): Generator<[string, JsonSchema]> {
  yield [path, schema]
  for (const [key, property] of Object.entries(schema.properties ?? {})) yield * everySchema(property, `${path}.${key}`)
  for (const [index, branch] of (schema.oneOf ?? []).entries()) yield * everySchema(branch, `${path}(${index})`)
  if (schema.items !== undefined) yield * everySchema(schema.items, `${path}[]`)
}

test('every object refuses unknown keys, every union says its type, every setting has a description', async (t) => {
  const properties = new Set<string>()
  for (const [path, schema] of everySchema(auditSchema)) {
    if (schema.oneOf !== undefined) t.match(schema, { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'] }, path)
    if (schema.properties === undefined) continue
    // The further settings of an appender of one's own are checked by nobody but itself.
    t.equal(schema.additionalProperties, schema.properties.type?.const === 'custom', path)
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      properties.add(`${path}.${key}`)
      if (property.const === undefined && property.oneOf === undefined && key !== 'strategy') t.type(property.description, 'string', `${path}.${key}`)
    }
  }
  t.ok(properties.size > 30)
})

test('every default is one that its own schema accepts', async (t) => {
  const ajv = new Ajv({ discriminator: true, strictTypes: false, strictRequired: false }).addKeyword('shorthand').addKeyword('textFor')
  for (const [path, schema] of everySchema(auditSchema)) {
    if (schema.default === undefined) continue
    t.equal(ajv.validate(schema, schema.default), true, path)
  }
})

test('what Kibana accepts is accepted', async (t) => {
  const accepted: AuditConfig[] = [
    { appender: { type: 'console', layout: { type: 'pattern' } } },
    { appender: { type: 'file', fileName: '/a/b.log', layout: { type: 'pattern', pattern: '%date{ISO8601_TZ}{America/Los_Angeles} %message', highlight: true } } },
    { appender: { type: 'rolling-file', fileName: 'a', layout: { type: 'json' }, policy: { type: 'size-limit' }, strategy: { type: 'numeric', pattern: '.%i' }, retention: { maxFiles: 365 } } },
    { appender: { type: 'rolling-file', fileName: 'a', layout: { type: 'json' }, policy: { type: 'time-interval', interval: '1w', modulate: false } } },
    { ignore_filters: [{ actions: ['http_request'], users: ['!/^svc/'] }] },
    { savedObjectDiff: { enabled: false, typesToInclude: ['dashboard'], fieldSizeLimit: '1kb' } },
    { savedObjectDiff: { enabled: true, typesToInclude: ['dashboard'] } },
    { enabled: true, include_saved_object_names: false },
    { durability: 'fsync', on_failure: 'block', queue: { max_bytes: '1mb', timeout: '5s' } },
    { durability: 'none', on_failure: { writes: 'stop' } }
  ]
  for (const config of accepted) t.doesNotThrow(() => read(config), JSON.stringify(config))
  t.equal(read({ appender: { type: 'rolling-file', fileName: 'a', layout } }).appender.type, 'rolling-file')
})

test('what cannot work is refused with the reason', async (t) => {
  const refused: [object, RegExp][] = [
    [{ savedObjectDiff: { enabled: true } }, /savedObjectDiff\.enabled: expected false, or beside it typesToInclude with at least one type, got true$/],
    [{ appender: { type: 'file', fileName: 'a', layout, policy: { type: 'size-limit' } } }, /appender\.policy: unknown key for type "file", expected one of type, fileName, layout, reopen_on_sighup$/],
    [{ appender: { type: 'otel', layout } }, /appender\.type: expected one of "console", "file", "rolling-file", "pino", "webhook", "custom", got "otel"$/],
    [{ appender: { type: 'rolling-file', fileName: 'a', layout, policy: { type: 'time-interval', interval: '90m' } } }, /policy\.interval: expected an interval .*, got "90m"$/],
    [{ appender: { type: 'rolling-file', fileName: 'a', layout, retention: {} } }, /retention: expected at least one of maxFiles, .*, got an empty object$/],
    [{ appender: { type: 'console', layout: { type: 'pattern', pattern: '%date{ISO}' } } }, /appender\.layout\.pattern: expected one of the date formats .*, got "ISO"/],
    [{ ignore_filters: [{}] }, /ignore_filters\[0\]: expected a rule with at least one of actions, .*, got an empty object$/],
    [{ ignore_filters: [{ users: ['/(?=a)/'] }] }, /ignore_filters\[0\]\.users\[0\]: expected a regular expression/],
    [{ durability: 'none', on_failure: 'block' }, /on_failure: expected "continue" or "stop" beside xpack\.security\.audit\.durability: none, .*, got "block"$/],
    [{ durability: 'sync' }, /durability: expected one of "none", "write", "fsync", got "sync"; did you mean "fsync"\?$/],
    [{ queue: { timeout: '10' } }, /queue\.timeout: expected a duration such as "24h", got "10"$/],
    [{ http: { ignore_paths: ['health'] } }, /http\.ignore_paths\[0\]: expected a path such as "\/health", got "health"$/]
  ]
  for (const [config, message] of refused) t.throws(() => read(config), { code: 'AUDIT_ERR_CONFIG', message }, String(message))
})

test('what only a part can check is told together with what the schema finds', async (t) => {
  const rules = [{ users: ['/(/', ''] }, { actions: [], paths: ['/api/'] }, { user: ['a'], users: ['/[/'] }]
  try {
    read({ ignore_filters: rules, requestId: { ipAllowlist: ['x', 5, '10.0.0.0/33'] } })
    t.fail('expected errors')
  } catch (error) {
    const keys = [...(error as Error).message.matchAll(/^config xpack\.security\.audit\.(\S+): /gm)].map(([, key]) => key).sort()
    t.same(keys, [
      'ignore_filters[0].users[0]', 'ignore_filters[0].users[1]', 'ignore_filters[1].actions', 'ignore_filters[1].paths[0]', 'ignore_filters[2].user', 'ignore_filters[2].users[0]',
      'requestId.ipAllowlist[0]', 'requestId.ipAllowlist[1]', 'requestId.ipAllowlist[2]'
    ])
  }
})
