import { test } from 'tap'
import { createSignature, secretsFault } from '../../../lib/appenders/webhook/signature.js'

test('the example of the specification', async t => {
  // Of the Standard Webhooks' reference implementations.
  const sign = createSignature(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])
  t.same(sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}'), {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  })
})

test('several secrets, several signatures; any text is a secret', async t => {
  const [one, other] = ['a text of at least 24 bytes', 'another text of at least 24']
  const signatureOf = (...secrets: string[]): string => createSignature(secrets)('id', 0, 'body')['webhook-signature']!
  t.equal(signatureOf(one, other), `${signatureOf(one)} ${signatureOf(other)}`)
  t.not(signatureOf(one), signatureOf(other))
})

test('a secret that is too short is told, not shown', async t => {
  t.equal(secretsFault('a text of at least 24 bytes'), null)
  t.equal(secretsFault(['a text of at least 24 bytes', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']), null)
  t.equal(secretsFault(['a text of at least 24 bytes', 'too short']), 'expected a secret of at least 24 bytes, got one of 9')
  t.equal(secretsFault('whsec_MfKQ9r8GKYqrTwjUPD8I'), 'expected a secret of at least 24 bytes, got one of 15')
})
