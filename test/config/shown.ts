import { test } from 'tap'
import { readSettings } from '../../lib/config/read.js'
import { shownSettings } from '../../lib/config/shown.js'

const schema = { type: 'object', additionalProperties: true } as const
const shown = (section: object, env = {}): unknown => readSettings(section, schema, { env }).shown

test('what is named like a secret is hidden, whatever it holds, and headers whole', async t => {
  t.strictSame(shown({
    password: 's3cret', api_key: 'k', key: { file: '/x' }, hash: { secretToken: 't' }, client_secret: 1, headers: { 'x-any': 'v' }, authorization: 'Bearer t', on_failure: { authentication: 'block' }, keys: ['a']
  }), {
    password: '[redacted]', api_key: '[redacted]', key: '[redacted]', hash: { secretToken: '[redacted]' }, client_secret: '[redacted]', headers: { 'x-any': '[redacted]' }, authorization: '[redacted]', on_failure: { authentication: 'block' }, keys: ['a']
  })
})

test('a URL is shown without who logs in, and without the secrets of its query', async t => {
  t.strictSame(shown({ url: 'https://user:p@ss@es.example:9200/x?token=abc&refresh=true', list: ['redis://:pw@h'] }), {
    url: 'https://[redacted]@es.example:9200/x?token=[redacted]&refresh=true', list: ['redis://[redacted]@h']
  })
})

test('an appender may have any name, and is alone beside none', async t => {
  const console = { type: 'console', password: 's3cret' }
  t.strictSame(shown({ appender: console, appenders: { auth: console } }), { appenders: { auth: { type: 'console', password: '[redacted]' } } })
  t.strictSame(shown({ appender: console, nested: { appenders: { auth: console } } }), { appender: { type: 'console', password: '[redacted]' }, nested: { appenders: { auth: '[redacted]' } } })
})

test('what a variable brought is shown as its reference, without its default', async t => {
  const env = { FOLDER: '/hidden/folder', LIMIT: '12345', HOST: 'h' }
  t.strictSame(shown({ file: '$' + '{FOLDER}/audit.log', list: ['$' + '{LIMIT}'], other: '$' + '{UNSET:hunter2}' }, env), {
    file: '$' + '{FOLDER}/audit.log', list: ['$' + '{LIMIT}'], other: '$' + '{UNSET:…}'
  })
  t.strictSame(shown({ url: 'https://jane:s3cret@$' + '{HOST}/?token=s3cret' }, env), { url: 'https://[redacted]@$' + '{HOST}/?token=[redacted]' }, 'nor what stands around it')
})

test('what an application hands over in code is named, not shown, and depth is bounded', async t => {
  let deep: object = {}
  for (let i = 0; i < 50; i++) deep = { deep }
  t.match(shown({ a: { b: [1, true, null] } }), { a: { b: [1, true, null] } })
  class Own { readonly password = 's3cret' }
  t.strictSame(shown({ type: () => 's3cret' }), { type: '[function]' })
  const place = { text: 'config', offset: 0 }
  t.strictSame(shownSettings({ own: new Own() }, { place, keyPlace: place, content: new Map() }), { own: '[object]' }, 'also what has come past the reader')
  t.ok(JSON.stringify(shown({ deep })).length < 300)
})

test('of the URL of a webhook nothing is shown behind its host, wherever it came from', async t => {
  const env = { HOOK: 'https://hooks.example/services/hush', HOST: 'hooks.example', KIND: 'webhook' }
  const urlOf = (url: string, type = 'webhook'): unknown => (shown({ appenders: { a: { type, url } } }, env) as { appenders: { a: { url: unknown } } }).appenders.a.url
  t.equal(urlOf('https://hooks.slack.com/services/T0/B0/hush'), 'https://hooks.slack.com/[redacted]')
  t.equal(urlOf('https://me:pw@[::1]:8080/hush?sig=hush#hush'), 'https://[redacted]@[::1]:8080/[redacted]')
  t.equal(urlOf('https://hooks.example?hush'), 'https://hooks.example/[redacted]')
  t.equal(urlOf('https://hooks.example/'), 'https://hooks.example/')
  t.equal(urlOf('$' + '{HOOK}'), '$' + '{HOOK}')
  t.equal(urlOf('$' + '{UNSET:hush}/hush'), '$' + '{UNSET:…}/[redacted]')
  t.equal(urlOf('https://$' + '{HOST}/services/hush', '$' + '{KIND}'), 'https://$' + '{HOST}/[redacted]')
  t.equal(urlOf('$' + '{HOOK}/hush'), '$' + '{HOOK}/[redacted]')
  t.equal(urlOf('https://es.example/path', 'otel'), 'https://es.example/path')
})
