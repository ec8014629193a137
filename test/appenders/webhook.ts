import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { createWebhookAppender, formatFault, perRequestFault, type WebhookConfig, webhookSchema } from '../../lib/appenders/webhook.js'
import { urlFault } from '../../lib/appenders/shipping/settings.js'
import { auditedApp, eventually } from '../support/audited-app.js'
import { appenderContract, batchOf, surroundingsIn } from '../support/appender-contract.js'
import { createAuthority } from '../support/certificates.js'
import { startReceiver } from '../support/http-receiver.js'
import { withoutOpenssl } from '../support/self-signed.js'

const QUICK = { batch: { timeout: '1ms' }, backoff: { init: '1ms', max: '5ms' }, shutdown_timeout: '1s' } as const
const configTo = (url: string, more: Partial<WebhookConfig> = {}): WebhookConfig => ({ type: 'webhook', url, ...QUICK, ...more })

test('what it has acknowledged comes to the other side, batch after batch', async t => {
  await appenderContract(t, async t => {
    const directory = t.testdir()
    const receiver = await startReceiver()
    let got = ''
    receiver.answer = ({ body }, response) => {
      got += body
      response.end()
    }
    const appender = await createWebhookAppender(configTo(receiver.url, { per_request: 'many', format: (events: readonly object[]) => events.map(event => JSON.stringify(event) + '\n').join(''), layout: { type: 'pattern' }, shutdown_timeout: '10s' }), surroundingsIn(directory))
    return {
      appender: { ...appender, async close () { await appender.close(); await receiver.close() } },
      async read () {
        await eventually(() => appender.shipping!().backlog === 0)
        return got.split('\n').slice(0, -1).map(line => (JSON.parse(line) as { message: string }).message + '\n').join('')
      }
    }
  })
})

test('TLS with a private authority and a client certificate', { skip: withoutOpenssl }, async t => {
  const directory = t.testdir()
  const authority = createAuthority(directory)
  const [server, client] = [authority.sign('server', 'DNS:localhost'), authority.sign('client', 'DNS:client')]
  const receiver = await startReceiver({ key: readFileSync(server.key), cert: readFileSync(server.certificate), ca: readFileSync(authority.certificate), requestCert: true })
  const stranger = await createWebhookAppender(configTo(receiver.url, { spool: { path: 'one' }, ssl: { certificateAuthorities: authority.certificate }, shutdown_timeout: '1ms' }), surroundingsIn(directory))
  await stranger.append(batchOf(['{}']))
  await eventually(() => stranger.shipping!().retries > 1)
  t.match(stranger.shipping!(), { backlog: 1, sent: 0, lastError: { code: 'AUDIT_ERR_SEND' } })
  const known = await createWebhookAppender(configTo(receiver.url, { spool: { path: 'two' }, ssl: { certificateAuthorities: authority.certificate, ...client } }), surroundingsIn(directory))
  await known.append(batchOf(['{}']))
  await eventually(() => known.shipping!().sent === 1)
  t.equal(receiver.requests.length, 1)
  for (const appender of [stranger, known]) await appender.close()
  await receiver.close()
})

