import { test } from 'tap'
import { join, relative } from 'node:path'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'

const read = (config: string | object, env: Record<string, string> = {}, directory?: string) =>
  readSettings(config, auditSchema, { env, directory, checks: settingChecks })
const fixture = (name: string) => join('test', 'fixtures', name)

test('a kibana.yml of 8.x works as it is', async (t) => {
  const { settings, deprecations } = read(fixture('kibana-8.yml'))
  t.same(deprecations, [])
  t.same(settings, {
    enabled: true,
    appender: {
      type: 'rolling-file',
      fileName: './logs/audit.log',
      policy: { type: 'time-interval', interval: '24h', modulate: true },
      strategy: { type: 'numeric', pattern: '-%i', max: 10 },
      layout: { type: 'json' }
    },
    routes: [],
    route_mode: 'first',
    durability: 'write',
    on_failure: { writes: 'continue', reads: 'continue', http: 'continue', authentication: 'continue' },
    queue: { max_bytes: '64mb', timeout: '10s' },
    max_event_bytes: '1mb',
    ignore_filters: [
      { actions: ['http_request', 'saved_object_find'] },
      { categories: ['database'], types: ['access'], outcomes: ['success', 'unknown'] },
      { spaces: ['default'], users: ['kibana_system', '/^svc-.+/'] }
    ],
    include_filters: [],
    allow_silencing_failures: [],
    fields: { include: [], exclude: [], hash: [] },
    include_saved_object_names: true,
    savedObjectDiff: { enabled: false, typesToInclude: [], fieldSizeLimit: '48kb', oldValues: true, fieldsToRedact: [] },
    lifecycle_events: true,
    authentication: { record_attempted_name: false },
    http: { hook: 'onRequest', ignore_paths: [], record: 'request', details: [], headers: [], body: { content_types: [], max_size: '2kb' }, redact: { query: [], headers: [], body: [] } },
    security: { missing_privileges: true, bad_requests: true, tls_errors: true, connection_events_per_second: 10, internal_headers: [], trusted_proxies: [], on_bad_headers: 'refuse' },
    requestId: { allowFromAnyIp: false, ipAllowlist: [] },
    saved_objects: { unaudited_read_types: ['config', 'telemetry'], name_attributes: {}, look_up_names: [], protected: [] }
  })
})

test('a kibana.yml of 9.x with mixed keys, anchors and variables works as it is', async (t) => {
  const { settings } = read(fixture('kibana-9.yml'), { AUDIT_ENABLED: 'true', LOG_FOLDER: '/var/log/kibana' })
  t.match(settings, { enabled: true, include_saved_object_names: false, ignore_filters: [{ actions: ['session_cleanup'] }] })
  t.same(settings.appender, {
    type: 'rolling-file',
    fileName: '/var/log/kibana/kibana_audit.json',
    layout: { type: 'json' },
    policy: { type: 'size-limit', size: '100mb' },
    strategy: { type: 'numeric', pattern: '.%i', max: 5 },
    retention: { removeOlderThan: '30d', maxAccumulatedFileSize: '2gb' }
  })
})

test('a kibana.yml of 7.x works as it is, with a warning for each old name', async (t) => {
  const { settings, deprecations } = read(fixture('kibana-7.yml'))
  t.match(settings.appender, { type: 'rolling-file', fileName: '/var/log/kibana/audit.log', policy: { type: 'time-interval', interval: '1d' }, strategy: { max: 2 } })
  const file = fixture('kibana-7.yml')
  t.same(deprecations, [
    `${file}:18:7 xpack.security.audit.appender.kind: "kind" is the name of Kibana 7.x, write "type"`,
    `${file}:19:7 xpack.security.audit.appender.path: "path" is the name of Kibana 7.x, write "fileName"`,
    `${file}:20:16 xpack.security.audit.appender.policy.kind: "kind" is the name of Kibana 7.x, write "type"`,
    `${file}:22:9 xpack.security.audit.appender.strategy.kind: "kind" is the name of Kibana 7.x, write "type"`,
    `${file}:26:9 xpack.security.audit.appender.layout.kind: "kind" is the name of Kibana 7.x, write "type"`
  ])
})

test('the section that the guide to Kibana shows works as it is, without a layout', async (t) => {
  const lines = [
    'xpack.security.audit.enabled: true',
    'xpack.security.audit.appender:',
    '  type: rolling-file',
    '  fileName: /path/to/kibana/data/audit.log',
    '  policy:',
    '    type: time-interval',
    '    interval: 24h',
    '  strategy:',
    '    type: numeric',
    '    max: 10',
    'xpack.security.audit.ignore_filters:',
    '  - actions: [saved_object_find]',
    '    categories: [database]'
  ]
  const directory = t.testdir({ 'kibana.yml': lines.join('\n') })
  const { settings, deprecations } = read('kibana.yml', {}, directory)
  t.same(deprecations, [])
  t.equal(settings.enabled, true)
  t.same(settings.appender, {
    type: 'rolling-file',
    fileName: '/path/to/kibana/data/audit.log',
    layout: { type: 'json' },
    policy: { type: 'time-interval', interval: '24h', modulate: true },
    strategy: { type: 'numeric', pattern: '-%i', max: 10 }
  })
  t.same(settings.ignore_filters, [{ actions: ['saved_object_find'], categories: ['database'] }])
})

