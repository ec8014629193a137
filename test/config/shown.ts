import { test } from 'tap'
import { readSettings } from '../../lib/config/read.js'

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

test('what a variable brought is shown as its reference, without its default', async t => {
  const env = { FOLDER: '/hidden/folder', LIMIT: '12345' }
  t.strictSame(shown({ file: '$' + '{FOLDER}/audit.log', list: ['$' + '{LIMIT}'], other: '$' + '{UNSET:hunter2}' }, env), {
    file: '$' + '{FOLDER}/audit.log', list: ['$' + '{LIMIT}'], other: '$' + '{UNSET:…}'
  })
})

test('what an application hands over in code is named, not shown, and depth is bounded', async t => {
  let deep: object = {}
  for (let i = 0; i < 50; i++) deep = { deep }
  t.match(shown({ a: { b: [1, true, null] } }), { a: { b: [1, true, null] } })
  t.ok(JSON.stringify(shown({ deep })).length < 300)
})
