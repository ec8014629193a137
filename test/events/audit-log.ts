import { test } from 'tap'
import { auditEventsLostEvent, auditNoticeEvent, auditStartedEvent, auditStoppedEvent, MAX_SETTINGS } from '../../lib/events/audit-log.js'

test('what was lost is told with its number, its times and the reason', async t => {
  const loss = { first: Date.UTC(2026, 0, 1), last: Date.UTC(2026, 0, 2), reason: 'ENOSPC: no space left on device' }
  t.strictSame(auditEventsLostEvent({ ...loss, events: 2 }), {
    message: '2 audit events have been lost',
    event: {
      action: 'audit_events_lost',
      category: ['process'],
      type: ['info'],
      outcome: 'failure',
      start: '2026-01-01T00:00:00.000Z',
      end: '2026-01-02T00:00:00.000Z',
      reason: 'ENOSPC: no space left on device'
    },
    labels: { lost_events: 2 }
  })
  t.equal(auditEventsLostEvent({ ...loss, events: 1 }).message, '1 audit event has been lost')
})

test('what has happened to a file is told with its path', async t => {
  t.match(auditNoticeEvent({ what: 'line_torn', path: '/a.log', bytes: 5 }), {
    message: 'Half an event of 5 bytes stands in the audit log [/a.log]', event: { action: 'audit_line_torn' }, file: { path: '/a.log' }, labels: { torn_bytes: 5 }
  })
  for (const change of ['deleted', 'renamed', 'replaced', 'truncated'] as const) {
    t.match(auditNoticeEvent({ what: 'file_changed', path: '/a.log', change }), {
      message: `The audit log [/a.log] has been ${change} by somebody else`,
      event: { action: 'audit_file_changed', type: [change === 'deleted' ? 'deletion' : 'change'], reason: change },
      file: { path: '/a.log' }
    })
  }
})

test('the start says the settings, up to a size; the end says the counters too', async t => {
  t.strictSame(auditStartedEvent({ enabled: true }), {
    message: 'The audit log has been started',
    event: { action: 'audit_started', category: ['process'], type: ['start'], outcome: 'success' },
    labels: { audit_settings: '{"enabled":true}' }
  })
  const text = auditStartedEvent({ long: 'x'.repeat(20_000) }).labels?.audit_settings as string
  t.equal(text.length, MAX_SETTINGS)
  t.ok(text.endsWith('…'))
  t.strictSame(auditStoppedEvent({ since: 0, status: { accepted: 5, written: 2, ignored: 1, lost: 1, queued: 1 }, settings: {} }), {
    message: 'The audit log has been stopped',
    event: { action: 'audit_stopped', category: ['process'], type: ['end'], outcome: 'success', start: '1970-01-01T00:00:00.000Z' },
    labels: { accepted_events: 5, written_events: 2, ignored_events: 1, lost_events: 1, queued_events: 1, audit_settings: '{}' }
  })
})
