import { test } from 'tap'
import { policiesOf } from '../../lib/config/named-appenders.js'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'
import { settingWarnings } from '../../lib/config/warnings.js'
import { createOnFailure } from '../../lib/trail/on-failure.js'

function warningsOf (section: object): string[] {
  const { settings } = readSettings({ enabled: true, ...section }, auditSchema, { checks: settingChecks })
  return settingWarnings(settings, createOnFailure(policiesOf(settings), 0).holds)
}

const filters = { ignore_filters: [{ actions: ['http_request'] }] }

test('a filter of one of several appenders is told of like one of the section, for its own policy', async t => {
  t.match(warningsOf({ on_failure: { http: 'block' }, ...filters }), [/^on_failure\.http holds .*: a rule of ignore_filters/])
  t.same(warningsOf({ on_failure: { http: 'block' }, appenders: { a: { type: 'console', ...filters }, b: { type: 'console', on_failure: 'continue', ...filters } } }),
    ['on_failure.http of appenders.a holds for events that go there: a rule of its ignore_filters may drop some, and nobody waits for it then'])
  t.same(warningsOf({ on_failure: { writes: 'block' }, appenders: { a: { type: 'console', ...filters } } }), [])
})

test('an appender that promises nothing is told of, until the settings say so themselves', async t => {
  const pino = { type: 'pino', target: 'pino-roll' }
  t.match(warningsOf({ appender: pino }), [/^appender: type pino acknowledges events before they are written/])
  t.match(warningsOf({ appenders: { a: { type: 'console' }, copy: pino }, durability: 'fsync' }), [/^appenders\.copy: type pino acknowledges/])
  t.same(warningsOf({ appender: pino, durability: 'none' }), [])
  t.same(warningsOf({ appenders: { a: { type: 'console' }, copy: { ...pino, durability: 'none' } } }), [])
})

test('ssl beside a URL with http: is told of, wherever it is not used, and without the URL', async t => {
  const ssl = { certificateAuthorities: 'ca.pem' }
  for (const type of ['webhook', 'otel']) {
    t.same(warningsOf({ appender: { type, url: 'http://me:hunter2@log.example/in', ssl } }), ['appender.ssl: not used for url with http:, where nothing is encrypted and nobody shows who they are; https: speaks TLS'])
    t.same(warningsOf({ appender: { type, url: 'https://log.example/in', ssl } }), [])
    t.same(warningsOf({ appender: { type, url: 'http://log.example/in' } }), [])
  }
  const stores = (...nodes: readonly string[]) => warningsOf({ appenders: { a: { type: 'console' }, es: { type: 'elasticsearch', nodes, ssl } } })
  t.match(stores('HTTP://es.example:9200'), [/^appenders\.es\.ssl: not used for nodes with http:/])
  t.match(stores('http://a.example', 'https://b.example', 'http://c.example'), [/^appenders\.es\.ssl: not used for 2 of 3 nodes with http:/])
  t.same(stores('https://a.example', 'HTTPS://b.example'), [])
  t.same(warningsOf({ appender: { type: 'elasticsearch', nodes: 'http://es.example' } }), [])
  // It asks for TLS by itself.
  t.same(warningsOf({ appender: { type: 'nats', servers: 'nats://a.example', ssl } }), [])
})
