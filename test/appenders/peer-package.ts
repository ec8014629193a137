import { test } from 'tap'
import { loadPeer } from '../../lib/appenders/peer-package.js'

test('a package that is there is loaded', async t => {
  const { Agent } = await loadPeer('undici', 'webhook', () => import('undici'))
  t.type(Agent, 'function')
})

test('one that is not says how to install it', async t => {
  const name = 'not-a-package-of-anybody'
  await t.rejects(loadPeer(name, 'webhook', () => import(name)), { code: 'AUDIT_ERR_PACKAGE', message: `an appender of type "webhook" needs the package ${name}, which cannot be loaded: it is not installed. Install it beside fastify-audit: npm install ${name}` })
})

test('one that cannot be loaded says why', async t => {
  const fault = new Error('needs another version of Node\nsecond line')
  await t.rejects(loadPeer('broken', 'otel', async () => { throw fault }), { code: 'AUDIT_ERR_PACKAGE', message: /cannot be loaded: needs another version of Node\. Install/, cause: fault })
})
