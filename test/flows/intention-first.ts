import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { auditedApp } from '../support/audited-app.js'

interface Line { readonly event: { readonly action: string, readonly outcome: string }, readonly kibana?: { readonly saved_object?: { readonly id: string } } }

/** A repository that looks into the log at the moment at which it is called. */
function suspiciousRepository (file: string): { seen: Line[][], update (type: string, id: string, attributes: object): unknown, bulkUpdate (objects: object[]): Promise<unknown>, create (type: string, attributes: object, options: { id: string }): Promise<unknown> } {
  const seen: Line[][] = []
  const look = (): void => {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line) as Line)
    seen.push(lines.filter(line => line.event.action.startsWith('saved_object')))
  }
  return {
    seen,
    update (type, id) { look(); return { type, id } },
    async bulkUpdate (objects) { look(); return { saved_objects: objects } },
    async create (type, _attributes, { id }) { look(); return { type, id } }
  }
}

test('no write begins before the operating system has its intention: slow session, slow user, synchronous repository, bulk', async t => {
  const slowly = <T>(value: T) => async (): Promise<T> => { await new Promise(resolve => setTimeout(resolve, 30)); return value }
  const { app, file } = await auditedApp(t, { session: slowly('s1'), user: slowly({ name: 'jdoe' }) })
  const repository = suspiciousRepository(file)
  app.post('/', async request => {
    const audited = request.audit.repository(repository)
    await audited.update('dashboard', 'sync', {})
    await audited.bulkUpdate(Array.from({ length: 3000 }, (_, i) => ({ type: 'dashboard', id: `bulk-${i}`, attributes: {} })))
    const { id } = await audited.create('dashboard', {}, undefined as never) as { id: string }
    return id
  })
  const id = (await app.inject({ method: 'POST', url: '/' })).body
  const [update, bulk, create] = repository.seen
  t.match(update, [{ event: { action: 'saved_object_update', outcome: 'unknown' }, kibana: { saved_object: { id: 'sync' }, session_id: 's1' } }])
  t.equal(bulk!.length, 3001)
  t.same(bulk!.slice(1).map(line => line.kibana!.saved_object!.id), Array.from({ length: 3000 }, (_, i) => `bulk-${i}`))
  t.equal(create!.at(-1)!.kibana!.saved_object!.id, id, 'the generated id was recorded before the object was made')
})