test('the section as an object means the same as in a yml, and is left as it is', async (t) => {
  const config = { enabled: true, 'appender.type': 'file', appender: { fileName: 'a.log', 'layout.type': 'json' }, http: { hook: undefined } }
  const { settings } = read(Object.freeze(config))
  t.same(settings.appender, { type: 'file', fileName: 'a.log', layout: { type: 'json' }, reopen_on_sighup: false })
  t.equal(settings.http.hook, 'onRequest')
  t.same(read({ appender: { type: 'console' } }).settings.appender, { type: 'console', layout: { type: 'json' } }, 'a layout need not be named')
  t.throws(() => read({ http: new Map([['hook', 'preHandler']]) }), { message: 'config xpack.security.audit.http: expected an object, got an instance of a class' })
  t.throws(() => read({ appender: { type: 'file', kind: 'file', fileName: 'a' } }), {
    message: 'config xpack.security.audit.appender.kind: expected either "type" or its old name "kind", got both'
  })
})

test('without settings auditing is off, and what it would be is Kibana\'s default', async (t) => {
  const { settings } = read({})
  t.equal(settings.enabled, false)
  t.same(settings.appender, {
    type: 'rolling-file',
    fileName: './logs/audit.log',
    layout: { type: 'json' },
    policy: { type: 'time-interval', interval: '24h', modulate: true },
    strategy: { type: 'numeric', pattern: '-%i', max: 10 }
  })
})

test('all errors come at once, in the order of the file, each with its place', async (t) => {
  const directory = t.testdir({
    'audit.yml': [
      'xpack.security.audit:', '  enabled: maybe', '  apender: {type: file}', '  appender:', '    type: rolling-file',
      '    fileName: ./logs/audit.log', '    layout.type: json', '    policy:', '      type: size-limit', '      size: 10 parsecs',
      '    strategy: {type: numeric, max: 1000}', '  ignore_filters:', '    - users: ["/(/"]', '  enabled: true', '  http.hook: ' + '$' + '{UNSET}'
    ].join('\n')
  })
  const file = relative(process.cwd(), join(directory, 'audit.yml'))
  t.throws(() => read('audit.yml', {}, directory), {
    code: 'AUDIT_ERR_CONFIG',
    message: [
      `${file}:2:12 xpack.security.audit.enabled: expected true or false, got "maybe"`,
      `${file}:3:3 xpack.security.audit.apender: unknown key, expected one of enabled, appender, appenders, routes, route_mode, fallback, durability, lifecycle_events, on_failure, queue, max_event_bytes, ignore_filters, include_filters, allow_silencing_failures, fields, include_saved_object_names, savedObjectDiff, authentication, http, security, requestId, saved_objects; did you mean "appender"?`,
      `${file}:10:13 xpack.security.audit.appender.policy.size: expected a size such as "100mb", got "10 parsecs"`,
      `${file}:11:36 xpack.security.audit.appender.strategy.max: expected a number from 1 to 100, got 1000`,
      `${file}:13:15 xpack.security.audit.ignore_filters[0].users[0]: expected a regular expression (RE2) between slashes such as "/^svc-/", got "/(/": error parsing regexp: missing closing ): \`(\``,
      `${file}:14:3 xpack.security.audit.enabled: expected the setting once, got it twice: first at ${file}:2:3`,
      `${file}:15:14 xpack.security.audit.http.hook: expected the environment variable UNSET to be set, got nothing for ${'$'}{UNSET}`
    ].join('\n')
  })
})

test('a file that cannot be read is an error that names it', async (t) => {
  const directory = t.testdir({ folder: {} })
  t.throws(() => read('missing.yml', {}, directory), { code: 'AUDIT_ERR_CONFIG_READ', message: /got "missing\.yml": ENOENT/, cause: { code: 'ENOENT' } })
  t.throws(() => read('folder', {}, directory), { code: 'AUDIT_ERR_CONFIG_READ', message: /got "folder": it is a directory/, cause: { code: 'EISDIR' } })
  t.throws(() => read('', {}, directory), { code: 'AUDIT_ERR_CONFIG_READ' })
})

test('what is neither a path nor an object of settings is refused rather than taken for empty settings', async (t) => {
  for (const config of [undefined, null, 7, true, [], new URL('file:///audit.yml'), new Map(), () => {}]) {
    t.throws(() => read(config as never), { code: 'AUDIT_ERR_OPTION' }, String(config))
  }
})

test('settings are frozen all the way down and share nothing with the schema or the input', async (t) => {
  const given = { actions: ['http_request'] }
  const { settings } = read({ ignore_filters: [given] })
  given.actions.push('user_login')
  t.same(settings.ignore_filters, [{ actions: ['http_request'] }])
  const unfrozen = (value: unknown): boolean => typeof value === 'object' && value !== null && (!Object.isFrozen(value) || Object.values(value).some(unfrozen))
  t.equal(unfrozen(settings), false)
  t.equal(Object.isFrozen(auditSchema.properties.appender.default), false)
})

test('the place of a setting can be asked for later', async (t) => {
  const { locate } = read(fixture('kibana-8.yml'))
  t.equal(locate('appender', 'fileName'), 'test/fixtures/kibana-8.yml:65:13 xpack.security.audit.appender.fileName')
  t.equal(locate('ignore_filters', 2, 'users', 1), 'test/fixtures/kibana-8.yml:80:28 xpack.security.audit.ignore_filters[2].users[1]')
  t.equal(read({ enabled: true }).locate('enabled'), 'config xpack.security.audit.enabled')
})
