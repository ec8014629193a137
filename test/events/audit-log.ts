import { test } from 'tap'
import { auditEventsLostEvent, auditNoticeEvent } from '../../lib/events/audit-log.js'

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
