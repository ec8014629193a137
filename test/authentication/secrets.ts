import { test } from 'tap'
import { secretsOf, withoutSecrets } from '../../lib/authentication/secrets.js'

test('what was handed to a login is taken out of the error, in each of the shapes that it may have', async t => {
  const basic = Buffer.from('jane:hunter2').toString('base64')
  const request = { raw: {}, headers: { authorization: `Basic ${basic}`, cookie: 'sid=c00kie.sig; theme=dark', 'content-type': 'application/json' }, body: { deep: { token: 'body-token' } }, query: {}, params: {}, server: { secret: 'not looked at' } }
  const secrets = secretsOf([request, 'argument', { password: 'in an object' }])
  for (const text of ['hunter2', 'jane', basic, `Basic ${basic}`, 'c00kie.sig', 'body-token', 'argument', 'in an object']) {
    t.same(withoutSecrets({ code: `E ${text}`, message: `bad ${text}!` }, secrets), { code: 'E [redacted]', message: 'bad [redacted]!' }, text)
  }
  const message = 'not looked at: application/json'
  t.same(withoutSecrets({ message }, secrets), { message })
})

test('arguments that cannot be read keep nobody from logging in', async t => {
  const circular: Record<string, unknown> = { name: 'jane', get password () { throw new Error('hidden') } }
  circular.self = circular
  t.same(secretsOf([circular, null, undefined, () => {}, 4711]), ['4711'])
})

test('a secret that holds another is taken out whole; words of a letter or two are none', async t => {
  t.same(withoutSecrets({ message: 'bad jane-1985' }, secretsOf(['jane', 'jane-1985'])), { message: 'bad [redacted]' })
  t.same(secretsOf(['a', 'of', { cookie: 'a=1; b=2' }]), ['a=1; b=2'])
})
