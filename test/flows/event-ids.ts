// Every line has an id of its own, by which whoever gets it twice keeps it once: one id for each
// event, in all of its appenders, in the order of the lines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import type { AuditEvent } from '../../lib/index.js'
import { auditedApp, readEvents } from '../support/audited-app.js'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const idsIn = (lines: readonly { readonly event: object }[]): string[] => lines.map(({ event }) => (event as { id: string }).id)

test('requests, reads, bulk calls, events that cannot be written as they are, and events that wait for their user', async t => {
  const { app, events } = await auditedApp(t, {
    user: async (request) => {
      await new Promise(resolve => setTimeout(resolve, request.url.includes('slow') ? 20 : 1))
      return { name: request.url }
    }
  })
  const store = { get: async () => ({ attributes: {} }), bulkUpdate: async (objects: object[]) => ({ saved_objects: objects }) }
  app.get('/:speed', async (request) => {
    const audited = request.audit.repository(store) as unknown as { get (type: string, id: string): Promise<unknown>, bulkUpdate (objects: object[]): Promise<unknown> }
    await audited.get('t', '1')
    await audited.bulkUpdate(Array.from({ length: 600 }, (_, id) => ({ type: 't', id: String(id) })))
    request.audit.log({ message: 'odd', event: { action: 'odd' }, labels: { a: '\ud800' } })
    request.audit.log({ message: 'mine', event: { action: 'mine', id: 'chosen', reason: 'r' } })
    return {}
  })
  await Promise.all(['/slow', '/fast', '/slow', '/fast'].map(async url => await app.inject(url)))
  const written = await events()
  t.equal(written.length, 4 * (1 + 1 + 600 + 2))
  const ids = idsIn(written)
  t.same(ids.filter(id => !UUID_V7.test(id)), [])
  t.same(ids, [...new Set(ids)].sort(), 'none twice, in the order of the lines')
  t.equal(written.filter(({ labels }) => (labels as { audit_fault?: string } | undefined)?.audit_fault !== undefined).length, 4, 'some went the careful way')
  t.equal(written.filter(({ event }) => event.action === 'mine').length, 4)
})

test('a clock that is set back keeps the order', async t => {
  let time = Date.UTC(2026, 0, 1)
  const now = t.intercept(Date, 'now', { value: () => time })
  const { app, events } = await auditedApp(t)
  for (const step of [0, 1, -3_600_000, 1, 0, 7_200_000]) {
    time += step
    app.audit.withoutRequest.log({ message: 'm', event: { action: 'a' } })
  }
  const written = await events()
  now.restore()
  t.ok(written.some(({ '@timestamp': at }, index) => index > 0 && String(at) < String(written[index - 1]!['@timestamp'])), 'it was set back')
  const ids = idsIn(written)
  t.same(ids, [...new Set(ids)].sort())
})

test('an event has the same id wherever it goes, whatever a layout or the settings make of it', async t => {
  const directory = t.testdir()
  const file = (name: string): string => join(directory, `${name}.log`)
  const { app } = await auditedApp(t, {
    section: {
      max_event_bytes: '8kb',
      fields: { include: ['user.name'], hash: ['user.name'], hash_key: 'a key of more than sixteen characters' },
      appenders: {
        main: { type: 'file', fileName: file('main') },
        copy: { type: 'file', fileName: file('copy') },
        people: { type: 'file', fileName: file('people'), layout: { type: 'pattern', pattern: '%meta' } }
      }
    }
  })
  const said: AuditEvent[] = [
    { message: 'plain', event: { action: 'plain', category: 'web' } },
    { message: 'long', event: { action: 'long' }, user: { name: 'x'.repeat(20_000) } },
    { message: 'x'.repeat(20_000), event: { action: 'many', values: Array.from({ length: 5000 }, String) } },
    { message: 'odd', event: { action: 'odd' }, user: { name: '\ud800' } }
  ]
  for (const event of said) await app.audit.withoutRequest.log(event)
  const [main, copy] = [readEvents(t, file('main')), readEvents(t, file('copy'))]
  const people = readFileSync(file('people'), 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line) as { event: object })
  t.equal(new Set(idsIn(main)).size, said.length)
  t.same(idsIn(copy), idsIn(main))
  t.same(idsIn(people), idsIn(main))
  t.match(main[1], { labels: undefined, user: { name: /^[0-9a-f]{64}$/ } }, 'fields did their part')
  t.match(main[2], { labels: { audit_truncated: /message/ } }, 'and so did the limit')
})