test('no secret of the settings is shown anywhere but to the other side', async t => {
  const secrets = ['name-in-url', 'password-in-url', 'key-in-query', 'token-in-header', 'a signature secret of 24 bytes', 'path-of-the-hook']
  const receiver = await startReceiver()
  const printed: string[] = []
  const { app } = await auditedApp(t, {
    server: { logger: { stream: { write (line: string) { printed.push(line) } } } },
    section: {
      lifecycle_events: true,
      appender: {
        ...configTo(receiver.url.replace('//', '//name-in-url:password-in-url@') + '/in/path-of-the-hook?key=key-in-query'),
        headers: { 'X-Token': 'Token token-in-header' },
        signature: { secret: secrets[4] },
        spool: { path: join(t.testdirName, 'spool') }
      }
    }
  })
  receiver.answer = ({ headers }, response) => {
    t.equal(headers.authorization, `Basic ${Buffer.from('name-in-url:password-in-url').toString('base64')}`)
    t.equal(headers['x-token'], 'Token token-in-header')
    // A server that repeats what it was sent, as some do to be helpful.
    response.writeHead(401).end(secrets.join() + JSON.stringify(headers))
  }
  const shipping = () => app.audit.status().appenders.default!.shipping!
  await eventually(() => shipping().retries > 0)
  receiver.answer = ({ headers, url }, response) => { response.writeHead(422).end(url + JSON.stringify(headers)) }
  await eventually(() => shipping().rejected > 0)
  const letters = readFileSync(join(t.testdirName, 'spool/dead-letters.ndjson'), 'utf8')
  const shown = [JSON.stringify(app.audit.status()), letters, ...printed].join('\n')
  await app.close()
  await receiver.close()
  t.match(shown, /audit_started/)
  t.match(shown, /has answered 401/)
  for (const secret of [...secrets, Buffer.from('name-in-url:password-in-url').toString('base64')]) t.notOk(shown.includes(secret), secret)
  t.same(readdirSync(join(t.testdirName, 'spool')), ['dead-letters.ndjson'])
})

test('a format of one\'s own is a module or a function', async t => {
  const directory = t.testdir({ 'format.mjs': 'export default ([event]) => "module: " + event.message', 'none.mjs': 'export default 7', 'broken.mjs': 'throw new Error("of the module")' })
  const receiver = await startReceiver()
  for (const format of ['./format.mjs', ([event]: readonly { message: string }[]) => `function: ${event!.message}`]) {
    const appender = await createWebhookAppender(configTo(receiver.url, { format }), surroundingsIn(directory))
    await appender.append(batchOf(['{"message":"m"}']))
    await eventually(() => appender.shipping!().sent === 1)
    await appender.close()
  }
  t.match(receiver.requests, [{ body: 'module: m' }, { body: 'function: m' }])
  await receiver.close()
  for (const [format, message] of [['./none.mjs', /appender\.format: expected a module whose default export is a function of events, got "\.\/none\.mjs"$/], ['./broken.mjs', /of the module$/], ['./missing.mjs', /got "\.\/missing\.mjs": Cannot find module/]] as const) {
    await t.rejects(createWebhookAppender(configTo('http://localhost', { format }), surroundingsIn(directory)), { code: 'AUDIT_ERR_APPENDER_OPEN', message })
  }
})

test('the method is that of the format, or what is set', async t => {
  const directory = t.testdir()
  const receiver = await startReceiver()
  for (const more of [{ format: 'URL_PARAMETER_GET' }, { format: 'TEXT' }, { method: 'PUT' }] as const) {
    const appender = await createWebhookAppender(configTo(receiver.url, more), surroundingsIn(directory))
    await appender.append(batchOf(['{"message":"m"}']))
    await eventually(() => appender.shipping!().sent === 1)
    await appender.close()
  }
  t.same(receiver.requests.map(({ method }) => method), ['GET', 'POST', 'PUT'])
  await receiver.close()
})

test('what is wrong with settings', async t => {
  const { title } = webhookSchema.properties.url
  t.same(['https://a.example/x', 'http://[::1]:80'].map(url => urlFault(url, title)), [null, null])
  t.equal(urlFault('http://a:b@:80:80', title), 'expected a URL such as "https://siem.example.com/audit", got something else')
  t.same(['JSON', 'SLACK', './a.js', '/a.js', '@us/format', 'our-format', () => ''].map(formatFault), Array(7).fill(null))
  t.match(formatFault('JSN'), /^expected one of URL_PARAMETER_GET, .* got "JSN"$/)
  t.match(formatFault(7), /got a value of type number$/)
  t.equal(perRequestFault('many', { format: 'JSON' }), null)
  t.equal(perRequestFault('one', { format: 'URL_PARAMETER_GET' }), null)
  t.match(perRequestFault('many', { format: 'URL_PARAMETER_POST' }), /^expected "one" for the format URL_PARAMETER_POST/)
})
