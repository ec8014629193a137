// An ESM application in TypeScript that uses the installed package. Run with the name of the
// audit log; type checked and run by ../check.js.
import Fastify from 'fastify'
import audit, { savedObjectEvent, type AuditEvent, type AuditStatus, type AuditUser } from 'fastify-audit'
import { assertRecorded, createMemoryAppender, type MemoryAppender } from 'fastify-audit/testing'

const app = Fastify()
await app.register(audit, {
  config: { enabled: true, lifecycle_events: false, appender: { type: 'file', fileName: process.argv[2] ?? '', layout: { type: 'json' } } },
  user: async (request): Promise<AuditUser> => ({ id: request.id, name: 'ada', roles: ['admin'] }),
  session: () => 'session-1',
  space: () => 'default'
})

app.get('/', async function update (request) {
  const event: AuditEvent = savedObjectEvent({ action: 'saved_object_update', object: { type: 'dashboard', id: '1' } })
  await request.audit.log(event)
  const headers: { 'x-opaque-id': string } = request.audit.traceHeaders()
  return headers
})

const { statusCode } = await app.inject('/')
if (statusCode !== 200) throw new Error(`status ${statusCode}`)
await app.audit.flush()
const status: AuditStatus = app.audit.status()
if (status.written !== 2) throw new Error(`written: ${status.written}`)

// @ts-expect-error - an event says what it is
const refused: AuditEvent = { event: { action: 'none' } }
if (refused.message !== undefined) throw new Error('not reached')
await app.close()

const memory: MemoryAppender = createMemoryAppender()
const tested = Fastify()
await tested.register(audit, { config: { enabled: true, lifecycle_events: false, appender: { type: 'custom', from: memory } } })
tested.get('/', async () => 'ok')
await tested.inject('/')
await tested.audit.flush()
assertRecorded(memory, [{ event: { action: 'http_request' } }])
await tested.close()
