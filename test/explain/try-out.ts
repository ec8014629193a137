import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readSettings } from '../../lib/config/read.js'
import { auditSchema, settingChecks } from '../../lib/config/schema.js'
import { tryOut } from '../../lib/explain/try-out.js'

test('an event is sent down the trail, and nothing is opened', async t => {
  const file = join(t.testdir(), 'folder/audit.log')
  const { settings, locate } = readSettings({ enabled: true, on_failure: 'stop', appender: { type: 'file', fileName: file, layout: { type: 'json' } } }, auditSchema, { checks: settingChecks })
  const event = { message: 'x', event: { action: 'x' }, labels: { half: '\ud800' } }
  const { asked, written, named, lost } = await tryOut(event, Date.UTC(2026, 0, 1), settings, locate)
  t.equal(lost, null)
  t.same(named.map(({ name }) => name), ['default'])
  t.equal(asked['@timestamp'], '2026-01-01T00:00:00.000Z')
  t.match(JSON.parse(written.get('default')!.line), { '@timestamp': '2026-01-01T00:00:00.000Z', message: 'x' })
  t.equal(written.get('default')!.record.message, 'x')
  t.notOk(existsSync(file))
})

test('what a filter drops comes out nowhere', async t => {
  const { settings, locate } = readSettings({ enabled: true, ignore_filters: [{ actions: ['x'] }] }, auditSchema, { checks: settingChecks })
  const { asked, written } = await tryOut({ message: 'x', event: { action: 'x' } }, 0, settings, locate)
  t.equal(asked.event.action, 'x')
  t.equal(written.size, 0)
})
