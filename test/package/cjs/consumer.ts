// A CommonJS application in TypeScript that uses the installed package. Run with the name of
// the audit log; type checked and run by ../check.js.
import Fastify from 'fastify'
import audit, { savedObjectEvent, type AuditStatus } from 'fastify-audit'
import { appenderContract, createMemoryAppender } from 'fastify-audit/testing'

async function main (fileName: string): Promise<void> {
  const plain: { default: typeof audit } = require('fastify-audit')
  if (plain.default !== audit) throw new Error('require() and import found different modules')
  if (require('fastify-audit/audit.schema.json').type !== 'object') throw new Error('the JSON Schema is not there')

  const app = Fastify()
  await app.register(require('fastify-audit'), {
    config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName, layout: { type: 'json' } } },
    user: () => ({ id: '1', name: 'ada', roles: ['admin'] })
  })
  app.get('/', async function update (request) {
    await request.audit.log(savedObjectEvent({ action: 'saved_object_update', object: { type: 'dashboard', id: '1' } }))
    return request.audit.traceHeaders()
  })
  const { statusCode } = await app.inject('/')
  if (statusCode !== 200) throw new Error(`status ${statusCode}`)
  await app.audit.flush()
  const status: AuditStatus = app.audit.status()
  if (status.written !== 2) throw new Error(`written: ${status.written}`)
  await app.close()

  for (const { run } of appenderContract(async () => {
    const appender = createMemoryAppender()
    return { appender, read: async () => appender.lines.map(line => line + '\n').join('') }
  })) await run()
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
